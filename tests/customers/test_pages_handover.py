"""Handing over in the browser: who sees which part of the plan, each step, closing accounts, frozen prints."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import handover
from customers.models import Customer, Handover, HandoverItem
from staff import approvals, fitness
from staff.models import Fitness
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX


@pytest.fixture
def manager(house):
    return house.hire("manager", Role.MARKETING_MANAGER)


def held(house, count, by="A"):
    return [house.customer(house.call(f"09:{n:02d}", by, name=f"客户{n}", phone=phone(n))) for n in range(1, count + 1)]


@pytest.fixture
def plan(house):
    """A's three customers go to B and C."""
    held(house, 3)
    to = [house.people["B"], house.people["C"]]
    return handover.start(
        house.office, house.people["A"], to=to, by=house.supervisor, now=house.at("10:00"), reason="离职"
    )


def page(sign_in, who, plan):
    return sign_in(who).get(reverse("handover", args=[plan.pk]))


def act(sign_in, who, plan, name, **said):
    return sign_in(who).post(reverse("handover_act", args=[plan.pk, name]), said)


@pytest.mark.rule("HAND-01")
def test_a_handover_is_started_for_whoever_leaves_or_has_left(house, sign_in):
    held(house, 2)
    client, person = sign_in(house.supervisor), house.people["A"]
    assert client.get(reverse("handovers")).context["going"] == []
    person.postings.update(until=house.on - timedelta(days=1))
    assert client.get(reverse("handovers")).context["going"] == [person]
    start = client.get(reverse("handover_start"), {"giver": person.pk})
    assert start.context["form"]["giver"].value() == str(person.pk)
    said = {"giver": person.pk, "to": [house.people["B"].pk, house.people["C"].pk], "reason": "离职"}
    assert client.post(reverse("handover_start"), said).status_code == 302
    assert sorted(one.receiver.name for one in HandoverItem.objects.all()) == ["B", "C"]


@pytest.mark.rule("HAND-01", "OFF-04")
@pytest.mark.parametrize(
    "typed", [{"to": []}, {"giver": ""}, {"giver": "999999999999999999"}, {"to": ["x"]}, {"reason": "长" * 201}]
)
def test_a_start_without_shape_keeps_what_was_typed(house, sign_in, typed):
    held(house, 1)
    said = {"giver": house.people["A"].pk, "to": [house.people["B"].pk], "reason": "离职", **typed}
    answer = sign_in(house.supervisor).post(reverse("handover_start"), said)
    assert (answer.status_code, Handover.objects.exists()) == (422, False)


@pytest.mark.rule("HAND-01", "OFF-04")
def test_an_unfit_receiver_is_refused_in_words(house, sign_in):
    held(house, 1)
    fitness.set_unfit(house.people["B"], reason="unwell", by=house.supervisor, now=house.at("09:30"))
    said = {"giver": house.people["A"].pk, "to": [house.people["B"].pk], "reason": "离职"}
    answer = sign_in(house.supervisor).post(reverse("handover_start"), said)
    assert (answer.status_code, "OFF-04" in answer.content.decode()) == (422, True)


@pytest.mark.rule("HAND-01", "OFF-03")
def test_a_receiver_sees_their_own_part_by_number_alone(house, plan, sign_in):
    mine = page(sign_in, house.people["B"], plan)
    assert {row["receiver"] for row in mine.context["items"]} == {"B"}
    assert [one["receiver"] for one in mine.context["shares"]] == [house.people["B"]]
    assert (mine.context["loose"], set(mine.context["forms"])) == (None, {"receive"})
    assert "客户1" not in mine.content.decode()
    assert len(page(sign_in, house.people["A"], plan).context["items"]) == 3
    assert page(sign_in, house.clerk, plan).status_code == 403
    outsider = house.hire("D", Role.REP, 9)
    assert page(sign_in, outsider, plan).status_code == 404
    assert f"/handovers/{plan.pk}/" not in sign_in(outsider).get(reverse("handovers")).content.decode()


@pytest.mark.rule("HAND-01", "HAND-04")
def test_both_sides_confirm_in_the_browser(house, plan, sign_in):
    assert act(sign_in, house.people["A"], plan, "give").status_code == 302
    assert act(sign_in, house.people["A"], plan, "give").status_code == 422
    for code in "BC":
        assert act(sign_in, house.people[code], plan, "receive").status_code == 302
    assert [one["done"] for one in page(sign_in, house.supervisor, plan).context["shares"]] == [2, 1]
    assert page(sign_in, house.supervisor, plan).context["forms"].keys() == {"request"}
    day = sign_in(house.people["B"]).get(reverse("today"))
    assert next(one["name"] for one in day.context["lists"]) == "handed"


@pytest.mark.rule("HAND-01")
def test_the_supervisor_changes_the_plan_by_hand(house, plan, sign_in):
    chosen = list(HandoverItem.objects.filter(receiver=house.people["B"]).values_list("pk", flat=True))
    said = {"items": chosen, "to": house.people["C"].pk}
    assert act(sign_in, house.people["B"], plan, "reassign", **said).status_code == 422
    assert act(sign_in, house.supervisor, plan, "reassign", items=[], to=house.people["C"].pk).status_code == 422
    assert act(sign_in, house.supervisor, plan, "reassign", **said).status_code == 302
    assert {row["receiver"] for row in page(sign_in, house.supervisor, plan).context["items"]} == {"C"}
    assert act(sign_in, house.supervisor, plan, "anew", to=[house.people["B"].pk]).status_code == 302
    assert {row["receiver"] for row in page(sign_in, house.supervisor, plan).context["items"]} == {"B"}
    assert act(sign_in, house.supervisor, plan, "cancel").status_code == 302
    assert act(sign_in, house.supervisor, plan, "cancel").status_code == 422


@pytest.mark.rule("HAND-01")
def test_items_of_another_handover_are_no_choice(house, neighbour, plan, sign_in):
    neighbour.call("09:10", "X", name="邻居", phone=phone(50))
    other = handover.start(
        neighbour.office,
        neighbour.people["X"],
        to=[neighbour.people["Y"]],
        by=neighbour.supervisor,
        now=neighbour.at("10:00"),
    )
    said = {"items": [other.items.get().pk], "to": house.people["C"].pk}
    assert act(sign_in, house.supervisor, plan, "reassign", **said).status_code == 422
    for who in (neighbour.supervisor, neighbour.people["X"]):
        assert page(sign_in, who, plan).status_code == 404
        assert act(sign_in, who, plan, "cancel").status_code == 404


@pytest.mark.rule("HAND-01")
def test_what_else_hangs_on_the_leaver_is_shown_and_requests_go_to_somebody(house, plan, sign_in):
    approvals.open_request(
        "test.kind",
        "test.kind:1",
        office=house.office,
        by=house.people["A"],
        steps=[Role.MARKETING_MANAGER],
        snapshot={},
        now=house.at("09:00"),
        title="优惠申请一",
        url="/",
    )
    found = page(sign_in, house.supervisor, plan).context["loose"]
    assert (found.cards, found.due, [one.title for one in found.requests]) == (3, 0, ["优惠申请一"])
    (asked,) = found.requests
    to = house.people["B"].pk
    assert act(sign_in, house.people["B"], plan, "request", request=asked.pk, to=to).status_code == 422
    assert act(sign_in, house.supervisor, plan, "request", request="9" * 15, to=to).status_code == 422
    leaver = act(sign_in, house.supervisor, plan, "request", request=asked.pk, to=house.people["A"].pk)
    assert (leaver.status_code, "HAND-01" in leaver.content.decode()) == (422, True)
    assert act(sign_in, house.supervisor, plan, "request", request=asked.pk, to=to).status_code == 302
    asked.refresh_from_db()
    assert asked.kept_by == house.people["B"]


@pytest.mark.rule("HAND-01")
def test_a_giver_who_has_gone_is_stood_in_for(house, plan, sign_in):
    assert act(sign_in, house.supervisor, plan, "give", reason="已走").status_code == 422
    house.people["A"].postings.update(until=house.on - timedelta(days=1))
    assert "reason" in page(sign_in, house.supervisor, plan).context["forms"]["give"].fields
    assert act(sign_in, house.supervisor, plan, "give", reason=" ").status_code == 422
    assert act(sign_in, house.supervisor, plan, "give", reason="已走").status_code == 302
    plan.refresh_from_db()
    assert plan.stood_in_for == "已走"


@pytest.mark.rule("HAND-02")
def test_an_account_is_closed_after_the_handover_and_its_session_ends(house, plan, manager, sign_in):
    person, boss = house.people["A"], sign_in(manager)
    session = sign_in(person)
    assert session.get(reverse("today")).status_code == 200
    url = reverse("staff_close", args=[person.pk])
    shown = boss.get(url)
    assert shown.context["refusal"].rule == "HAND-02"
    refused = boss.post(url)
    assert (refused.status_code, "HAND-02" in refused.content.decode()) == (422, True)
    assert boss.post(reverse("staff_end", args=[person.pk]), {"last_day": "2026-03-31"}).status_code == 422
    assert boss.post(reverse("staff_role", args=[person.pk]), {"role": "clerk"}).status_code == 422
    assert session.get(reverse("today")).status_code == 200
    act(sign_in, person, plan, "give")
    for code in "BC":
        act(sign_in, house.people[code], plan, "receive")
    assert boss.post(url).status_code == 302
    assert reverse("account_login") in session.get(reverse("today"))["Location"]
    assert Customer.objects.filter(owner=person).count() == 0


@pytest.mark.rule("HAND-02", "OFF-03")
def test_the_administrator_closes_accounts_without_seeing_a_customer(house, sign_in):
    from tests.factories import staff_member

    held(house, 1)
    admin = staff_member(Role.ADMIN, house.office, name="admin")
    client = sign_in(admin)
    body = client.post(reverse("staff_close", args=[house.people["A"].pk])).content.decode()
    assert ("HAND-02" in body, "客户1" in body) == (True, False)
    answer = client.post(reverse("staff_close", args=[house.people["C"].pk]))
    assert answer["Location"] == reverse("accounts")


@pytest.mark.rule("HAND-01", "OFF-04")
def test_somebody_says_that_they_leave_and_prints_are_closed_to_them(house, sign_in):
    (one,) = held(house, 1)
    person = house.people["A"]
    client = sign_in(person)
    fitness.set_unfit(person, reason="unwell", by=house.supervisor, now=house.at("09:30"))
    assert client.post(reverse("card_print", args=[one.pk])).status_code == 200
    assert client.post(reverse("leaving")).status_code == 302
    assert Fitness.objects.get(user=person, until=None).reason == "leaving"
    assert client.post(reverse("leaving")).status_code == 422
    answer = client.post(reverse("card_print", args=[one.pk]), follow=True)
    assert "HAND-01" in answer.content.decode()
    assert sign_in(house.supervisor).get(reverse("handovers")).context["going"] == [person]


@pytest.mark.rule("HAND-01")
def test_the_register_is_not_printed_for_a_leaver(house, sign_in):
    client = sign_in(house.clerk)
    assert client.post(reverse("register_print"), {"day": "2026-03-02"}).status_code == 200
    client.post(reverse("leaving"))
    refused = client.post(reverse("register_print"), {"day": "2026-03-02"})
    assert (refused.status_code, "HAND-01" in refused.content.decode()) == (422, True)


@pytest.mark.rule("HAND-01", "REP-07")
def test_a_workbook_is_not_made_for_a_leaver(house, manager, sign_in):
    client, url = sign_in(manager), reverse("month_workbook", args=[house.office.pk, "2026-03"])
    assert client.get(url).status_code == 200
    client.post(reverse("leaving"))
    refused = client.get(url)
    assert (refused.status_code, "HAND-01" in refused.content.decode()) == (403, True)


@pytest.mark.rule("HAND-01")
def test_the_only_supervisor_leaves_and_the_manager_acts(house, manager, sign_in):
    held(house, 1)
    house.people["A"].postings.update(role=Role.SUPERVISOR)
    said = {"giver": house.people["A"].pk, "to": [house.people["B"].pk], "reason": ""}
    alone = sign_in(house.people["A"]).post(reverse("handover_start"), said)
    assert (alone.status_code, "HAND-01" in alone.content.decode()) == (422, True)
    assert sign_in(manager).post(reverse("handover_start"), said).status_code == 302


def test_wrong_methods_unknown_steps_and_parts(house, plan, sign_in):
    client = sign_in(house.supervisor)
    assert client.post(reverse("handovers")).status_code == 405
    assert client.post(reverse("handover", args=[plan.pk])).status_code == 405
    assert client.get(reverse("handover_act", args=[plan.pk, "give"])).status_code == 405
    assert client.post(f"/handovers/{plan.pk}/burn/").status_code == 404
    for url, part in ((reverse("handovers"), 'id="list"'), (reverse("handover", args=[plan.pk]), 'id="handover"')):
        body = client.get(url, headers=HTMX).content.decode()
        assert ("<html" in body, part in body) == (False, True)


def test_statements_stay_the_same_with_more_rows(house, sign_in):
    client, counts = sign_in(house.supervisor), []
    for n, code in enumerate("AB", 1):
        for m in range(n * 2):
            house.call(f"09:{n}{m}", code, name=f"客{n}{m}", phone=phone(n * 10 + m))
        made = handover.start(
            house.office, house.people[code], to=[house.people["C"]], by=house.supervisor, now=house.at("10:00")
        )
        found = []
        for url in (reverse("handovers"), reverse("handover", args=[made.pk]), reverse("handover_start")):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(url).status_code == 200
            found.append(len(caught))
        counts.append(found)
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6

"""The inbox of decisions in the browser: the next opens, each decided once, many at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import cards, completing, contact_signing, contacts, defeat
from customers.models import Card, CardState, FollowUp, RegisterLine, Signature
from staff.models import AccessLog, Notice
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.markup import HTMX

ALL = cards.Findings(need=True, confidence=True, power=True)
URL = "/signing/"


def customer(house, n=1):
    return house.customer(house.call(f"09:{n}0", "A", name=f"孙小平{n}", phone=phone(n)))


def submitted(house, n=1):
    one = customer(house, n)
    cards.save_draft(one, by=house.people["A"], now=house.at("10:00"), content='{"unit": "三房"}', findings={})
    return cards.submit(one, by=house.people["A"], now=house.at(f"10:{n}0"), findings=ALL)


def contact(house, n=1):
    said = {"manner": "phone", "reached": True, "result": f"谈价格{n}"}
    return contacts.record(customer(house, n), by=house.people["A"], now=house.at(f"11:{n}0"), **said)


def open_line(house, n=1):
    return house.call(f"11:{n}0", "A", name=f"无号{n}")


def act(kind, item, name):
    return reverse("signing_act", args=[kind, item.pk, name])


@pytest.fixture
def desk(house, sign_in):
    return sign_in(house.supervisor)


@pytest.mark.rule("CARD-04")
def test_the_oldest_is_opened_with_what_it_says(house, desk):
    submitted(house, 1), submitted(house, 2)
    page = desk.get(URL)
    body = page.content.decode()
    assert [row.name for row in page.context["rows"]] == ["孙小平1", "孙小平2"]
    assert (page.context["kind"], page.context["detail"]["name"], "三房" in body) == ("cards", "孙小平1", True)
    assert phone(1) not in body


@pytest.mark.rule("CARD-04")
def test_a_signed_card_gives_way_to_the_next(house, desk):
    first, second = submitted(house, 1), submitted(house, 2)
    page = desk.post(act("cards", first, "sign"), {"guidance": "约看", "next": second.pk}, headers=HTMX)
    assert ("<html" in page.content.decode(), page.context["detail"]["name"]) == (False, "孙小平2")
    assert Card.objects.get(pk=first.pk).state == CardState.SIGNED
    plain = desk.post(act("cards", second, "return"), {"reason": "写清预算", "next": ""})
    assert (plain.status_code, plain["Location"]) == (302, f"{URL}?kind=cards")
    assert Card.objects.get(pk=second.pk).state == CardState.RETURNED
    assert 'class="empty"' in desk.get(f"{URL}?kind=cards").content.decode()


@pytest.mark.rule("CARD-04")
@pytest.mark.parametrize("name", ["sign", "return"])
def test_a_card_that_was_submitted_anew_is_read_before_it_is_decided(house, desk, name):
    card = submitted(house)
    seen = desk.get(URL).context["detail"]["acts"][name]["seen"].value()
    cards.send_back(card.customer, by=house.supervisor, now=house.at("11:00"), reason="再写")
    cards.submit(card.customer, by=house.people["A"], now=house.at("11:30"), findings=ALL)
    said = {"reason": "x", "guidance": "y", "seen": seen}
    page = desk.post(act("cards", card, name), said, headers=HTMX)
    assert ("CARD-04" in page.content.decode(), Card.objects.get().state) == (True, CardState.SUBMITTED)
    fresh = page.context["detail"]["acts"][name]["seen"].value()
    assert desk.post(act("cards", card, name), {**said, "seen": fresh}).status_code == 302
    assert Card.objects.get().state != CardState.SUBMITTED


@pytest.mark.rule("OWN-10", "FUP-04")
def test_a_rejected_follow_up_needs_a_reason_and_loses_its_effect(house, desk):
    one = contact(house)
    refused = desk.post(act("contacts", one, "reject"), {"reason": " "})
    assert (refused.status_code, refused.context["detail"]["open"]) == (422, "reject")
    assert desk.post(act("contacts", one, "reject"), {"reason": "未打"}).status_code == 302
    assert FollowUp.objects.get().signature == Signature.REJECTED


@pytest.mark.rule("FUP-04")
def test_whoever_comes_second_is_told_who_was_first(house, desk, sign_in):
    one = contact(house)
    second = house.hire("第二主管", Role.SUPERVISOR)
    contact_signing.sign(one, by=second, now=house.at("11:50"))
    page = desk.post(act("contacts", one, "reject"), {"reason": "x"}, headers=HTMX)
    assert [text in page.content.decode() for text in ("FUP-04", "第二主管")] == [True, True]
    assert FollowUp.objects.get().signature == Signature.SIGNED


@pytest.mark.rule("FUP-04")
def test_many_are_signed_at_once_with_a_result_for_each(house, desk):
    made = [contact(house, n) for n in (1, 2, 3)]
    contact_signing.sign(made[2], by=house.supervisor, now=house.at("11:50"))
    page = desk.post(f"{URL}bulk/", {"kind": "contacts", "which": "chosen", "items": [one.pk for one in made]})
    words, refused = page.context["outcome"]
    assert (words[:1], [number[-1] for number, _why in refused]) == ("2", ["3"]) or "3" in refused[0][0]
    assert FollowUp.objects.filter(signature=Signature.SIGNED).count() == 3


@pytest.mark.rule("FUP-04", "CARD-04")
@pytest.mark.parametrize(("kind", "make"), [("cards", submitted), ("contacts", contact)])
def test_all_that_wait_are_signed_in_a_second_step(house, desk, kind, make):
    for n in (1, 2, 3):
        make(house, n)
    page = desk.post(f"{URL}bulk/", {"kind": kind, "which": "all"})
    assert (page.context["outcome"][1], page.context["rows"]) == ([], [])


def test_nothing_chosen_is_said_and_hostile_ids_are_ignored(house, desk):
    contact(house)
    for items in ([], ["x"], ["9" * 30], ["-1"]):
        answer = desk.post(f"{URL}bulk/", {"kind": "contacts", "items": items}, follow=True)
        assert answer.status_code == 200
    assert desk.post(f"{URL}bulk/", {"kind": "contacts", "items": ["999"]}).status_code == 404
    assert desk.post(f"{URL}bulk/", {"kind": "defeats", "items": ["1"]}).status_code == 404
    assert FollowUp.objects.get().signature == Signature.PENDING


@pytest.mark.rule("LOST-04")
def test_the_clerk_and_the_manager_have_their_steps_of_a_defeat_here(house, sign_in):
    manager = house.hire("manager", Role.MARKETING_MANAGER)
    one = submitted(house).customer
    asked = defeat.request(one, by=house.people["A"], now=house.at("11:00"), ground="not_buying")
    steps = ((house.clerk, "confirm"), (manager, "approve"), (house.clerk, "close"))
    for who, name in steps:
        page = sign_in(who).get(f"{URL}?kind=defeats")
        assert (page.context["kind"], name in page.context["detail"]["acts"]) == ("defeats", True)
        assert sign_in(who).post(act("defeats", asked, name), {"result": "已电话"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "closed"


@pytest.mark.rule("REG-08")
def test_a_line_left_open_is_completed_from_here(house, clock, sign_in):
    house.call("10:00", "A", name="无号")
    clock.move_to(house.at("12:00").replace(day=3))
    desk, line = sign_in(house.supervisor), RegisterLine.objects.get()
    page = desk.get(URL, {"kind": "lines"})
    form = page.context["detail"]["acts"]["complete"]
    assert (list(form.fields), page.context["detail"]["name"]) == (["phone", "companions", "needs"], "无号")
    assert desk.post(act("lines", line, "complete"), {"phone": phone(1)}).status_code == 302
    assert completing.lacking(completing.with_entries(RegisterLine.objects.all()).get()) == []
    again = desk.post(act("lines", line, "complete"), {"phone": phone(2), "needs": ""}, follow=True)
    assert phone(2) not in again.content.decode()
    assert line.corrections.count() == 1


@pytest.mark.rule("FUP-09")
def test_a_breach_leads_to_its_line_and_its_rep_is_reminded_from_here(house, clock, sign_in):
    one = customer(house)
    clock.move_to(house.at("12:00").replace(day=3))
    desk = sign_in(house.supervisor)
    page = desk.get(URL, {"kind": "late"})
    assert (list(page.context["detail"]["acts"]), f"/register/{one.number}/" in page.content.decode()) == (
        ["remind"],
        True,
    )
    for _again in range(2):
        assert desk.post(act("late", one, "remind")).status_code == 302
    assert Notice.objects.filter(user=house.people["A"], key__startswith="asked:").count() == 1


def test_the_menu_says_how_much_waits(house, desk, sign_in):
    assert 'hx-get="/signing/count/"' in desk.get(URL).content.decode()
    assert "count" not in desk.get(f"{URL}count/").content.decode()
    submitted(house, 1), contact(house, 2)
    assert '<span class="count">2</span>' in desk.get(f"{URL}count/").content.decode()
    assert sign_in(house.people["A"]).get(f"{URL}count/").status_code == 403


@pytest.mark.rule("OFF-03")
def test_another_office_and_another_role_decide_nothing(house, neighbour, sign_in):
    card, one = submitted(house, 1), contact(house, 2)
    urls = [act("cards", card, "sign"), act("contacts", one, "sign"), act("cards", card, "return")]
    for who, wanted in ((neighbour.supervisor, 404), (house.clerk, 404), (house.people["A"], 403)):
        client = sign_in(who)
        assert {client.post(url, {"reason": "x"}).status_code for url in urls} == {wanted}
    assert sign_in(house.people["A"]).get(URL).status_code == 403
    assert sign_in(staff_member(Role.KEEPER, house.office)).get(URL).status_code == 403
    assert "孙小平" not in sign_in(neighbour.supervisor).get(URL).content.decode()
    assert (Card.objects.get().state, FollowUp.objects.get().signature) == ("submitted", "pending")


def test_wrong_methods_and_unknown_acts_are_refused(house, desk):
    card = submitted(house)
    assert desk.post(URL).status_code == 405
    assert desk.get(act("cards", card, "sign")).status_code == 405
    assert desk.get(f"{URL}bulk/").status_code == 405
    assert desk.post(act("cards", card, "burn")).status_code == 404
    assert desk.get(f"{URL}?kind=bogus&item={'9' * 30}").status_code == 200


@pytest.mark.rule("ACC-05")
def test_an_opening_is_logged_and_a_head_request_is_not(house, desk):
    submitted(house)
    desk.head(URL)
    assert AccessLog.objects.count() == 0
    desk.get(URL)
    assert AccessLog.objects.count() == 1


@pytest.mark.parametrize("kind", ["cards", "contacts", "lines", "late"])
def test_statements_stay_the_same_with_more_rows(house, sign_in, clock, kind):
    counts = []
    clock.move_to(house.at("12:00").replace(day=3 if kind in ("late", "lines") else 2))
    desk = sign_in(house.supervisor)
    for n in (1, 2, 3):
        {"cards": submitted, "lines": open_line}.get(kind, contact)(house, n)
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(URL, {"kind": kind}).context["kind"] == kind
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert counts[0] <= (16 if kind == "lines" else 13)

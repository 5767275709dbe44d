"""One customer's page: scope, contacts, judging them, revealing a number, transfer, joining."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import contacts
from customers.models import Customer, FollowUp, Person
from reception import helping
from staff.models import AccessLog, Notice
from staff.models.log import Look
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.markup import HTMX

REACHED = {"manner": "phone", "reached": "yes", "result": "周末再来", "level": "C", "next_on": ""}


@pytest.fixture
def customer(house) -> Customer:
    """A customer of rep A, whose visit is over."""
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, at="09:40")
    return told.customer


@pytest.fixture
def url(customer) -> str:
    return f"/customers/{customer.pk}/"


def contact(house, customer, at="10:00", **said):
    """A contact of the owner."""
    said = {"manner": "phone", "reached": True, "result": "谈价格", **said}
    return contacts.record(customer, by=house.people["A"], now=house.at(at), **said)


@pytest.mark.rule("PRIV-02")
def test_the_page_shows_everything_with_the_number_masked(house, customer, url, sign_in):
    contact(house, customer)
    page = sign_in(house.people["A"]).get(url)
    body = page.content.decode()
    assert [text in body for text in ("孙小平", "154****0001", "谈价格", "2026-04-01")] == [True] * 4
    assert page.context["left"] == 30
    assert phone(1) not in body
    assert "tel:" not in body


@pytest.mark.rule("OFF-03")
def test_a_colleague_and_another_office_find_no_such_customer(house, neighbour, customer, url, sign_in):
    follow_up = contact(house, customer)
    person = customer.people.get()
    posts = {
        f"{url}contact/": REACHED,
        f"{url}people/{person.pk}/reveal/": {"purpose": "follow_up"},
        f"{url}transfer/": {"to": neighbour.people["X"].pk, "reason": "x"},
        f"{url}join/": {"name": "x", "reason": "x"},
        f"{url}contact/{follow_up.pk}/sign/": {},
        f"{url}contact/{follow_up.pk}/reject/": {"reason": "x"},
    }
    for who in (house.people["B"], neighbour.people["X"], neighbour.supervisor):
        client = sign_in(who)
        responses = [client.get(url), *(client.post(path, typed) for path, typed in posts.items())]
        assert {response.status_code for response in responses} <= {404, 403}
        assert responses[0].status_code == 404
        assert not any("孙小平" in r.content.decode() or phone(1) in r.content.decode() for r in responses)
    assert AccessLog.objects.count() == 0
    assert Customer.objects.get(pk=customer.pk).owner == house.people["A"]


@pytest.mark.parametrize("role", [Role.FINANCE, Role.PLANNER, Role.ADMIN])
def test_a_role_without_the_duty_is_refused(house, url, sign_in, role):
    response = sign_in(staff_member(role, house.office)).get(url)
    assert response.status_code == 403
    assert "孙小平" not in response.content.decode()


def test_wrong_methods_are_refused(house, customer, url, sign_in):
    client = sign_in(house.supervisor)
    assert client.post(url).status_code == 405
    for path in ("contact/", "contact/1/sign/", "contact/1/reject/", f"people/{customer.people.get().pk}/reveal/"):
        assert client.get(url + path).status_code == 405


@pytest.mark.rule("ACC-05")
def test_each_opening_is_logged_and_a_head_request_is_not(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    client.head(url)
    assert AccessLog.objects.count() == 0
    client.get(url)
    entry = AccessLog.objects.get()
    assert (entry.action, entry.user, entry.subject) == (Look.OPENED, house.people["A"], f"customer:{customer.pk}")


@pytest.mark.parametrize("who", ["A", "supervisor"])
def test_statements_stay_the_same_with_more_rows(house, customer, url, sign_in, who):
    client = sign_in(house.supervisor if who == "supervisor" else house.people[who])
    counts = []
    for n in range(3):
        contact(house, customer, at=f"11:{n:02}")
        house.call(f"11:3{n}", "A", phone=phone(1))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert counts[0] <= 8


@pytest.mark.rule("OWN-10")
def test_an_effective_contact_extends_the_registration_at_once(house, customer, url, clock, sign_in):
    clock.move_to("2026-03-31T23:59:59+08:00")
    client = sign_in(house.people["A"])
    response = client.post(f"{url}contact/", REACHED, headers=HTMX)
    body = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in body
    assert "2026-04-30" in body
    assert (str(response.context["customer"].valid_until), response.context["left"]) == ("2026-04-30", 30)


@pytest.mark.rule("FUP-03")
@pytest.mark.parametrize("typed", [{**REACHED, "reached": "no"}, {**REACHED, "result": " "}])
def test_an_unreached_attempt_is_kept_and_extends_nothing(house, customer, url, clock, sign_in, typed):
    clock.move_to("2026-03-20T12:00:00+08:00")
    response = sign_in(house.people["A"]).post(f"{url}contact/", typed)
    assert (response.status_code, response["Location"]) == (302, url)
    assert FollowUp.objects.count() == 1
    assert str(Customer.objects.get().valid_until) == "2026-04-01"


def test_whoever_only_looks_on_is_offered_no_contact_form_and_told_of_no_refusal(house, customer, url, clock, sign_in):
    clock.move_to("2026-03-20T12:00:00+08:00")
    seen = [sign_in(who).get(url).content.decode() for who in (house.people["A"], house.supervisor)]
    assert [f"{url}contact/" in body for body in seen] == [True, False]
    assert ["OFF-03" in body for body in seen] == [False, False]


@pytest.mark.rule("OWN-06a")
def test_a_contact_after_the_lapse_is_refused_with_its_rule(house, customer, url, clock, sign_in):
    clock.move_to("2026-04-02T00:00:00+08:00")
    page = sign_in(house.supervisor).get(url)
    assert page.context["contact_refusal"].rule == "OWN-06a"
    assert sign_in(house.people["A"]).post(f"{url}contact/", REACHED).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {**REACHED, "manner": "pigeon"},
        {**REACHED, "reached": "maybe"},
        {**REACHED, "next_on": "2026-03-01"},
        {**REACHED, "next_on": "9999-12-31"},
        {**REACHED, "result": "x" * 2001},
    ],
)
def test_a_misshapen_contact_is_shown_again_and_not_kept(house, url, sign_in, typed):
    response = sign_in(house.people["A"]).post(f"{url}contact/", typed)
    assert response.status_code == 422
    assert "data-error-summary" in response.content.decode()
    assert FollowUp.objects.count() == 0


@pytest.mark.rule("REC-13")
def test_a_helper_may_record_a_contact_while_the_reception_lasts(house, sign_in):
    told = house.visit("09:10", name="孙小平", phone=phone(1), helpers=1)
    url = f"/customers/{told.customer.pk}/"
    helper = sign_in(house.people["B"])
    assert helper.post(f"{url}contact/", REACHED).status_code == 302
    helping.leave(house.reception(told), by=house.clerk, now=house.at("11:00"))
    assert helper.post(f"{url}contact/", REACHED).status_code == 404
    assert helper.get(url).status_code == 404


@pytest.mark.rule("FUP-04")
def test_the_supervisor_signs_and_nobody_else(house, customer, url, sign_in):
    follow_up = contact(house, customer)
    path = f"{url}contact/{follow_up.pk}/sign/"
    assert sign_in(house.people["A"]).post(path).status_code == 403
    assert sign_in(house.clerk).post(path).status_code == 403
    assert sign_in(house.supervisor).post(path, headers=HTMX).status_code == 200
    follow_up.refresh_from_db()
    assert (follow_up.signature, follow_up.decided_by) == ("signed", house.supervisor)
    again = sign_in(house.supervisor).post(path, follow=True)
    assert "FUP-04" in again.content.decode()


@pytest.mark.rule("OWN-10")
def test_a_rejected_contact_works_the_end_out_anew_and_its_author_learns_why(house, customer, url, clock, sign_in):
    house.sleep(10)
    clock.move_to(house.at("18:00"))
    follow_up = contact(house, customer)
    client = sign_in(house.supervisor)
    path = f"{url}contact/{follow_up.pk}/reject/"
    assert client.post(path, {"reason": ""}).status_code == 422
    assert str(Customer.objects.get().valid_until) == "2026-04-11"
    assert client.post(path, {"reason": "没有打过"}).status_code == 302
    assert str(Customer.objects.get().valid_until) == "2026-04-01"
    assert "没有打过" in Notice.objects.get(user=house.people["A"]).text


@pytest.mark.rule("PRIV-02")
def test_a_number_is_revealed_for_a_reason_alone_and_logged(house, customer, url, sign_in):
    person = customer.people.get()
    client, path = sign_in(house.people["A"]), f"{url}people/{person.pk}/reveal/"
    for typed in ({}, {"purpose": "x"}, {"purpose": "other", "note": " "}):
        response = client.post(path, typed)
        assert response.status_code == 422
        assert phone(1) not in response.content.decode()
    assert AccessLog.objects.count() == 0
    response = client.post(path, {"purpose": "other", "note": "客户来电要求"}, headers=HTMX)
    assert f'href="tel:{phone(1)}"' in response.content.decode()
    entry = AccessLog.objects.get()
    assert (entry.action, entry.subject) == (Look.REVEALED, f"customer:{customer.pk} person:{person.pk}")
    assert "客户来电要求" in entry.reason
    assert phone(1) not in client.get(url).content.decode()


@pytest.mark.rule("PRIV-02")
def test_one_number_is_revealed_at_a_time_and_another_customers_person_is_not_found(house, customer, url, sign_in):
    house.call("10:00", "A", name="孙妻", phone=phone(2), relative=customer, relation="spouse")
    other = house.call("10:10", "A", name="别家", phone=phone(3)).customer.people.get()
    client = sign_in(house.people["A"])
    wife = customer.people.get(relation="spouse")
    body = client.post(f"{url}people/{wife.pk}/reveal/", {"purpose": "follow_up"}).content.decode()
    assert (phone(2) in body, phone(1) in body) == (True, False)
    response = client.post(f"{url}people/{other.pk}/reveal/", {"purpose": "follow_up"})
    assert response.status_code == 404
    assert phone(3) not in response.content.decode()


@pytest.mark.rule("OWN-14")
def test_a_transfer_needs_a_reason_which_both_are_told(house, neighbour, customer, url, sign_in):
    client, path = sign_in(house.supervisor), f"{url}transfer/"
    assert client.get(path).status_code == 200
    new = house.people["B"]
    for typed in (
        {"to": new.pk, "reason": " "},
        {"to": "", "reason": "调班"},
        {"to": house.people["A"].pk, "reason": "调班"},
        {"to": neighbour.people["X"].pk, "reason": "调班"},
        {"to": house.clerk.pk, "reason": "调班"},
    ):
        assert client.post(path, typed).status_code == 422
    assert client.post(path, {"to": new.pk, "reason": "调班"}).status_code == 302
    assert Customer.objects.get().owner == new
    assert {notice.user: "调班" in notice.text for notice in Notice.objects.all()} == {
        new: True,
        house.people["A"]: True,
    }
    assert [e.owner for e in client.get(url).context["record"].episodes] == [new, house.people["A"]]


def test_only_a_supervisor_transfers_and_joins(house, url, sign_in):
    for who in (house.people["A"], house.clerk):
        client = sign_in(who)
        for path in ("transfer/", "join/"):
            assert client.get(url + path).status_code == 403
            assert client.post(url + path, {"reason": "x", "name": "x", "to": house.people["B"].pk}).status_code == 403


@pytest.mark.rule("OWN-01")
def test_a_person_is_joined_on_the_page(house, customer, url, sign_in):
    client = sign_in(house.supervisor)
    assert client.get(f"{url}join/").status_code == 200
    assert client.post(f"{url}join/", {"name": "孙弟", "reason": ""}).status_code == 422
    assert client.post(f"{url}join/", {"name": "孙弟", "phone": phone(8), "reason": "共同出资"}).status_code == 302
    body = client.get(url).content.decode()
    assert [text in body for text in ("孙弟", "共同出资", "154****0008")] == [True] * 3
    assert Person.objects.filter(customer=customer).count() == 2


def test_a_lapsed_or_unassigned_customer_offers_the_pool(house, customer, url, clock, sign_in):
    lead = house.web("10:00", name="网客").customer
    client = sign_in(house.supervisor)
    assert "/pool/?tab=web" in client.get(f"/customers/{lead.pk}/").content.decode()
    clock.move_to("2026-04-02T00:00:00+08:00")
    page = sign_in(house.supervisor).get(url)
    assert (page.context["left"], page.context["assignable"]) == (None, True)


@pytest.mark.rule("REG-06")
def test_the_search_box_jumps_to_the_one_customer_meant_and_logs_a_look_up_by_number(house, customer, url, sign_in):
    house.visit("09:30", name="孙二", phone=phone(2))
    client = sign_in(house.supervisor)
    assert client.get("/find/").status_code == 200
    assert client.post("/find/", {"q": phone(1)})["Location"] == url
    assert client.post("/find/", {"q": "孙"})["Location"].startswith("/customers/?find=")
    assert client.post("/find/", {"q": "  "}).status_code == 422
    assert client.post("/find/", {"q": "x" * 61}).status_code == 422
    looks = AccessLog.objects.filter(action=Look.LOOKED_UP)
    assert [entry.subject for entry in looks] == [f"customer:{customer.pk}"]
    assert sign_in(house.people["B"]).post("/find/", {"q": phone(1)})["Location"].startswith("/customers/?find=")


@pytest.mark.rule("FUP-02")
def test_the_level_is_asked_anew_and_the_rhythm_proposes_the_next_day(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    contact(house, customer, level="B")
    page = client.get(url)
    form = page.context["contact_form"]
    assert (form["level"].value(), form["next_on"].value()) == ("B", "2026-03-17")
    assert '"H": "2026-03-04"' in form.fields["next_on"].widget.attrs["data-latest"]
    refused = client.post(f"{url}contact/", {**REACHED, "level": ""})
    assert (refused.status_code, "level" in refused.context["contact_form"].errors) == (422, True)


@pytest.mark.rule("FUP-02")
@pytest.mark.parametrize("day", ["2026-03-18", "2026-03-01"])
def test_a_next_day_beyond_the_rhythm_or_in_the_past_is_refused(house, customer, url, sign_in, day):
    typed = {**REACHED, "level": "B", "next_on": day}
    response = sign_in(house.people["A"]).post(f"{url}contact/", typed)
    assert (response.status_code, "FUP-02" in response.content.decode()) == (422, True)


@pytest.mark.rule("FUP-02", "CARD-06")
def test_an_unreached_attempt_asks_no_level_and_a_reached_one_sets_it(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    assert client.post(f"{url}contact/", {**REACHED, "reached": "no", "level": ""}).status_code == 302
    assert client.post(f"{url}contact/", {**REACHED, "level": "H", "objections": "嫌贵"}).status_code == 302
    page = client.get(url)
    assert (page.context["customer"].level, str(page.context["customer"].next_due)) == ("H", "2026-03-04")
    assert "嫌贵" in page.content.decode()


def test_an_overdue_follow_up_shows(house, customer, url, clock, sign_in):
    contact(house, customer, level="H")
    clock.move_to("2026-03-09T12:00:00+08:00")
    page = sign_in(house.people["A"]).get(url)
    assert (page.context["late"], page.context["due_today"]) == (5, False)

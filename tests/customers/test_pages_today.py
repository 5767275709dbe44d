"""A rep's day in the browser: the list, the call, the form."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import guidance, ownership
from customers.models import Customer, FollowUp
from staff.models import AccessLog
from staff.models.log import Look
from tests.house import phone
from tests.markup import HTMX

REACHED = {"manner": "phone", "reached": "yes", "result": "周末再来", "level": "B", "next_on": "2026-03-10"}


@pytest.fixture
def customer(house) -> Customer:
    """A customer of rep A, whose visit is over."""
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, at="09:40")
    return house.customer(told)


@pytest.fixture
def rep(house, sign_in):
    return sign_in(house.people["A"])


@pytest.mark.rule("FUP-08")
def test_the_day_is_the_first_page_of_a_rep(rep, customer):
    assert rep.get("/")["Location"] == reverse("today")
    page = rep.get(reverse("today"))
    body = page.content.decode()
    assert [one["name"] for one in page.context["lists"]] == ["calls", "cards", "few"]
    assert ("孙小平" in body, phone(1) in body, "tel:" in body) == (True, False, False)


def test_an_empty_day_says_that_all_is_done(house, sign_in):
    page = sign_in(house.people["C"]).get(reverse("today"))
    assert page.context["found"].nothing
    assert 'class="empty"' in page.content.decode()


@pytest.mark.rule("FUP-08", "PRIV-02", "ACC-05")
def test_one_tap_shows_the_number_and_logs_it_first(rep, customer):
    page = rep.post(reverse("today_call", args=[customer.pk]))
    assert f'href="tel:{phone(1)}"' in page.content.decode()
    entry = AccessLog.objects.get()
    assert (entry.action, bool(entry.reason), phone(1) in entry.subject) == (Look.REVEALED, True, False)
    assert phone(1) not in rep.get(reverse("today_contact", args=[customer.pk])).content.decode()


@pytest.mark.rule("FUP-02", "FUP-08")
def test_one_form_records_the_contact_and_leads_back_to_the_day(rep, customer):
    url = reverse("today_contact", args=[customer.pk])
    response = rep.post(url, REACHED)
    assert (response.status_code, response["Location"]) == (302, reverse("today"))
    follow_up = FollowUp.objects.get()
    assert (follow_up.level, str(follow_up.next_on), follow_up.effective) == ("B", "2026-03-10", True)
    assert "calls" not in [one["name"] for one in rep.get(reverse("today")).context["lists"]]


@pytest.mark.rule("FUP-02")
@pytest.mark.parametrize("typed", [{"level": ""}, {"next_on": "2026-03-18"}, {"reached": ""}, {"manner": "pigeon"}])
def test_a_form_that_lacks_something_keeps_what_was_typed(rep, customer, typed):
    response = rep.post(reverse("today_contact", args=[customer.pk]), {**REACHED, **typed})
    assert (response.status_code, "周末再来" in response.content.decode()) == (422, True)
    assert FollowUp.objects.count() == 0


@pytest.mark.rule("OFF-03")
def test_a_colleague_the_desk_and_another_office_get_nothing(house, neighbour, customer, sign_in):
    for who, wanted in ((house.people["B"], 404), (neighbour.people["X"], 404), (house.supervisor, 403)):
        client = sign_in(who)
        answers = [
            client.get(reverse("today_contact", args=[customer.pk])),
            client.post(reverse("today_contact", args=[customer.pk]), REACHED),
            client.post(reverse("today_call", args=[customer.pk])),
        ]
        assert {answer.status_code for answer in answers} == {wanted}
        assert not any("孙小平" in answer.content.decode() for answer in answers)
    assert sign_in(house.supervisor).get(reverse("today")).status_code == 403


def test_wrong_methods_are_refused(rep, customer):
    assert rep.post(reverse("today")).status_code == 405
    assert rep.get(reverse("today_call", args=[customer.pk])).status_code == 405


def test_htmx_gets_the_part(rep, customer):
    body = rep.get(reverse("today"), headers=HTMX).content.decode()
    assert ("<html" in body, 'id="day"' in body) == (False, True)


def test_a_customer_without_a_number_cannot_be_called(house, sign_in, rep):
    told = house.call("10:00", "A", name="无号码", phone=phone(5))
    house.customer(told).people.update(phone_sealed=b"")
    answer = rep.post(reverse("today_call", args=[told.customer.pk]), follow=True)
    assert "PRIV-02" in answer.content.decode()
    assert not AccessLog.objects.filter(action=Look.REVEALED).exists()


def test_statements_stay_the_same_with_more_customers(house, sign_in):
    client, counts = sign_in(house.people["A"]), []
    for n in range(1, 4):
        house.call(f"10:{n}0", "A", name=f"客{n}", phone=phone(n))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("today")).status_code == 200
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert counts[0] <= 7


@pytest.mark.rule("FUP-07", "FUP-08")
def test_ten_of_the_neglected_are_shown_and_the_rest_at_a_tap_with_no_statement_more(house, rep):
    counts = []
    for many in (10, 13):
        for n in range(Customer.objects.count() + 1, many + 1):
            house.call(f"09:{n + 10}", "A", name=f"客户{n}", phone=phone(n))
        with CaptureQueriesContext(connection) as caught:
            page = rep.get(reverse("today"))
        counts.append(len(caught))
        few = next(one for one in page.context["lists"] if one["name"] == "few")
        folded = [(many, len(part)) for many, part in few["cut"]]
        assert folded == [(False, 10), (True, 3)][: 1 if many == 10 else 2]
        assert page.content.decode().count('<details class="day-rest">') == (many > 10)
    assert counts[0] == counts[1]
    assert "再看 3 个" in page.content.decode()


@pytest.mark.rule("REP-01")
def test_guidance_is_on_the_day_and_beside_the_call_until_the_customer_goes(house, rep, customer):
    said = {"by": house.supervisor, "now": house.at("18:00")}
    guidance.on_customer(customer, words="先谈首付", **said)
    guidance.to_person(house.people["A"], office=house.office, words="多约复访", **said)
    body = rep.get(reverse("today")).content.decode()
    assert ("先谈首付" in body, "多约复访" in body) == (True, True)
    assert "先谈首付" in rep.get(reverse("today_contact", args=[customer.pk])).content.decode()
    ownership.transfer(customer, to=house.people["B"], by=house.supervisor, now=house.at("18:30"), reason="换班")
    assert [one.words for one in guidance.fresh(house.people["A"], now=house.at("18:40"))] == ["多约复访"]

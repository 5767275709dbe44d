"""The page of a customer's consent."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import consent
from customers.models import Consent, Customer
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX

AGREES = {"purposes": ["messages", "record"], "channel": "desk"}


@pytest.fixture
def customer(house) -> Customer:
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, at="09:40")
    return house.customer(told)


@pytest.fixture
def url(customer) -> str:
    return reverse("customer_consent", args=[customer.pk])


@pytest.mark.rule("PRIV-01")
def test_the_owner_writes_a_consent_down_and_takes_a_withdrawal(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    assert client.get(url).context["form"] is not None
    assert client.post(url, AGREES).status_code == 302
    page = client.get(url)
    assert (page.context["form"], len(page.context["said"])) == (None, 2)
    assert "page-1" in page.content.decode()
    answer = client.post(f"{url}withdraw/", {"purpose": "messages", "channel": "phone"})
    assert answer.status_code == 302
    page = client.get(url)
    assert [word.given for word, *_form in page.context["words"]] == [False, True]
    assert Consent.objects.count() == 3


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [({"purposes": []}, "purposes"), ({"purposes": ["spam"]}, "purposes"), ({"channel": "web"}, "channel")],
)
def test_a_form_that_lacks_something_is_shown_again(house, customer, url, sign_in, typed, wrong):
    answer = sign_in(house.people["A"]).post(url, {**AGREES, **typed})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [wrong]
    assert Consent.objects.count() == 0


@pytest.mark.rule("PRIV-03")
@pytest.mark.parametrize("typed", [{"purpose": "messages"}, {"purpose": "messages", "channel": "web"}, {}])
def test_a_withdrawal_that_lacks_something_is_shown_again_opened(house, customer, url, sign_in, typed):
    consent.give(customer, ["messages"], channel="desk", by=house.people["A"], now=house.at("10:00"))
    answer = sign_in(house.people["A"]).post(f"{url}withdraw/", typed)
    assert answer.status_code == 422
    assert [opened for _word, _form, opened in answer.context["words"]] == [bool(typed), False]
    assert Customer.objects.get(pk=customer.pk).consent is True


@pytest.mark.rule("PRIV-03")
def test_what_is_refused_says_which_rule(house, customer, url, sign_in):
    answer = sign_in(house.people["A"]).post(f"{url}withdraw/", {"purpose": "record", "channel": "desk"})
    assert answer.status_code == 422
    assert "PRIV-03" in answer.content.decode()


@pytest.mark.rule("OFF-03")
def test_a_colleague_and_another_office_find_nothing(house, neighbour, url, sign_in):
    for who in (house.people["B"], neighbour.people["X"], neighbour.supervisor):
        client = sign_in(who)
        assert client.get(url).status_code == 404
        assert client.post(url, AGREES).status_code == 404
        assert client.post(f"{url}withdraw/", {"purpose": "record", "channel": "desk"}).status_code == 404
    assert sign_in(house.hire("f", Role.FINANCE)).get(url).status_code == 403
    assert Consent.objects.count() == 0


def test_wrong_methods_are_refused(house, url, sign_in):
    client = sign_in(house.people["A"])
    assert client.put(url).status_code == 405
    assert client.get(f"{url}withdraw/").status_code == 405


def test_htmx_gets_the_part(house, url, sign_in):
    body = sign_in(house.people["A"]).get(url, headers=HTMX).content.decode()
    assert ("<html" in body, 'id="consent"' in body) == (False, True)


def test_statements_stay_the_same_with_more_rows(house, customer, url, sign_in):
    client, counts = sign_in(house.people["A"]), []
    for _time in range(3):
        consent.give(customer, ["record"], channel="desk", by=house.people["A"], now=house.at("10:00"))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        counts.append(len(caught))
        consent.withdraw(customer, "record", channel="desk", by=house.clerk, now=house.at("10:01"))
    assert len(set(counts)) == 1
    assert counts[0] <= 8

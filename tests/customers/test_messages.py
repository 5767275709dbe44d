"""Thanks at leaving: to those who agreed, and still agree when it is sent."""

from __future__ import annotations

import pytest

from customers import messages
from customers.models import Customer
from staff.models import Message
from tests.house import phone


def visit(house, n: int = 1, **said):
    told = house.visit("10:00", phone=phone(n), **said)
    house.leave(told, at="10:30")
    return told.customer


def state() -> list[tuple[str, str]]:
    return list(Message.objects.values_list("state", "why"))


@pytest.mark.rule("FUP-06")
def test_a_visitor_who_agreed_is_thanked_at_leaving_and_nobody_else(house, capsys):
    visit(house, 1, consent=True)
    visit(house, 2)
    assert state() == [("waiting", "")]
    assert [messages.deliver(now=house.at("10:31")) for _again in range(2)] == [1, 0]
    shown = capsys.readouterr().out
    assert (house.office.name in shown, "154****0001" in shown, phone(1) in shown) == (True, True, False)


@pytest.mark.rule("PRIV-03")
def test_a_consent_withdrawn_before_sending_stops_the_message(house):
    customer = visit(house, consent=True)
    Customer.objects.filter(pk=customer.pk).update(consent=False)
    assert messages.deliver(now=house.at("10:31")) == 0
    assert state() == [("withheld", "no consent")]


@pytest.mark.rule("FUP-06")
@pytest.mark.parametrize(("at", "sent"), [("13:30", 1), ("13:30:01", 0)])
def test_thanks_that_come_hours_late_are_not_sent(house, at, sent):
    visit(house, consent=True)
    assert messages.deliver(now=house.at(at)) == sent


def test_without_a_number_nobody_is_written_to(house):
    house.leave(house.visit("10:00", consent=True, name="无号"), at="10:30")
    assert messages.deliver(now=house.at("10:31")) == 0
    assert state() == [("withheld", "no number")]


@pytest.mark.rule("PRIV-05")
def test_an_erased_customer_is_not_written_to(house):
    customer = visit(house, consent=True)
    customer.key.delete()
    assert messages.deliver(now=house.at("10:31")) == 0


def test_the_outbox_holds_ids_alone(house):
    visit(house, consent=True, name="孙小平")
    row = str(list(Message.objects.values()))
    assert (phone(1) in row, "孙小平" in row) == (False, False)

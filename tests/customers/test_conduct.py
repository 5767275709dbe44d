"""Where the records show a breach: lines, A-cards, follow-ups, and what is taken out of turn; each put once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers import cards, completing, conduct, ownership
from customers.cards import Findings
from staff.models import Proposal
from tests.house import phone


def put() -> list[tuple[str, str, int, str]]:
    """What has been put so far, by kind: kind, person, number, where to look."""
    rows = Proposal.objects.order_by("evidence", "pk").select_related("person")
    return [(one.evidence, one.person.name, one.number, one.link) for one in rows]


def run(house, at: str = "08:00") -> int:
    """The job, three times as it may."""
    counts = [conduct.propose(now=house.at(at)) for _again in range(3)]
    assert counts[1:] == [0, 0]
    return counts[0]


def submit(house, customer, at: str, who: str = "A") -> None:
    cards.submit(customer, by=house.people[who], now=house.at(at), findings=Findings(True, True, True))


@pytest.mark.rule("REC-16")
@pytest.mark.rule("COND-01")
def test_a_visitor_taken_out_of_turn_is_put_before_the_supervisor(house):
    house.visit("09:10", taken_by="B")
    assert put() == [("breach", "B", 1, "/register/1/")]
    assert Proposal.objects.get().day == house.on


def test_one_taken_in_turn_is_not(house):
    house.visit("09:10", taken_by="A")
    assert put() == []


@pytest.mark.rule("REG-08")
@pytest.mark.rule("COND-01")
def test_a_line_left_incomplete_is_put_against_who_received_once(house):
    house.visit("09:10", name="孙小平")
    house.visit("09:20", name="赵敏", phone=phone(2))
    assert completing.put_before_supervisors(now=house.at("23:59:59")) == 0
    assert put() == []
    house.sleep()
    for at in ("00:00", "08:00"):
        completing.put_before_supervisors(now=house.at(at))
    assert put() == [("incomplete", "A", 1, "/register/1/")]


@pytest.mark.rule("CARD-05")
@pytest.mark.rule("COND-01")
@pytest.mark.parametrize(("at", "late"), [("23:59:59", False), (None, True)])
def test_a_card_not_submitted_on_its_day_is_put_against_the_owner_of_that_day(house, at, late):
    customer = house.customer(house.call("09:10", "A", phone=phone(1)))
    if at:
        submit(house, customer, at)
    assert run(house, "23:59:59") == 0
    house.sleep()
    assert run(house, "00:00") == int(late)
    expected = [("late_card", "A", 1, f"/customers/{customer.pk}/card/")]
    assert put() == (expected if late else [])


def test_a_card_submitted_after_midnight_is_late_all_the_same(house):
    customer = house.customer(house.call("09:10", "A", phone=phone(1)))
    house.sleep()
    submit(house, customer, "00:05")
    assert run(house) == 1


def test_who_got_the_customer_later_does_not_answer_for_the_card(house):
    customer = house.customer(house.call("09:10", "A", phone=phone(1)))
    ownership.transfer(customer, to=house.people["B"], by=house.supervisor, now=house.at("18:00"), reason="调班")
    house.sleep()
    run(house)
    assert [(kind, who) for kind, who, *_rest in put()] == [("late_card", "A")]


def test_the_card_of_a_web_lead_runs_from_the_day_it_was_given_out(house):
    customer = house.customer(house.web(phone=phone(1)))
    house.sleep(2)
    assert run(house) == 0
    ownership.assign(customer, to=house.people["C"], by=house.supervisor, now=house.at("10:00"))
    assert run(house, "23:59") == 0
    house.sleep()
    run(house)
    assert [(kind, who) for kind, who, *_rest in put()] == [("late_card", "C")]


@pytest.mark.rule("FUP-09")
@pytest.mark.rule("COND-01")
def test_a_follow_up_overdue_for_two_days_is_put_once_for_its_date(house):
    customer = house.customer(house.call("09:10", "A", phone=phone(1)))
    submit(house, customer, "09:30")
    customer.refresh_from_db()
    customer.next_due = house.on
    customer.save(update_fields=["next_due"])
    for expected in (0, 0, 1, 0, 0):
        assert run(house) == expected
        house.sleep()
    assert put() == [("overdue", "A", 1, f"/customers/{customer.pk}/")]
    customer.next_due = house.on
    customer.save(update_fields=["next_due"])
    house.sleep(2)
    assert run(house) == 1


def test_days_missed_while_the_job_was_away_are_caught_up(house):
    house.call("09:10", "A", phone=phone(1))
    house.on += timedelta(days=7)
    assert run(house) == 1


def test_it_costs_the_same_for_many(house, django_assert_max_num_queries):
    for n in range(12):
        house.call("09:10", "A", phone=phone(n))
    house.sleep()
    with django_assert_max_num_queries(9):
        assert conduct.propose(now=house.at("08:00"), office=house.office) == 12

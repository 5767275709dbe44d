"""One office's day of rotation in the database: when the order is fixed, by what, and any minute shown again."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from reception import day as days
from reception import roster
from reception.models import Day, RotationEvent
from reception.seats import Board
from sales import results
from sales.models import Result
from staff.roles import Role
from tests.house import MONDAY, House, phone

pytestmark = pytest.mark.django_db
ZONES = ["Asia/Shanghai", "UTC", "America/New_York"]


def sold(house: House, code: str, deals: int, amount: int, first: date, last: date | None = None) -> Result:
    """What the manager entered for somebody."""
    values = {"deals": deals, "amount": Decimal(amount)}
    return Result.objects.create(
        office=house.office, user=house.people[code], first=first, last=last or first, **values
    )


# When the order is fixed


@pytest.mark.rule("REC-01")
def test_a_day_starts_empty_and_in_round_one():
    house = House()
    assert house.queue() == ""
    house.sign_in("B", "A")
    assert house.order() == [("B", 1), ("A", 1)]
    house.visit("09:30")
    house.sleep()
    assert house.board() == Board()
    house.sign_in("A", "B")
    assert house.order() == [("A", 1), ("B", 1)]


@pytest.mark.rule("REC-02")
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("signs_in_at", "order"), [("08:59:59", "ACB"), ("09:00:00", "CBA"), ("09:00:01", "CBA")])
def test_the_order_is_fixed_at_opening_and_later_arrivals_follow(zone, signs_in_at, order):
    house = House(zone=zone, strategy="number")
    house.sign_in("C", at="08:30")
    house.sign_in("B", at="08:40")
    sold(house, "A", 1, 1, date(2026, 2, 1), date(2026, 2, 28))
    sold(house, "C", 1, 0, date(2026, 2, 1), date(2026, 2, 28))
    house.office.policy.strategy = "month_results"
    house.office.policy.save()
    roster.sign_in(house.office, house.people["A"], now=house.at(signs_in_at))
    assert house.queue("09:30") == order


@pytest.mark.rule("REC-06")
@pytest.mark.parametrize("strategy", ["sign_in", "number", "month_results", "day_results"])
def test_a_late_arrival_joins_at_the_end_with_every_strategy(strategy):
    house = House(strategy=strategy)
    house.sign_in("C", "B")
    sold(house, "A", 5, 5, date(2026, 2, 1), date(2026, 2, 28))
    house.sign_in("A", at="09:05")
    assert house.queue()[-1] == "A"


@pytest.mark.rule("REC-02")
def test_the_first_visitor_before_opening_fixes_the_order():
    house = House(strategy="number")
    house.sign_in("C", "B", at="08:30")
    told = house.visit("08:45")
    assert house.receiver(told) == "B"
    house.sign_in("A", at="08:50")
    assert house.queue() == "CA"
    assert [event.kind for event in house.day().events.all()] == [
        "signed_in",
        "signed_in",
        "fixed",
        "arrived",
        "signed_in",
    ]


@pytest.mark.rule("REC-02")
def test_a_call_and_a_refused_visitor_before_opening_fix_nothing():
    house = House(strategy="number")
    house.sign_in("C", at="08:30")
    house.call("08:35", "C", phone=phone(1))
    house.away("C", "08:36")
    with pytest.raises(RuleError):
        house.visit("08:40")
    house.sign_in("A", at="08:50")
    house.back("C", "08:55")
    assert house.queue() == "AC"


@pytest.mark.rule("REC-02")
def test_the_opening_hour_is_the_offices_own():
    house = House(strategy="number", opens_at=time(8, 30))
    house.sign_in("C", at="08:29")
    house.sign_in("B", at="08:31")
    assert house.queue() == "CB"


@pytest.mark.rule("REC-06")
def test_nobody_there_at_opening_leaves_the_order_to_signing_in():
    house = House(strategy="number")
    house.sign_in("C", "B", "A", at="09:10")
    assert house.queue() == "CBA"
    assert house.receiver(house.visit("09:20")) == "C"


@pytest.mark.rule("REC-01")
def test_nobody_at_all_is_refused_without_a_number():
    house = House()
    with pytest.raises(RuleError) as refused:
        house.visit("10:00")
    assert refused.value.rule == "REC-11"
    assert house.numbers() == []
    assert Day.objects.filter(events_count__gt=0).count() == 0


# By what it is ranked


@pytest.mark.rule("REC-03")
def test_by_number_carries_on_with_whoever_was_head_at_closing():
    house = House("ABCD", strategy="number")
    house.sign_in("D", "C", "B", "A")
    for at in ("09:10", "09:20"):
        house.leave(house.visit(at), at.replace(":10", ":12").replace(":20", ":22"))
    assert house.queue() == "CDAB"
    house.sleep()
    house.sign_in("A", "B", "C", "D")
    assert house.queue() == "CDAB"
    house.sleep()
    house.sign_in("A", "B", "D")
    assert house.queue() == "DAB"


@pytest.mark.rule("REC-03")
def test_by_number_counts_a_head_who_had_signed_out_and_skips_days_without_work():
    house = House(strategy="number")
    house.sign_in("A", "B", "C")
    house.leave(house.visit("10:00"), "10:10")
    house.sign_out("B", "17:00")
    house.sleep(3)
    house.sign_in("A", "B", "C")
    assert house.queue() == "BCA"


@pytest.mark.rule("REC-03")
def test_by_number_counts_a_day_on_which_nothing_happened_after_opening():
    house = House(strategy="number")
    house.sign_in("A", "B", "C")
    house.leave(house.visit("10:00"), "10:10")
    house.sleep()
    house.sign_in("C", at="08:00")
    house.sleep()
    house.sign_in("A", "B", "C")
    assert house.queue() == "CAB"


@pytest.mark.rule("REC-04")
def test_by_month_takes_last_calendar_month_all_month_long():
    house = House(strategy="month_results", on=date(2026, 3, 1))
    february = (date(2026, 2, 1), date(2026, 2, 28))
    sold(house, "B", 2, 100, *february)
    sold(house, "C", 2, 200, *february)
    sold(house, "A", 9, 999, date(2026, 1, 1), date(2026, 1, 31))
    sold(house, "A", 9, 999, date(2026, 3, 1), date(2026, 3, 31))
    for day in (date(2026, 3, 1), date(2026, 3, 31)):
        house.on = day
        house.sign_in("A", "B", "C")
        assert house.queue() == "CBA"
    house.on = date(2026, 4, 1)
    house.sign_in("C", "B", "A")
    assert house.queue() == "ABC"


@pytest.mark.rule("REC-04")
def test_by_month_takes_february_of_a_leap_year_to_its_29th():
    house = House(strategy="month_results", on=date(2028, 3, 1))
    sold(house, "C", 1, 1, date(2028, 2, 1), date(2028, 2, 29))
    house.sign_in("A", "C")
    assert house.queue() == "CA"


@pytest.mark.rule("REC-05")
def test_by_day_takes_the_results_of_the_last_working_day():
    house = House(strategy="day_results")
    house.sign_in("A", "B", "C")
    house.leave(house.visit("10:00"), "10:10")
    sold(house, "C", 1, 100, MONDAY)
    house.sleep(2)
    house.sign_in("A", "B", "C")
    assert house.queue() == "CAB"


@pytest.mark.rule("REC-05")
def test_by_day_keeps_the_order_of_a_day_without_deals():
    house = House(strategy="day_results")
    house.sign_in("A", "B", "C")
    roster.move(house.office, house.people["C"], place=1, by=house.supervisor, now=house.at("09:30"), reason="换班")
    house.leave(house.visit("10:00"), "10:10")
    house.sleep()
    house.sign_in("B", "A", "C")
    assert house.queue() == "CAB"


@pytest.mark.rule("REC-05")
def test_by_day_takes_the_results_of_a_day_on_which_nothing_happened_after_opening():
    house = House(strategy="day_results")
    house.sign_in("A", "B", "C")
    house.leave(house.visit("10:00"), "10:10")
    house.sleep()
    house.sign_in("A", "B", "C", at="08:00")
    sold(house, "B", 1, 100, house.on)
    house.sleep()
    house.sign_in("A", "B", "C")
    assert house.queue() == "BAC"


@pytest.mark.rule("REC-04")
def test_results_are_entered_by_the_manager_of_the_office_alone():
    house = House()
    manager = house.hire("manager", Role.MARKETING_MANAGER)
    row = {"user": house.people["A"], "first": MONDAY, "last": MONDAY, "deals": 1, "amount": Decimal(5)}
    results.enter(house.office, by=manager, **row)
    results.enter(house.office, by=manager, **{**row, "deals": 2})
    assert results.of_day(house.office, MONDAY) == {house.people["A"].pk: (2, Decimal(5))}
    assert Result.history.count() == 2
    with pytest.raises(RuleError):
        results.enter(house.office, by=house.supervisor, **row)
    with pytest.raises(RuleError):
        results.enter(house.office, by=manager, **{**row, "user": House("X").people["X"]})


# What is kept


@pytest.mark.rule("REC-17")
def test_any_past_minute_is_shown_again_from_the_events():
    house = House()
    house.sign_in("A", "B", "C")
    first = house.visit("09:10")
    house.away("B", "09:20")
    second = house.visit("09:30")
    house.leave(first, "09:40")
    day = house.day()
    seen = {
        at: "".join(house.codes[seat.who] for seat in days.board_at(day, house.at(at)).waiting())
        for at in ("08:49", "08:51", "09:09", "09:10", "09:29", "09:30", "09:40")
    }
    assert seen == {"08:49": "", "08:51": "", "09:09": "ABC", "09:10": "BC", "09:29": "C", "09:30": "", "09:40": "A"}
    assert house.receiver(second) == "C"


@pytest.mark.rule("REC-17")
@pytest.mark.parametrize("zone", ZONES)
def test_the_events_as_stored_give_the_board_as_stored(zone):
    house = House("ABCD", zone=zone, probationary="P")
    house.sign_in("A", "B", "C", "P")
    roster.move(house.office, house.people["C"], place=1, by=house.supervisor, now=house.at("08:58"), reason="值班")
    told = house.visit("09:10", helpers=2)
    house.sign_in("D", at="09:12")
    house.away("D", "09:15")
    house.visit("09:20", overload="A")
    house.leave(told, "09:30")
    day = house.day()
    assert days.board_at(day, house.at("23:00")) == days.board_of(day)


@pytest.mark.rule("REC-17")
def test_an_event_that_changes_nothing_is_not_kept():
    house = House()
    house.sign_in("A")
    house.sign_in("A", at="08:55")
    assert [(event.seq, event.kind) for event in house.day().events.all()] == [(1, "signed_in")]
    assert days.version(house.office, today=house.on) == 1


@pytest.mark.rule("REC-17")
def test_an_event_keeps_who_did_it_why_and_what_it_led_to():
    house = House()
    house.sign_in("A", "B")
    roster.skip(house.office, house.people["A"], by=house.supervisor, now=house.at("09:05"), reason=" 未着工装 ")
    told = house.visit("09:10")
    skipped, arrived = RotationEvent.objects.filter(kind__in=["skipped", "arrived"]).order_by("seq")
    assert (skipped.who, skipped.by, skipped.reason) == (house.people["A"], house.supervisor, "未着工装")
    assert arrived.outcome["receiver"] == told.reception.receiver_id
    assert (arrived.by, arrived.at) == (house.clerk, house.at("09:10"))


@pytest.mark.rule("REC-17")
def test_an_event_holds_no_personal_data():
    house = House()
    house.sign_in("A")
    house.visit("09:10", name="王示例", phone=phone(7), needs="两室")
    event = RotationEvent.objects.get(kind="arrived")
    assert event.data == {"reception": event.seq, "helpers": 0, "mode": "turn"}
    assert event.reason == ""


@pytest.mark.rule("REC-18")
def test_the_version_grows_with_every_change():
    house = House()
    seen = [days.version(house.office, today=house.on)]
    house.sign_in("A")
    seen.append(days.version(house.office, today=house.on))
    house.visit("09:10")
    seen.append(days.version(house.office, today=house.on))
    assert seen == [0, 1, 3]


@pytest.mark.rule("OFF-01")
def test_the_rotation_of_one_office_knows_nothing_of_another():
    here, there = House("AB"), House("CD")
    here.sign_in("A", "B")
    there.sign_in("C")
    here.visit("09:30")
    assert (here.queue(), there.queue()) == ("B", "C")


def test_midnight_begins_a_new_day():
    house = House()
    house.sign_in("A", at="23:58")
    assert house.board("23:59:59").seat(house.people["A"].pk) is not None
    house.sleep()
    assert house.board("00:00:00") == Board()


@pytest.mark.rule("REC-19")
def test_a_day_and_the_number_of_an_event_exist_once():
    house = House()
    house.sign_in("A")
    day = house.day()
    with pytest.raises(IntegrityError), transaction.atomic():
        Day.objects.create(office=house.office, day=house.on)
    with pytest.raises(IntegrityError), transaction.atomic():
        RotationEvent.objects.create(day=day, seq=1, at=house.at("10:00"), kind="away")


def test_a_working_day_of_long_ago_is_still_found():
    house = House(strategy="number")
    house.sign_in("A", "B", "C")
    house.leave(house.visit("10:00"), "10:10")
    house.on += timedelta(days=300)
    house.sign_in("A", "B", "C")
    assert house.queue() == "BCA"

"""Ownership as a series of episodes: begun, extended, lapsed, given out, transferred."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from customers import contacts, lapse_notices, lapses, ownership
from customers.models import Customer, Episode, RegisterLine
from staff.models import Notice
from tests.house import House, phone

pytestmark = pytest.mark.django_db
ZONES = ["Asia/Shanghai", "UTC", "America/New_York"]


@pytest.fixture
def house() -> House:
    """A, B and C signed in."""
    house = House("ABC")
    house.sign_in("A", "B", "C")
    return house


def episodes(house: House, customer: Customer) -> list[tuple]:
    """(owner, basis, ended) of every episode in order."""
    rows = customer.episodes.order_by("pk")
    return [(house.codes[one.owner_id], one.basis, one.ended) for one in rows]


def assign(house: House, customer: Customer, code: str, at: str = "12:00") -> Episode:
    """The supervisor gives a customer out."""
    return ownership.assign(customer, to=house.people[code], by=house.supervisor, now=house.at(at))


def transfer(house: House, customer: Customer, code: str, at: str = "12:00", reason: str = "调岗") -> Episode:
    """The supervisor moves a customer."""
    to = house.people[code]
    return ownership.transfer(customer, to=to, by=house.supervisor, now=house.at(at), reason=reason)


# Thirty days


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("at", ["00:00:00", "00:00:01", "12:00:00", "23:59:59"])
def test_a_registration_holds_for_thirty_days_from_its_local_day(zone, at):
    house = House("A", zone=zone, on=date(2026, 3, 1))
    customer = house.customer(house.call(at, "A", phone=phone(1)))
    assert (customer.since, customer.valid_until) == (date(2026, 3, 1), date(2026, 3, 31))
    states = [
        customer.state(house.office.today(house.at(*when)))
        for when in (
            ("23:59:59", date(2026, 3, 31)),
            ("00:00:00", date(2026, 4, 1)),
            ("00:00:01", date(2026, 4, 1)),
        )
    ]
    assert states == ["active", "lapsed", "lapsed"]


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(
    ("day", "last"), [(date(2028, 1, 30), date(2028, 2, 29)), (date(2028, 2, 29), date(2028, 3, 30))]
)
def test_a_leap_day_is_a_day(day, last):
    house = House("A", on=day)
    assert house.customer(house.call("10:00", "A")).valid_until == last


@pytest.mark.rule("OWN-06")
def test_the_number_of_days_is_the_offices_policy():
    house = House("A", valid_days=20)
    assert house.customer(house.call("10:00", "A")).valid_until == house.on + timedelta(days=20)


@pytest.mark.rule("OWN-06")
def test_the_days_left_are_counted_to_the_last_day(house):
    customer = house.customer(house.call("10:00", "A"))
    assert [customer.days_left(house.on + timedelta(days=n)) for n in (0, 29, 30, 31)] == [30, 1, 0, -1]


@pytest.mark.rule("OWN-06a")
def test_a_returning_visit_and_call_extend_it_as_a_follow_up_of_the_day(house):
    told = house.visit("10:00", phone=phone(1))
    house.leave(told, "10:10")
    house.sleep(10)
    house.call("10:00", "B", phone=phone(1))
    assert house.customer(told).valid_until == house.on + timedelta(days=30)
    house.sleep(30)
    house.sign_in("B")
    house.visit("10:00", phone=phone(1))
    customer = house.customer(told)
    assert customer.valid_until == house.on + timedelta(days=30)
    assert [one.manner for one in customer.follow_ups.order_by("pk")] == ["phone", "office_visit"]
    assert all(one.effective and one.signature == "none" for one in customer.follow_ups.all())


@pytest.mark.rule("OWN-06a")
def test_an_unassigned_lead_and_a_dealt_customer_do_not_lapse(house):
    lead = house.customer(house.web(phone=phone(1)))
    bought = house.customer(house.call("10:00", "A", phone=phone(2)))
    bought.standing = "dealt"
    bought.save(update_fields=["standing"])
    later = house.on + timedelta(days=400)
    assert (lead.state(later), bought.state(later), bought.holder(later)) == (
        "unassigned",
        "dealt",
        house.people["A"].pk,
    )
    assert (lead.days_left(later), bought.days_left(later)) == (None, None)


# Given out


@pytest.mark.rule("OWN-05")
@pytest.mark.rule("OWN-06a")
def test_a_lead_given_out_belongs_to_the_rep_for_a_new_thirty_days(house):
    told = house.web(phone=phone(1))
    house.sleep(5)
    assign(house, house.customer(told), "B")
    customer = house.customer(told)
    assert episodes(house, customer) == [("B", "web", "")]
    assert (customer.valid_until, customer.number) == (house.on + timedelta(days=30), 1)
    assert RegisterLine.objects.count() == 1


@pytest.mark.rule("OWN-07")
@pytest.mark.rule("OWN-06a")
def test_a_customer_from_the_pool_keeps_the_number_and_no_line_is_written(house):
    told = house.call("10:00", "A", phone=phone(1))
    house.sleep(31)
    assert list(Customer.objects.in_pool(house.on)) == [told.customer]
    assign(house, house.customer(told), "B")
    customer = house.customer(told)
    assert episodes(house, customer) == [("A", "first_call", "lapsed"), ("B", "pool", "")]
    assert (customer.number, customer.valid_until, RegisterLine.objects.count()) == (
        1,
        house.on + timedelta(days=30),
        1,
    )
    assert list(Customer.objects.in_pool(house.on)) == []
    assert customer.episodes.first().until == house.at("00:00")


@pytest.mark.rule("OWN-07")
def test_a_customer_is_in_the_pool_from_midnight(house):
    house.call("10:00", "A", phone=phone(1))
    last = house.on + timedelta(days=30)
    assert [Customer.objects.in_pool(day).count() for day in (last, last + timedelta(days=1))] == [0, 1]


@pytest.mark.rule("OWN-07")
@pytest.mark.parametrize("standing", ["active", "dealt", "defeated"])
def test_only_a_lead_or_a_lapsed_customer_is_given_out(house, standing):
    customer = house.customer(house.call("10:00", "A", phone=phone(1)))
    customer.standing = standing
    customer.save(update_fields=["standing"])
    with pytest.raises(RuleError) as refused:
        assign(house, customer, "B")
    assert refused.value.rule == "OWN-07"
    assert episodes(house, customer) == [("A", "first_call", "")]


@pytest.mark.rule("OWN-05")
def test_a_lead_is_given_out_once(house):
    stale = house.customer(house.web(phone=phone(1)))
    assign(house, stale, "A")
    with pytest.raises(RuleError):
        assign(house, stale, "B")
    assert episodes(house, stale) == [("A", "web", "")]


@pytest.mark.rule("OWN-05")
def test_leads_are_given_out_evenly(house):
    leads = [house.customer(house.web(f"09:0{n}", phone=phone(n))) for n in range(5)]
    to = [house.people["A"], house.people["B"]]
    assert ownership.assign_evenly(leads, to=to, by=house.supervisor, now=house.at("12:00")) == 5
    owners = Customer.objects.order_by("number").values_list("owner", flat=True)
    assert [house.codes[one] for one in owners] == list("ABABA")


@pytest.mark.rule("OWN-05")
def test_leads_given_out_together_go_all_or_none(house):
    leads = [house.customer(house.web("09:01")), house.customer(house.call("09:02", "A"))]
    with pytest.raises(RuleError):
        ownership.assign_evenly(leads, to=[house.people["B"]], by=house.supervisor, now=house.at("12:00"))
    assert episodes(house, leads[0]) == []
    with pytest.raises(RuleError) as refused:
        ownership.assign_evenly(leads[:1], to=[], by=house.supervisor, now=house.at("12:00"))
    assert refused.value.rule == "OWN-05"


@pytest.mark.rule("OFF-03")
@pytest.mark.parametrize("who", ["clerk", "rep", "stranger"])
def test_only_the_supervisor_of_the_office_gives_out_and_transfers(house, who):
    by = {"clerk": house.clerk, "rep": house.people["A"], "stranger": House("X").supervisor}[who]
    lead = house.customer(house.web())
    mine = house.customer(house.call("10:00", "A"))
    for rule in (
        lambda: ownership.assign(lead, to=house.people["B"], by=by, now=house.at("12:00")),
        lambda: ownership.transfer(mine, to=house.people["B"], by=by, now=house.at("12:00"), reason="好"),
    ):
        with pytest.raises(RuleError) as refused:
            rule()
        assert refused.value.rule == "OFF-03"


@pytest.mark.rule("OFF-01")
def test_nobody_of_another_office_and_nobody_who_does_not_sell_becomes_owner(house):
    lead = house.customer(house.web())
    for to in (House("X").people["X"], house.clerk):
        with pytest.raises(RuleError) as refused:
            ownership.assign(lead, to=to, by=house.supervisor, now=house.at("12:00"))
        assert refused.value.rule == "OFF-02"


# Transferred


@pytest.mark.rule("OWN-14")
@pytest.mark.rule("OWN-06a")
def test_a_transfer_ends_one_episode_and_begins_a_new_thirty_days(house):
    told = house.call("10:00", "A", phone=phone(1))
    house.sleep(10)
    transfer(house, house.customer(told), "C")
    customer = house.customer(told)
    assert episodes(house, customer) == [("A", "first_call", "handover"), ("C", "handover", "")]
    first, second = customer.episodes.all()
    assert (first.until, second.since) == (house.at("12:00"), house.at("12:00"))
    assert (second.by, second.reason, customer.valid_until) == (
        house.supervisor,
        "调岗",
        house.on + timedelta(days=30),
    )
    assert customer.owner == house.people["C"]


@pytest.mark.rule("OWN-06a")
def test_a_transfer_to_the_present_owner_or_without_a_reason_is_refused(house):
    customer = house.customer(house.call("10:00", "A"))
    for code, reason, rule in (("A", "好", "OWN-06a"), ("B", " ", "OWN-14")):
        with pytest.raises(RuleError) as refused:
            transfer(house, customer, code, reason=reason)
        assert refused.value.rule == rule
    assert episodes(house, customer) == [("A", "first_call", "")]


@pytest.mark.rule("OWN-06a")
def test_a_lapsed_customer_is_not_transferred(house):
    customer = house.customer(house.call("10:00", "A"))
    house.sleep(31)
    with pytest.raises(RuleError) as refused:
        transfer(house, customer, "B", at="00:00:00")
    assert refused.value.rule == "OWN-06a"
    house.sleep(-1)
    transfer(house, customer, "B", at="23:59:59")


# Lapses: written down, told, never waited for


@pytest.mark.rule("OWN-11")
def test_the_owner_is_told_seven_three_and_one_days_before_and_on_the_lapse_once_each(house):
    house.call("10:00", "A", phone=phone(1))
    start, told = house.on, {}
    for night in range(33):
        house.on = start + timedelta(days=night)
        for at in ("06:00", "06:01"):
            fresh = lapses.tell_lapses(now=house.at(at))
            if fresh:
                told[night] = told.get(night, 0) + fresh
    assert told == {23: 1, 27: 1, 29: 1, 31: 1}
    assert Notice.objects.filter(user=house.people["A"]).count() == 4


@pytest.mark.rule("OWN-11")
def test_a_contact_starts_the_notices_anew(house):
    told = house.call("10:00", "A", phone=phone(1))
    house.sleep(24)
    assert lapses.tell_lapses(now=house.at("06:00")) == 1
    contacts.record(
        house.customer(told), by=house.people["A"], now=house.at("10:00"), manner="phone", reached=True, result="好"
    )
    house.sleep(6)
    assert lapses.tell_lapses(now=house.at("06:00")) == 0
    house.sleep(17)
    assert lapses.tell_lapses(now=house.at("06:00")) == 1


@pytest.mark.rule("OWN-11")
@pytest.mark.parametrize("left", range(-2, 10))
def test_the_notice_due_is_the_last_one_begun(left):
    due = {-2: None, -1: None, 0: 1, 1: 1, 2: 3, 3: 3, 4: 7, 5: 7, 6: 7, 7: 7, 8: None, 9: None}
    assert lapse_notices.step_of(left) == due[left]


@pytest.mark.rule("OWN-14")
@pytest.mark.parametrize("night", [31, 45])
def test_a_lapse_is_written_with_the_moment_at_which_it_took_place(house, night):
    told = house.call("10:00", "A", phone=phone(1))
    lapsed_at = house.at("00:00", house.on + timedelta(days=31))
    house.sleep(night)
    before = house.customer(told).state(house.on)
    assert lapses.write_lapses(house.office, now=house.at("06:00")) == 1
    assert lapses.write_lapses(house.office, now=house.at("06:05")) == 0
    customer = house.customer(told)
    assert (before, customer.state(house.on), customer.owner) == ("lapsed", "lapsed", house.people["A"])
    assert (customer.episodes.get().until, customer.episodes.get().ended) == (lapsed_at, "lapsed")


@pytest.mark.rule("OWN-14")
def test_a_lapse_is_written_from_the_first_second_of_its_day_and_once(house):
    told = house.call("10:00", "A")
    house.sleep(30)
    assert lapses.write_lapses(house.office, now=house.at("23:59:59")) == 0
    assert house.customer(told).episodes.get().until is None
    house.sleep()
    assert lapses.write_lapses(house.office, now=house.at("00:00:00")) == 1
    assert lapses.write_lapses(house.office, now=house.at("00:00:01")) == 0


@pytest.mark.rule("OWN-07")
@pytest.mark.parametrize("written", [True, False])
def test_what_follows_a_lapse_does_not_depend_on_its_being_written_down(house, written):
    told = house.call("10:00", "A", phone=phone(1))
    house.sleep(40)
    if written:
        lapses.write_lapses(house.office, now=house.at("06:00"))
    house.sign_in("B")
    again = house.visit("10:00", phone=phone(1))
    customer = house.customer(again)
    assert (again.decision, customer.pk) == ("lapsed", told.customer.pk)
    assert episodes(house, customer) == [("A", "first_call", "lapsed"), ("B", "first_visit", "")]
    assert customer.episodes.first().until == house.at("00:00", date(2026, 4, 2))


@pytest.mark.rule("OFF-03")
def test_a_rep_sees_only_customers_that_are_theirs_now(house):
    house.on = date(2026, 11, 1)
    told = house.call("10:00", "A", phone=phone(1))
    customer = house.customer(told)
    customer.valid_until = date(2999, 1, 1)
    customer.save(update_fields=["valid_until"])
    for user, count in (
        (house.people["A"], 1),
        (house.people["B"], 0),
        (house.supervisor, 1),
        (house.clerk, 1),
        (House("X").supervisor, 0),
    ):
        assert Customer.objects.visible_to(user).count() == count
    customer.valid_until = date(2026, 1, 1)
    customer.save(update_fields=["valid_until"])
    assert [Customer.objects.visible_to(user).count() for user in (house.people["A"], house.clerk)] == [0, 1]


# What the database promises


@pytest.mark.rule("OWN-14")
def test_a_customer_has_one_current_episode_at_most(house):
    customer = house.customer(house.call("10:00", "A"))
    with pytest.raises(IntegrityError), transaction.atomic():
        ownership.open_episode(
            customer, owner=house.people["B"], basis="pool", office=house.office, now=house.at("11:00")
        )


@pytest.mark.rule("OWN-14")
@pytest.mark.parametrize("end", [{"ended": "lapsed"}, {"until": True}])
def test_the_end_of_an_episode_has_time_and_reason(house, end):
    episode = house.customer(house.call("10:00", "A")).episodes.get()
    for field, value in end.items():
        setattr(episode, field, house.at("11:00") if value is True else value)
    with pytest.raises(IntegrityError), transaction.atomic():
        episode.save()


@pytest.mark.rule("OWN-14")
@pytest.mark.parametrize(
    "change",
    [{"owner": None}, {"valid_until": None}, {"standing": "unassigned"}, {"standing": "unassigned", "owner": None}],
)
def test_owner_and_end_fit_the_standing(house, change):
    customer = house.customer(house.call("10:00", "A"))
    for field, value in change.items():
        setattr(customer, field, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        customer.save()


@pytest.mark.rule("OWN-14")
def test_every_change_of_an_episode_is_kept(house):
    told = house.call("10:00", "A")
    transfer(house, house.customer(told), "B")
    first = house.customer(told).episodes.first()
    assert [(one.history_type, one.ended) for one in first.history.order_by("history_id")] == [
        ("+", ""),
        ("~", "handover"),
    ]

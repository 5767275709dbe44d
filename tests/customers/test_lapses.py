"""Lapses told and written down: each notice once, whenever and however often the job runs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers import contacts, lapse_notices, lapses, ownership
from customers.lapse_notices import step_of
from customers.lapses import tell_lapses
from customers.models import Customer, Episode
from staff.models import Notice
from tests.house import House, phone

END = date(2026, 4, 1)  # the house begins on 2 March


@pytest.fixture
def house(db) -> House:
    house = House("AB")
    house.sign_in("A", "B")
    return house


@pytest.fixture
def customer(house) -> Customer:
    return house.visit("09:10", name="孙小平", phone=phone(1)).customer


def steps() -> list[str]:
    """The causes of the notices so far, in order."""
    return [key.rsplit(":", 1)[1] for key in Notice.objects.order_by("pk").values_list("key", flat=True)]


def night(house: House, day: date, clock: str = "00:10") -> datetime:
    return house.at(clock, on=day)


@given(left=st.integers(-5, 40))
def test_the_step_is_the_last_one_begun(left):
    step = step_of(left)
    if step is None:
        assert left < 0 or left > 7
    else:
        assert 0 <= left <= step
        assert not any(left <= other < step for other in lapse_notices.STEPS)


@pytest.mark.rule("OWN-11")
def test_the_owner_is_told_seven_three_and_one_day_before_and_on_the_lapse(house, customer):
    told = {}
    for days in range(-10, 4):
        day = END + timedelta(days=days)
        if tell_lapses(now=night(house, day)):
            told[(END - day).days] = steps()[-1]
    assert told == {7: "7", 3: "3", 1: "1", -1: "lapsed"}
    assert {notice.user for notice in Notice.objects.all()} == {house.people["A"]}


@pytest.mark.rule("OWN-11")
def test_each_notice_comes_once_however_often_the_job_runs(house, customer):
    for day in (END - timedelta(days=7), END + timedelta(days=1)):
        assert [tell_lapses(now=night(house, day, at)) for at in ("00:10", "00:10", "09:00", "23:59")] == [1, 0, 0, 0]


def test_a_step_that_was_missed_is_not_sent_late_beside_the_next(house, customer):
    assert tell_lapses(now=night(house, END - timedelta(days=2))) == 1
    assert tell_lapses(now=night(house, END)) == 1
    assert steps() == ["3", "1"]
    assert tell_lapses(now=night(house, END + timedelta(days=30))) == 1
    assert steps() == ["3", "1", "lapsed"]


@pytest.mark.rule("OWN-06")
def test_a_lapse_is_written_from_local_midnight_on(house, customer):
    assert lapses.write_lapses(house.office, now=house.at("23:59:59", on=END)) == 0
    midnight = house.at("00:00:00", on=END + timedelta(days=1))
    assert lapses.write_lapses(house.office, now=midnight) == 1
    episode = Episode.objects.get()
    assert (episode.ended, episode.until) == ("lapsed", midnight)
    assert episode.until.astimezone(UTC) == datetime(2026, 4, 1, 16, tzinfo=UTC)
    assert [(row.ended, row.history_type) for row in Episode.history.order_by("history_id")] == [
        ("", "+"),
        ("lapsed", "~"),
    ]


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_the_lapse_is_at_the_offices_own_midnight(db, zone):
    house = House("A", zone=zone)
    house.call("23:59:59", "A", phone=phone(1))
    assert lapses.write_lapses(house.office, now=house.at("23:59:59", on=END)) == 0
    assert lapses.write_lapses(house.office, now=house.at("00:00:00", on=END + timedelta(days=1))) == 1


@pytest.mark.rule("OWN-10")
def test_an_extended_registration_is_told_anew_for_its_new_end(house, customer):
    week_before = END - timedelta(days=7)
    tell_lapses(now=night(house, week_before))
    contacts.record(
        customer, by=house.people["A"], now=house.at("12:00", on=week_before), manner="phone", reached=True, result="来"
    )
    assert tell_lapses(now=night(house, END + timedelta(days=1))) == 0
    new_end = Customer.objects.get().valid_until
    assert new_end is not None
    assert tell_lapses(now=night(house, new_end - timedelta(days=7))) == 1
    assert steps() == ["7", "7"]


@pytest.mark.rule("OWN-14")
def test_writing_a_lapse_down_changes_nothing_about_the_state(house, customer):
    later = END + timedelta(days=3)
    before = Customer.objects.get()
    tell_lapses(now=night(house, later))
    after = Customer.objects.get()
    assert (after.state(later), after.holder(later)) == (before.state(later), before.holder(later)) == ("lapsed", None)
    ownership.assign(after, to=house.people["B"], by=house.supervisor, now=night(house, later, "09:00"))
    assert [(e.owner, e.ended) for e in Episode.objects.order_by("pk")] == [
        (house.people["A"], "lapsed"),
        (house.people["B"], ""),
    ]


@pytest.mark.rule("OWN-06a")
def test_a_web_lead_nobody_holds_and_a_deal_do_not_lapse(house, customer):
    house.web("10:00", name="网客", phone=phone(2))
    Customer.objects.filter(pk=customer.pk).update(standing="dealt")
    assert tell_lapses(now=night(house, END + timedelta(days=60))) == 0
    assert Episode.objects.get().ended == ""


def test_many_lapse_in_batches(house, monkeypatch):
    monkeypatch.setattr(lapses, "BATCH", 3)
    for n in range(8):
        house.call(f"10:{n:02}", "AB"[n % 2], phone=phone(n))
        house.sleep(n % 2)
    assert tell_lapses(now=house.at("00:10", on=END + timedelta(days=10))) == 8
    assert Episode.objects.filter(ended="lapsed").count() == 8
    days = {(e.valid_until + timedelta(days=1), e.until.astimezone(house.zone).date()) for e in Episode.objects.all()}
    assert all(first == second for first, second in days)
    assert tell_lapses(now=house.at("00:10", on=END + timedelta(days=10))) == 0


def test_a_notice_speaks_the_language_of_its_reader_and_names_nobody(house, customer):
    house.people["A"].language = "en"
    house.people["A"].save()
    tell_lapses(now=night(house, END))
    assert Notice.objects.get().text == "Customer no. 1 lapses at midnight: follow up today"
    tell_lapses(now=night(house, END + timedelta(days=1)))
    last = Notice.objects.order_by("pk").last()
    assert last.text == "Customer no. 1 has lapsed: the registration held to 2026-04-01"
    assert last.link == ""


@pytest.mark.parametrize(("days", "told"), [(30, 1), (31, 0)])
def test_what_lapsed_long_ago_is_written_down_and_no_news(house, customer, days, told):
    """An older register that is brought in must not fill the inboxes of everybody."""
    until = customer.valid_until
    Notice.objects.all().delete()
    now = house.at("08:00", until + timedelta(days=days))
    lapses.write_lapses(house.office, now=now)
    assert Notice.objects.filter(key__endswith=":lapsed").count() == told
    assert customer.episodes.get().ended == "lapsed"

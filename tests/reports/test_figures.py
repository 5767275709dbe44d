"""The figures of a month: local bounds, what was known at its end, corrections in the next one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers import contact_signing, contacts
from reports import canonical, events, lines
from reports.figures import MonthFigures
from reports.flow import flows
from reports.rows import Asked
from sales import deals
from tests.house import phone
from tests.reports.conftest import APRIL, MARCH, MAY, Shop

pytestmark = pytest.mark.django_db


@pytest.mark.rule("REP-04")
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "UTC"])
def test_a_month_ends_at_the_offices_midnight(zone):
    shop = Shop("A", zone=zone, on=date(2026, 3, 31))
    shop.sign_in("A")
    shop.call("23:59:59", "A", phone=phone(1))
    shop.on = APRIL
    shop.call("00:00", "A", phone=phone(2))
    assert [shop.month(month).flow.calls for month in (MARCH, APRIL)] == [1, 1]
    assert [shop.month(month).days[at].calls for month, at in ((MARCH, -1), (APRIL, 0))] == [1, 1]


@pytest.mark.rule("REP-04")
def test_a_month_counts_visitors_and_what_came_of_them(shop):
    first = shop.visit("09:30", phone=phone(1), source="media")
    shop.leave(first, "10:00")
    shop.call("11:00", "B", phone=phone(2))
    shop.web(at="12:00", phone=phone(3))
    shop.visit("13:00", phone=phone(1))
    shop.followed(first, "14:00")
    shop.sold(first, "1-1", "15:00")
    found = shop.month(MARCH)
    flow = found.flow
    assert (flow.visits, flow.calls, flow.web, flow.first, flow.repeat, flow.new) == (2, 1, 1, 3, 1, 3)
    assert (flow.deals, flow.deal_amount, flow.conversion) == (1, Decimal("1000000.00"), 0.3333)
    assert (flow.follow_ups, flow.customers_followed, found.converted) == (1, 1, 1)
    assert (flow.by_source["media"].deals, flow.by_source["web"].new) == (1, 1)
    assert flow.by_rep[shop.people["A"].pk].deals == 1
    one = next(row for row in found.discipline if row.who == shop.people["A"].pk)
    assert (one.contacts, one.reached, one.visits, one.called_same_day) == (1, 1, 2, 2)


@pytest.mark.rule("REP-04")
def test_who_is_open_at_the_end_is_what_the_flow_says(shop):
    told = [shop.call(f"10:0{n}", "A", phone=phone(n)) for n in range(1, 7)]
    shop.web(at="11:00", phone=phone(9))
    shop.followed(told[0], "12:00", level="H")
    shop.sold(told[1], "1-1", "13:00")
    shop.go(date(2026, 4, 20), "A")
    shop.call("10:00", "A", phone=phone(2))
    for month in (MARCH, APRIL):
        found = shop.month(month)
        assert sum(found.levels[0].counts.values()) == found.flow.open_end
    assert shop.month(MARCH).levels[0].counts["H"] == 1
    assert shop.month(MARCH).flow.open_end == 6


@pytest.mark.rule("REP-05")
def test_a_contact_rejected_after_the_end_stays_counted_and_is_told_in_the_next_month(shop):
    told = shop.call("10:00", "A", phone=phone(1))
    kept = shop.followed(told, "11:00")
    before = canonical.text(shop.month(MARCH, at=APRIL))
    shop.on = date(2026, 4, 1)
    contact_signing.reject(kept, by=shop.supervisor, now=shop.at("09:00"), reason="没有通话")
    assert canonical.text(shop.month(MARCH, at=date(2026, 4, 2))) == before
    assert (shop.month(MARCH).flow.follow_ups, shop.month(APRIL).corrections.contacts_rejected) == (1, 1)
    now = flows(events.span(shop.office, MARCH, MARCH), today=APRIL, closed=False)
    assert now[MARCH].follow_ups == 0


@pytest.mark.rule("REP-05")
def test_a_contact_rejected_within_its_month_does_not_count(shop):
    kept = shop.followed(shop.call("10:00", "A", phone=phone(1)), "11:00")
    contact_signing.reject(kept, by=shop.supervisor, now=shop.at("12:00"), reason="没有通话")
    found = shop.month(MARCH)
    assert (found.flow.follow_ups, found.corrections.contacts_rejected, found.discipline[0].rejected) == (0, 0, 1)


@pytest.mark.rule("REP-05")
def test_a_contact_entered_in_the_next_month_counts_there(shop):
    shop.on = date(2026, 3, 30)
    told = shop.call("10:00", "A", phone=phone(1))
    shop.on, then = APRIL, shop.at("15:00")
    said = {"manner": "phone", "reached": True, "result": "约周末", "at": then}
    contacts.record(shop.customer(told), by=shop.people["A"], now=shop.at("09:00"), **said)
    assert [shop.month(month).flow.follow_ups for month in (MARCH, APRIL)] == [0, 1]


@pytest.mark.rule("REP-05", "OWN-10")
def test_a_lapse_that_a_rejection_brings_about_takes_effect_on_that_day(shop):
    shop.on = MARCH
    told = shop.call("10:00", "A", phone=phone(1))
    shop.on = date(2026, 3, 20)
    kept = shop.followed(told, "10:00")
    shop.on = date(2026, 4, 10)
    before = canonical.text(shop.month(MARCH, at=date(2026, 4, 5)))
    contact_signing.reject(kept, by=shop.supervisor, now=shop.at("10:00"), reason="没有通话")
    assert canonical.text(shop.month(MARCH, at=date(2026, 4, 11))) == before
    shop.on = date(2026, 5, 2)
    kept = [shop.month(month).flow for month in (MARCH, APRIL, MAY)]
    assert [flow.lapsed for flow in kept] == [0, 1, 0]
    assert [flow.open_end for flow in kept] == [1, 0, 0]
    assert [sum(shop.month(month).levels[0].counts.values()) for month in (MARCH, APRIL, MAY)] == [1, 0, 0]


@pytest.mark.rule("REP-05", "OWN-06")
@pytest.mark.parametrize(("day", "lapsed"), [(date(2026, 2, 28), [1, 0]), (MARCH, [0, 1]), (date(2026, 3, 2), [0, 1])])
def test_thirty_days_across_the_end_of_a_month(shop, day, lapsed):
    shop.on = day
    shop.call("10:00", "A", phone=phone(1))
    assert [shop.month(month).flow.lapsed for month in (MARCH, APRIL)] == lapsed


@pytest.mark.rule("REP-05", "DEAL-02")
def test_a_deal_cancelled_later_stays_in_its_month(shop):
    deal = shop.sold(shop.call("10:00", "A", phone=phone(1)), "1-1", "11:00")
    before = canonical.text(shop.month(MARCH, at=date(2026, 4, 3)))
    shop.on = date(2026, 4, 5)
    deals.cancel(deal, by=shop.manager, now=shop.at("10:00"), reason="贷款未批")
    assert canonical.text(shop.month(MARCH)) == before
    april = shop.month(APRIL)
    assert (april.flow.deals, april.flow.reopened, april.corrections.deals_cancelled) == (0, 1, 1)
    assert april.corrections.amount_cancelled == Decimal("1000000.00")


@pytest.mark.rule("REP-04", "REP-06")
def test_a_month_without_new_customers_has_no_rate_and_cohorts_follow_their_own_month(shop):
    told = shop.call("10:00", "A", phone=phone(1))
    shop.on = date(2026, 3, 30)
    shop.followed(told, "10:00")
    shop.on = date(2026, 4, 10)
    shop.sold(told, "1-1", "10:00")
    march, april = shop.month(MARCH), shop.month(APRIL)
    assert (march.flow.conversion, march.cohort_rate) == (0.0, 0.0)
    assert (april.flow.deals, april.flow.conversion, april.cohort_rate) == (1, None, None)
    assert [(row.month, row.converted) for row in april.trend] == [(MARCH, 1), (APRIL, 0)]


@pytest.mark.rule("REP-04")
def test_a_month_before_the_first_and_one_without_visits_are_all_zero(shop):
    for month in (date(2025, 1, 1), APRIL):
        found = shop.month(month)
        assert (found.flow.visits, found.flow.new, found.flow.conversion) == (0, 0, None)
        assert len(found.days) == 31 if month.month == 1 else 30
        assert found.flow.open_start == found.flow.open_end == 0


@pytest.mark.rule("REP-04")
def test_who_joined_or_left_in_the_month_is_marked_and_stays_in_it(shop):
    shop.hire("N", "rep", 7).postings.update(since=date(2026, 3, 12))
    shop.people["B"].postings.update(until=date(2026, 3, 20))
    people = {one.name: (one.joined, one.left) for one in shop.month(MARCH).people}
    assert people == {"A": (None, None), "B": (None, date(2026, 3, 20)), "N": (date(2026, 3, 12), None)}
    assert [one.name for one in shop.month(APRIL).people] == ["A", "N"]


@pytest.mark.rule("REP-04")
def test_an_office_with_one_rep(db):
    shop = Shop("A")
    shop.sign_in("A")
    shop.visit("09:30", phone=phone(1))
    assert [(turn.who, turn.taken) for turn in shop.month(MARCH).turns] == [(shop.people["A"].pk, 1)]


@pytest.mark.rule("REP-05")
def test_figures_come_back_from_their_text(shop):
    shop.sold(shop.call("10:00", "A", phone=phone(1)), "1-1", "11:00")
    found = shop.month(MARCH)
    assert canonical.read(MonthFigures, canonical.text(found)) == found


@pytest.mark.rule("REP-06")
def test_every_figure_opens_as_many_lines_as_it_counts(shop):
    told = shop.visit("09:30", phone=phone(1))
    shop.leave(told, "10:00")
    shop.call("11:00", "B", phone=phone(2))
    shop.web(at="12:00", phone=phone(3))
    kept = shop.followed(told, "13:00")
    shop.sold(told, "1-1", "15:00")
    shop.on = date(2026, 4, 15)
    contact_signing.reject(kept, by=shop.supervisor, now=shop.at("10:00"), reason="没有通话")
    shop.call("11:00", "B", phone=phone(2))
    for month in (MARCH, APRIL):
        found, over = shop.month(month), events.span(shop.office, month, month)
        counted = {name: getattr(found.flow, name) for name in lines.FIGURES if hasattr(found.flow, name)}
        for figure, count in counted.items():
            assert count_of(over, figure) == count, (month, figure)
        for source, part in found.flow.by_source.items():
            for figure in ("visits", "new", "deals", "follow_ups"):
                assert count_of(over, figure, source=source) == getattr(part, figure), (source, figure)
        for who, part in found.flow.by_rep.items():
            for figure in ("visits", "new", "deals", "follow_ups"):
                assert count_of(over, figure, rep=who) == getattr(part, figure)
        assert count_of(over, "visits", day=month + timedelta(days=1)) == found.days[1].visits


def count_of(over: events.Span, figure: str, **asked: object) -> int:
    """How many lines are behind a figure, those of its parts together."""
    names = lines.FIGURES[figure].parts or (figure,)
    return sum(lines.behind(over, name, Asked(**asked)).count() for name in names)

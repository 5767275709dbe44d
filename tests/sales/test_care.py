"""Retained-customer cards, birthdays by both calendars, festivals; the pages of home buyers."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleError
from customers.models import Card
from sales import birthdays, care, deals, greeting_notices
from sales.models import CareCard, Unit
from staff.models import Notice
from staff.roles import Role
from tests.factories import staff_member
from tests.markup import HTMX

DAYS = st.dates(date(2000, 1, 1), date(2080, 1, 1))
KEPT = {"calendar": "solar", "month": 3, "day": 4, "address": "云栖路1号", "payment": "商业贷款"}


@pytest.fixture
def buyer(trade):
    """A's customer, whose contract is signed."""
    deal = deals.subscribe(trade.buyer, Unit.objects.first(), by=trade.people["A"], now=trade.at("10:00"))
    deals.contract(deal, by=trade.manager, now=trade.at("11:00"))
    return trade.customer(type("Told", (), {"customer": trade.buyer})())


@pytest.mark.rule("DEAL-04")
def test_whoever_opens_the_retained_customer_card_has_checked_the_a_card(trade, buyer):
    keep(trade, buyer)
    assert Card.objects.get(customer=buyer).closed_by == trade.clerk


def keep(house, customer, **said) -> CareCard:
    return care.save(customer, by=house.clerk, now=house.at("12:00"), **{**KEPT, **said})


@pytest.mark.rule("DEAL-05")
@pytest.mark.parametrize(
    ("birthday", "today", "on"),
    [
        (("solar", 2, 29), date(2027, 1, 1), date(2027, 2, 28)),
        (("solar", 2, 29), date(2028, 1, 1), date(2028, 2, 29)),
        (("solar", 3, 2), date(2026, 3, 2), date(2026, 3, 2)),
        (("solar", 3, 1), date(2026, 3, 2), date(2027, 3, 1)),
        (("lunar", 8, 15), date(2026, 3, 2), date(2026, 9, 25)),
        (("lunar", 12, 30), date(2026, 1, 1), date(2026, 2, 16)),
        (("lunar", 1, 1), date(2026, 2, 18), date(2027, 2, 6)),
    ],
)
def test_a_birthday_falls_on_its_solar_day_each_year(birthday, today, on):
    assert birthdays.next_on(*birthday, today=today) == on


@pytest.mark.rule("DEAL-05")
def test_a_leap_month_is_kept_where_there_is_one():
    assert birthdays.in_year("lunar", 6, 1, 2025) == date(2025, 6, 25)
    assert birthdays.in_year("lunar", 6, 1, 2025, leap=True) == date(2025, 7, 25)
    assert birthdays.in_year("lunar", 6, 1, 2026, leap=True) == birthdays.in_year("lunar", 6, 1, 2026)


@given(st.sampled_from(["solar", "lunar"]), st.integers(1, 12), st.integers(1, 30), st.booleans(), DAYS)
def test_the_next_birthday_is_never_far(calendar, month, day, leap, today):
    on = birthdays.next_on(calendar, month, day, today=today, leap=leap and calendar == "lunar")
    assert 0 <= (on - today).days <= 384 + 30


@pytest.mark.rule("DEAL-05")
@pytest.mark.parametrize(
    ("today", "word"),
    [(date(2026, 9, 25), "中秋节"), (date(2026, 2, 17), "春节"), (date(2026, 3, 2), "None")],
)
def test_the_great_festivals_are_known(today, word):
    assert str(birthdays.festival_on(today)) == word


@pytest.mark.rule("DEAL-04")
def test_the_clerk_keeps_the_card_of_a_customer_with_a_contract(trade, buyer):
    card = keep(trade, buyer)
    assert (card.address, card.payment, card.birthday, card.next_birthday) == (
        "云栖路1号",
        "商业贷款",
        "solar 03-04",
        date(2026, 3, 4),
    )
    row = str(CareCard.objects.values().get()) + str(CareCard.history.values().get())
    assert "云栖路" not in row
    keep(trade, buyer, calendar="lunar", month=8, day=15)
    assert CareCard.objects.get().next_birthday == date(2026, 9, 25)


@pytest.mark.rule("DEAL-04")
def test_nobody_else_keeps_it_and_none_without_a_contract(trade, rivals, buyer):
    for who in (trade.people["A"], rivals.clerk):
        with pytest.raises(RuleError):
            care.save(buyer, by=who, now=trade.at("12:00"), **KEPT)
    with pytest.raises(RuleError) as refused:
        care.save(rivals.buyer, by=rivals.clerk, now=trade.at("12:00"), **KEPT)
    assert (refused.value.rule, CareCard.objects.count()) == ("DEAL-04", 0)


@pytest.mark.rule("DEAL-05")
@pytest.mark.parametrize(
    "wrong",
    [
        {"month": 2, "day": 30},
        {"month": 4, "day": 31},
        {"calendar": "lunar", "day": 31},
        {"leap": True},
        {"calendar": ""},
        {"day": None},
    ],
)
def test_a_day_that_no_calendar_has_is_refused(trade, buyer, wrong):
    with pytest.raises(RuleError):
        keep(trade, buyer, **wrong)


@pytest.mark.rule("DEAL-05")
def test_the_rep_is_told_on_the_morning_of_a_birthday_once_each_year(trade, buyer):
    keep(trade, buyer)
    trade.on = date(2026, 3, 4)
    assert [greeting_notices.remind(now=trade.at(at)) for at in ("06:59", "07:00", "07:30")] == [0, 1, 0]
    assert Notice.objects.get(key__startswith="birthday").user == trade.people["A"]
    assert CareCard.objects.get().next_birthday == date(2026, 3, 4)
    trade.on = date(2027, 3, 5)
    assert greeting_notices.remind(now=trade.at("08:00")) == 0
    assert CareCard.objects.get().next_birthday == date(2028, 3, 4)
    trade.on = date(2028, 3, 4)
    assert greeting_notices.remind(now=trade.at("08:00")) == 1


@pytest.mark.rule("DEAL-05")
def test_a_festival_is_told_once_to_each_rep_with_home_buyers(trade, buyer):
    trade.on = date(2026, 9, 25)
    assert [greeting_notices.remind(now=trade.at("08:00")) for _again in range(2)] == [1, 0]
    assert Notice.objects.get(key__startswith="festival").user == trade.people["A"]


@pytest.mark.rule("PRIV-05")
def test_after_erasure_nobody_is_reminded_again(trade, buyer):
    keep(trade, buyer)
    buyer.key.delete()
    trade.on = date(2026, 3, 4)
    greeting_notices.remind(now=trade.at("08:00"))
    assert CareCard.objects.get().next_birthday is None


def test_the_card_is_kept_on_its_page_and_read_by_the_owner(trade, buyer, sign_in):
    clerk, address = sign_in(trade.clerk), f"/customers/{buyer.pk}/care/"
    assert [row["pk"] for row in clerk.get("/care/").context["open"]] == [buyer.pk]
    typed = KEPT
    assert clerk.post(address, {**typed, "day": "32"}, headers=HTMX).status_code == 422
    assert clerk.post(address, {**typed, "month": "2", "day": "30"}).status_code == 422
    assert clerk.post(address, typed).status_code == 302
    rep = sign_in(trade.people["A"])
    body = rep.get(address).content.decode()
    assert ("云栖路1号" in body, "公历 3-4" in body, "<textarea" in body, "保存维系卡" in body) == (
        True,
        True,
        False,
        False,
    )
    refused = rep.post(address, typed)
    assert (refused.status_code, "DEAL-04" in refused.content.decode()) == (422, True)
    page = rep.get("/care/")
    (row,) = page.context["cards"]
    assert (row["customer_id"], row["kept"], list(page.context["open"])) == (buyer.pk, "公历 3-4", [])


def test_who_may_not_see_the_card(trade, rivals, buyer, sign_in):
    address = f"/customers/{buyer.pk}/care/"
    keep(trade, buyer)
    for who in (trade.people["B"], rivals.clerk):
        assert {sign_in(who).get(address).status_code, sign_in(who).post(address, KEPT).status_code} == {404}
        assert list(sign_in(who).get("/care/").context["cards"]) == []
    finance = sign_in(staff_member(Role.FINANCE, trade.office))
    assert {finance.get(address).status_code, finance.get("/care/").status_code} == {403}
    assert {sign_in(trade.clerk).put(address).status_code, sign_in(trade.clerk).post("/care/").status_code} == {405}


def test_statements_stay_the_same_with_more_cards(trade, buyer, sign_in):
    client, counts = sign_in(trade.supervisor), []
    for n in range(3):
        other = trade.customer(trade.call(f"13:0{n}", "A"))
        deals.add_units(trade.office, [{"code": f"n{n}", "list_price": 5}])
        deal = deals.subscribe(other, Unit.objects.get(code=f"n{n}"), by=trade.people["A"], now=trade.at("13:10"))
        deals.contract(deal, by=trade.manager, now=trade.at("13:20"))
        if n:
            keep(trade, other)
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/care/").status_code == 200
        counts.append(len(caught))
    assert counts[1] == counts[2]


@pytest.mark.rule("DEAL-05")
@pytest.mark.parametrize("today", [date(1900, 1, 1), date(2101, 3, 1), date(2199, 12, 31)])
def test_beyond_the_tables_of_the_lunar_calendar_only_solar_days_are_known(today):
    assert birthdays.next_on("lunar", 12, 1, today=today) >= today
    assert birthdays.next_on("solar", 12, 31, today=today).month == 12
    assert birthdays.festival_on(date(2150, 10, 1)) is not None

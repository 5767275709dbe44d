"""Birthdays and festivals on a rep's day, with and without a script, by both calendars."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import contacts, key_customers
from sales import care, deals, greeting_notices, greetings
from sales.models import Unit
from tests.house import phone
from tests.markup import HTMX

SOLAR = {"calendar": "solar", "month": 3, "day": 4}


def buyer(trade, n=1, code="A", **birthday):
    """A home buyer of somebody's with a card."""
    one = trade.customer(trade.call(f"09:4{n}", code, name=f"孙小平{n}", phone=phone(20 + n)))
    deals.add_units(trade.office, [{"code": f"b{n}", "list_price": 5}])
    deal = deals.subscribe(one, Unit.objects.get(code=f"b{n}"), by=trade.people[code], now=trade.at("10:00"))
    deals.contract(deal, by=trade.manager, now=trade.at("11:00"))
    care.save(one, by=trade.clerk, now=trade.at("11:30"), **{**SOLAR, **birthday})
    return trade.customer(type("Told", (), {"customer": one})())


def seen(trade, on: date, code="A", at="06:00") -> list[tuple[str, int]]:
    """(name, days ahead) of those to greet."""
    found = greetings.of(trade.people[code], now=trade.at(at, on))
    return [(one.name, one.days) for one in found.birthdays]


@pytest.mark.rule("FUP-08")
@pytest.mark.rule("DEAL-05")
def test_a_birthday_shows_three_days_ahead_and_on_its_day_whether_the_job_ran_or_not(trade):
    buyer(trade)
    assert seen(trade, date(2026, 2, 28)) == []
    assert seen(trade, date(2026, 3, 1)) == [("孙小平1", 3)]
    assert seen(trade, date(2026, 3, 4)) == [("孙小平1", 0)]
    for at in ("07:00", "09:00"):
        greeting_notices.remind(now=trade.at(at, date(2026, 3, 4)))
        assert seen(trade, date(2026, 3, 4), at="23:59") == [("孙小平1", 0)]
    assert (seen(trade, date(2026, 3, 5)), seen(trade, date(2026, 3, 4), code="B")) == ([], [])


@pytest.mark.rule("DEAL-05")
@pytest.mark.parametrize(
    ("birthday", "on"),
    [
        ({"calendar": "solar", "month": 2, "day": 29}, [date(2027, 2, 28), date(2028, 2, 29)]),
        ({"calendar": "lunar", "month": 6, "day": 1, "leap": True}, [date(2026, 7, 14), date(2027, 7, 4)]),
        ({"calendar": "lunar", "month": 12, "day": 30}, [date(2027, 2, 5), date(2028, 1, 25)]),
    ],
)
def test_leap_days_and_lunar_days_come_on_their_solar_day_year_by_year(trade, birthday, on):
    buyer(trade, **birthday)
    for day in on:
        greeting_notices.remind(now=trade.at("06:59", day))
        greeting_notices.remind(now=trade.at("07:00", day))
        assert seen(trade, day) == [("孙小平1", 0)]
        greeting_notices.remind(now=trade.at("07:00", day.replace(month=day.month + 1, day=1)))


@pytest.mark.rule("REG-12")
def test_key_customers_come_first_and_whoever_was_greeted_is_marked(trade):
    one, two = buyer(trade, 1), buyer(trade, 2)
    key_customers.mark(two, by=trade.supervisor, now=trade.at("12:00"), reason="全款")
    on = date(2026, 3, 4)
    assert seen(trade, on) == [("孙小平2", 0), ("孙小平1", 0)]
    said = {"manner": "greeting", "reached": True, "result": "祝生日快乐"}
    contacts.record(one, by=trade.people["A"], now=trade.at("10:00", on), **said)
    found = greetings.of(trade.people["A"], now=trade.at("11:00", on))
    assert [row.greeted for row in found.birthdays] == [False, True]


@pytest.mark.rule("DEAL-05")
def test_a_festival_counts_the_home_buyers_of_the_rep(trade):
    buyer(trade)
    spring = greetings.of(trade.people["A"], now=trade.at("08:00", date(2027, 2, 6)))
    assert (str(spring.festival), spring.buyers) == ("春节", 1)
    assert greetings.of(trade.people["A"], now=trade.at("08:00", date(2027, 2, 9))).festival is None


@pytest.mark.rule("FUP-08")
def test_the_day_loads_them_by_itself_and_without_a_script_a_link_leads_there(trade, sign_in, clock):
    buyer(trade)
    clock.move_to(trade.at("12:00", date(2026, 3, 4)))
    rep = sign_in(trade.people["A"])
    page = rep.get("/today/").content.decode()
    assert ('hx-get="/care/today/"' in page, 'href="/care/today/"' in page) == (True, True)
    whole, part = rep.get("/care/today/").content.decode(), rep.get("/care/today/", headers=HTMX).content.decode()
    assert ["孙小平1" in body for body in (whole, part)] == [True, True]
    assert ("<html" in whole, "<html" in part, 'href="/care/"' in part, phone(21) in part) == (True, False, True, False)
    assert "孙小平1" not in sign_in(trade.people["B"]).get("/care/today/").content.decode()
    assert sign_in(trade.clerk).get("/care/today/").status_code == 403


def test_statements_stay_the_same_with_more_birthdays(trade, sign_in, clock):
    client, counts = sign_in(trade.people["A"]), []
    for n in (1, 2, 3):
        buyer(trade, n, day=3)
        with CaptureQueriesContext(connection) as caught:
            assert len(client.get("/care/today/").context["found"].birthdays) == n
        counts.append(len(caught))
    assert len(set(counts)) == 1

"""Bands of prices and days, and the shares of an analysis."""

from __future__ import annotations

from decimal import Decimal

import pytest

from customers import cards, defeat, defeat_analysis
from customers.models import DefeatRequest
from tests.house import House, phone

pytestmark = pytest.mark.django_db
ALL = cards.Findings(need=True, confidence=True, power=True)


@pytest.fixture
def house():
    house = House()
    house.sign_in("A", "B")
    return house


def asked(house, n, rep="A", **said):
    told = house.call(f"09:{n:02}", rep, name=f"客户{n}", phone=phone(n))
    customer = house.customer(told)
    cards.submit(customer, by=house.people[rep], now=house.at("10:00"), findings=ALL)
    said = {"ground": "not_buying", **said}
    return defeat.request(customer, by=house.people[rep], now=house.at("11:00"), **said)


@pytest.mark.rule("LOST-05")
@pytest.mark.parametrize(
    ("price", "band"),
    [(0, "0"), (7999, "0"), ("7999.99", "0"), (8000, "8000"), (9999, "8000"), (20000, "20000"), (9_999_999, "20000")],
)
def test_a_price_on_an_edge_belongs_to_the_band_above(house, price, band):
    asked(house, 1, price=Decimal(price))
    found = [
        key for key in defeat_analysis.PRICES.bands() if DefeatRequest.objects.filter(defeat_analysis.PRICES.q(key))
    ]
    assert found == [band]


def test_bands_say_where_they_end():
    assert defeat_analysis.HELD.label("0") == "0～7"
    assert defeat_analysis.HELD.label("8") == "8～30"
    assert defeat_analysis.HELD.label("366") == "366～"


@pytest.mark.rule("LOST-05")
def test_each_table_counts_all_and_keeps_the_filters_in_its_links(house):
    asked(house, 1, ground="elsewhere", lost_to="江岸名邸")
    asked(house, 2, ground="elsewhere", lost_to="江岸名邸")
    asked(house, 3, rep="B")
    by_reason, rivals, prices, levels, _held, reps = defeat_analysis.tables(
        DefeatRequest.objects.all(), {"state": "lost"}
    )
    assert [(one.count, one.share) for one in by_reason.figures] == [(2, 67), (1, 33)]
    assert [(one.label, one.count) for one in rivals.figures] == [("江岸名邸", 2)]
    assert prices.figures == []
    assert [(one.label, one.query) for one in levels.figures] == [("H", "state=lost&level=H")]
    assert [(one.label, one.count) for one in reps.figures] == [("A", 2), ("B", 1)]


@pytest.mark.rule("LOST-05")
def test_without_defeats_there_are_no_figures(house):
    assert [table.figures for table in defeat_analysis.tables(DefeatRequest.objects.all(), {})] == [[]] * 6

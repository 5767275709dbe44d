"""Many who subscribe the same unit at the same instant: it is sold once, on either database (DEAL-01)."""

from __future__ import annotations

import pytest

from sales import deals
from sales.models import Deal, Unit
from tests.house import House, phone
from tests.test_concurrency import together

MANY = 32


@pytest.mark.rule("DEAL-01")
@pytest.mark.django_db(transaction=True)
def test_a_unit_subscribed_by_thirty_two_at_once_goes_to_one():
    house = House("A")
    buyers = [house.customer(house.call("09:30", "A", phone=phone(n))) for n in range(MANY)]
    deals.add_units(house.office, [{"code": "1-1-101", "list_price": 1}])
    unit = Unit.objects.get()

    def subscribe(buyer) -> str:
        deals.subscribe(buyer, unit, by=house.people["A"], now=house.at("10:00"))
        return "won"

    told = together(*(lambda buyer=buyer: subscribe(buyer) for buyer in buyers))
    assert (told.count("won"), told.count("DEAL-01"), len(told)) == (1, MANY - 1, MANY)
    assert (Deal.objects.count(), Unit.objects.get().state) == (1, "subscribed")

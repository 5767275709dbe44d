"""An office that sells, months long, and browsers of its people."""

from __future__ import annotations

from datetime import date

import pytest

from customers import contacts
from customers.models import FollowUp
from reports import figures
from reports.figures import MonthFigures
from sales import deals, discounts
from staff.roles import Role
from tests.house import House

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


class Shop(House):
    """A house with units, a manager and a planner; ``go`` moves its calendar."""

    def __init__(self, reps: str = "AB", **kw: object) -> None:
        super().__init__(reps, **kw)
        self.manager = self.hire("manager", Role.MARKETING_MANAGER)
        self.planner = self.hire("planner", Role.PLANNER)
        discounts.set_up(self.office)
        deals.add_units(self.office, [{"code": f"1-{n}", "list_price": "1000000"} for n in range(1, 6)])

    def go(self, day: date, *codes: str) -> None:
        """It is this day, and these people sign in."""
        self.on = day
        self.sign_in(*codes)

    def followed(self, told: object, at: str, code: str = "A", **kw: object) -> FollowUp:
        """An effective contact."""
        said = {"manner": "phone", "reached": True, "result": "约周末"} | kw
        return contacts.record(self.customer(told), by=self.people[code], now=self.at(at), **said)

    def sold(self, told: object, unit: str, at: str) -> deals.Deal:
        """A contract."""
        home = self.office.units.get(code=unit)
        customer = self.customer(told)
        deal = deals.subscribe(customer, home, by=customer.owner, now=self.at(at))
        return deals.contract(deal, by=self.manager, now=self.at(at))

    def month(self, month: date, *, at: date | None = None) -> MonthFigures:
        """The figures of a month, looked at much later unless ``at`` says when."""
        return figures.of_month(self.office, month, now=self.at("12:00", at or date(2026, 9, 1)))


@pytest.fixture
def shop(db: None) -> Shop:
    """On 2 March 2026 A and B are signed in."""
    shop = Shop()
    shop.sign_in("A", "B")
    return shop

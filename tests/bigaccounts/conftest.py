"""An office that sells to bulk buyers: units, everybody who decides, a case at any stage."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bigaccounts import climb, contracts, filing, papers, plans, prospects
from bigaccounts.lists import BuyerLine, InstalmentLine
from bigaccounts.models import Case, Purpose
from sales import deals, discounts
from sales.models import Unit
from staff.roles import Role
from tests.house import House

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
PEOPLE = {
    "manager": Role.MARKETING_MANAGER,
    "branch_manager": Role.BRANCH_MANAGER,
    "hq": Role.HQ,
    "chairman": Role.CHAIRMAN,
    "finance": Role.FINANCE,
    "keeper": Role.KEEPER,
    "planner": Role.PLANNER,
    "other_supervisor": Role.SUPERVISOR,
}


class Trade(House):
    """A house with units U01…U20 at 1,000,000 each, a table of discounts and the people above it."""

    def __init__(self, reps: str = "AB", units: int = 20, sign: str = "U", **policy: Any) -> None:
        super().__init__(reps, **policy)
        for code, role in PEOPLE.items():
            setattr(self, code, self.hire(code, role))
        discounts.set_up(self.office)
        self.sign = sign
        deals.add_units(self.office, [{"code": f"{sign}{n:02d}", "list_price": "1000000"} for n in range(1, units + 1)])

    def units(self, count: int, start: int = 1) -> list[Unit]:
        """The units from a number on, by code."""
        codes = [f"{self.sign}{n:02d}" for n in range(start, start + count)]
        return list(Unit.objects.filter(office=self.office, code__in=codes).select_related("office").order_by("code"))

    @property
    def now(self) -> datetime:
        """Noon of today."""
        return self.at("12:00")

    def opened(self, **said: Any) -> Case:
        """A prospect that the supervisor brought."""
        said = {"name": "云栖大学", "kind": "institution", "units": 12, **said}
        return self.fresh(prospects.open_case(self.office, by=said.pop("by", self.supervisor), now=self.now, **said))

    def planned(self, units: int = 12, **said: Any) -> Case:
        """A case whose plan waits."""
        case = self.opened(units=units, **said)
        plans.send(case, by=self.supervisor, now=self.now, units=units, terms="团购价格方案", percent="6")
        return self.fresh(case)

    def negotiating(self, units: int = 12, **said: Any) -> Case:
        """A case whose plan is approved."""
        case = self.planned(units, **said)
        plans.approve(case, by=self.branch_manager, now=self.now)
        return self.fresh(case)

    def discounted(self, percent: str = "4", units: int = 12) -> Case:
        """A case with an approved discount."""
        case = self.negotiating(units)
        climb.ask(case, by=self.supervisor, now=self.now, percent=percent)
        for by in (self.branch_manager, self.hq, self.chairman):
            if self.fresh(case).state == "climbing":
                climb.decide(case, by=by, now=self.now, decision="approve")
        return self.fresh(case)

    def drafted(self, percent: str = "4", units: int = 12, **said: Any) -> Case:
        """A case whose contract is complete."""
        case = self.discounted(percent, units)
        contracts.draft(case, by=self.supervisor, now=self.now, **{**self.parts(percent, units), **said})
        return self.fresh(case)

    def parts(self, percent: str = "4", units: int = 12) -> dict[str, Any]:
        """The five parts of a contract."""
        return {
            "buyers": [BuyerLine("云栖大学"), BuyerLine("王小平", "1234")],
            "units": self.units(units),
            "way": "分期",
            "instalments": [InstalmentLine(date(2026, 4, 1), Decimal("5000000")), InstalmentLine(date(2026, 6, 1))],
            "percent": percent,
            "special": "无",
        }

    def signed(self, percent: str = "4", units: int = 12) -> Case:
        """A signed contract."""
        case = self.drafted(percent, units)
        contracts.sign(case, by=self.supervisor, now=self.now)
        return self.fresh(case)

    def filed(self, percent: str = "4") -> Case:
        """A contract that is filed with finance."""
        case = self.signed(percent)
        for purpose in (Purpose.CONTRACT, Purpose.APPROVAL):
            self.attach(case, purpose)
        filing.file(case, by=self.supervisor, now=self.now)
        return self.fresh(case)

    def attach(self, case: Case, purpose: str, name: str = "合同.pdf", content: bytes = PDF) -> Any:
        """A file of a case."""
        return papers.attach(case, by=self.supervisor, now=self.now, purpose=purpose, name=name, content=content)

    def fresh(self, case: Case) -> Case:
        """The case as it is now."""
        rows = Case.objects.select_related("key", "office__policy", "office__branch", "supervisor", "rep")
        return rows.get(pk=case.pk)


@pytest.fixture
def store(settings, tmp_path) -> Any:
    """A store of files for one test."""
    settings.PAPERS_DIR = tmp_path / "papers"
    return settings.PAPERS_DIR


@pytest.fixture
def trade(db, clock, store) -> Trade:
    """An office that sells to bulk buyers."""
    return Trade()


@pytest.fixture
def rivals(db, clock, store) -> Trade:
    """Another office of another company."""
    return Trade("XY", sign="V")

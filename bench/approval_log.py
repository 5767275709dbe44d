"""A real log of approvals through the engine: ``python -m bench.approval_log`` (BPI Challenge 2020, CC BY 4.0).

10,357 declarations, each submission, decision, payment and withdrawal by the rules, none counted from the table; what
comes out is set beside the published counts. The log lies beside the repository, not in it.
"""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import ground

if TYPE_CHECKING:
    from staff.models import ApprovalRequest, Office, User

DATA = ground.ROOT.parent / "shared" / "data" / "bpic2020_domestic_declarations.csv.gz"
PUBLISHED: dict[str, Any] = {
    "cases": 10_357,
    "rejected": {"ADMINISTRATION": 936, "SUPERVISOR": 286, "BUDGET OWNER": 57, "PRE_APPROVER": 86},
    "never approved": 419,
    "submissions": {0: 135, 1: 9_216, 2: 882, 3: 111, 4: 10, 5: 1, 6: 1, 7: 1},
}
# The log's levels as roles of the chain. A payment is the last step; that it comes back (MISSING) is a return by it.
ROLES = {
    "ADMINISTRATION": "clerk",
    "PRE_APPROVER": "marketing_manager",
    "BUDGET OWNER": "branch_manager",
    "SUPERVISOR": "supervisor",
    "MISSING": "finance",
}
PAYS = "MISSING"
KIND = "declaration"


@dataclass(frozen=True)
class Event:
    """One line of the log: ``what`` is submitted, approved, rejected, asked_payment, paid or saved."""

    what: str
    level: str
    at: datetime


@dataclass
class Told:
    """What the engine made of a log: (case, event) that it refused, and attempts out of turn that it let through."""

    refused: list[tuple[str, Event]] = field(default_factory=list)
    let_through: int = 0
    calls: int = 0


def event(row: dict[str, str]) -> Event:
    """A row of the table."""
    words, at = row["activity"], datetime.fromisoformat(row["timestamp"])
    if words in ("Request Payment", "Payment Handled"):
        return Event("paid" if words == "Payment Handled" else "asked_payment", PAYS, at)
    verb, _by, level = words.removeprefix("Declaration ").partition(" by ")
    return Event({"FINAL_APPROVED": "approved"}.get(verb, verb.lower()), level, at)


def cases(path: Path = DATA) -> Iterator[tuple[str, list[Event]]]:
    """Every case with its events in order."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as rows:
        for case, lines in groupby(csv.DictReader(rows), key=lambda row: row["case_id"]):
            yield case, [event(row) for row in lines]


def route(events: Sequence[Event]) -> list[str]:
    """The levels of one submission, as the log shows them: which of the four ways this declaration goes."""
    seen = [one.level for one in events if one.what in ("approved", "rejected")]
    if "PRE_APPROVER" in seen:
        return ["PRE_APPROVER", "SUPERVISOR", PAYS]
    if "ADMINISTRATION" in seen:
        return ["ADMINISTRATION", *(["BUDGET OWNER"] if "BUDGET OWNER" in seen else []), "SUPERVISOR", PAYS]
    return ["SUPERVISOR", PAYS]


class Desk:
    """An office with one person at every level, through whom the log goes."""

    def __init__(self, office: Office, asks: User, people: dict[str, User]) -> None:
        self.office, self.asks, self.people, self.told = office, asks, people, Told()

    def run(self, log: Iterable[tuple[str, list[Event]]], *, intrude: bool = False) -> Told:
        """Every event of every case by the rules. ``intrude``: before each decision the others try theirs, in vain."""
        for case, events in log:
            for n, one in enumerate(events):
                if one.what == "submitted":
                    rest = events[n + 1 :]
                    ends = next((k for k, later in enumerate(rest) if later.what == "submitted"), len(rest))
                    self._do(case, one, route(rest[:ends]))
                elif one.what != "saved":
                    if intrude:
                        self._intrude(case, one)
                    self._do(case, one, [])
        return self.told

    def _do(self, case: str, one: Event, steps: list[str]) -> None:
        from common.errors import RuleError

        self.told.calls += 1
        try:
            self._apply(case, one, steps)
        except RuleError:
            self.told.refused.append((case, one))

    def _apply(self, case: str, one: Event, steps: list[str]) -> None:
        from common.errors import RuleError
        from staff import approvals

        asked = approvals.latest(case)
        if one.what == "submitted":
            return self._submit(case, asked, one, steps)
        if asked is None:
            raise RuleError("nobody asked")
        if one.what == "rejected" and one.level == "EMPLOYEE":
            approvals.withdraw(asked, by=self.asks, reason="", now=one.at)
        elif one.what == "asked_payment":
            approvals.check_decide(asked, by=self.people[PAYS], now=one.at)
        else:
            decision = "return" if one.what == "rejected" else "approve"
            approvals.decide(asked, by=self.people[one.level], decision=decision, reason="—", now=one.at)
        return None

    def _submit(self, case: str, asked: ApprovalRequest | None, one: Event, steps: list[str]) -> None:
        from staff import approvals
        from staff.roles import Role

        more: dict[str, Any] = {"by": self.asks, "steps": [Role(ROLES[level]) for level in steps], "now": one.at}
        if asked is not None and asked.state == "returned":
            approvals.restart(asked, snapshot={}, reason="", **more)
        else:
            approvals.open_request(KIND, case, office=self.office, snapshot={}, title=case, url="", tells=False, **more)

    def _intrude(self, case: str, one: Event) -> None:
        """Whoever's turn it is not presses too."""
        from common.errors import RuleError
        from staff import approvals

        asked = approvals.latest(case)
        for level, person in (*self.people.items(), ("EMPLOYEE", self.asks)):
            if asked is None or asked.waiting_role == ROLES.get(level):
                continue
            try:
                approvals.decide(asked, by=person, decision="approve", reason="", now=one.at)
            except RuleError:
                continue
            self.told.let_through += 1


def staffed() -> Desk:
    """A company, an office and a person in every role of the log."""
    from staff.models import Branch, Company, Office, OfficePolicy, Posting, User

    company = Company.objects.create(name="报销")
    branch = Branch.objects.create(company=company, name="报销")
    office = Office.objects.create(branch=branch, name="报销", timezone="Europe/Amsterdam")
    OfficePolicy.objects.create(office=office)
    people = {}
    for level, role in {**ROLES, "EMPLOYEE": "rep"}.items():
        user = User.objects.create(username=f"bpic-{role}", name=role)
        above = role in ("finance", "branch_manager")
        unit: dict[str, Any] = {"branch": branch} if above else {"office": office}
        Posting.objects.create(user=user, role=role, since=datetime(2016, 1, 1).date(), **unit)  # noqa: DTZ001
        people[level] = user
    return Desk(office, people.pop("EMPLOYEE"), people)


def counted(many: int) -> dict[str, Any]:
    """The published figures, asked of what the engine wrote down about ``many`` cases."""
    from django.db.models import Count

    from staff.models import ApprovalEntry

    entries = ApprovalEntry.objects.filter(request__kind=KIND)
    levels = {role: level for level, role in ROLES.items()}
    returned = entries.filter(decision="return").exclude(role=ROLES[PAYS]).values_list("role").annotate(Count("pk"))
    approved = entries.filter(decision="approve", role=ROLES["SUPERVISOR"]).values("request__subject").distinct()
    asked = entries.filter(decision="open").values("request__subject").annotate(n=Count("pk"))
    times = Counter(row["n"] for row in asked)
    return {
        "cases": many,
        "rejected": {levels[role]: n for role, n in returned.order_by()},
        "never approved": many - approved.count(),
        "submissions": dict(sorted(times.items() | {(0, many - times.total())})),
    }


def main() -> int:
    """The whole log in one transaction that is rolled back; the table of figures, 1 if one differs."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0, interactive=False)
    log = list(cases())
    with transaction.atomic():
        began = time.monotonic()
        told = staffed().run(log)
        took = time.monotonic() - began
        found = counted(len(log))
        transaction.set_rollback(True)
    for name, published in PUBLISHED.items():
        print(f"{name:15}{'equal' if found[name] == published else 'DIFFERS'}  {found[name]}")
    print(f"{told.calls} calls in {took:.0f} s, {told.calls / took:.0f} a second; refused {len(told.refused)}:")
    for case, one in told.refused:
        print(f"  {case} {one.what} {one.level} {one.at:%Y-%m-%d}")
    return int(found != PUBLISHED)


if __name__ == "__main__":
    if "--inside" in sys.argv:
        sys.exit(main())
    with ground.environment() as env:
        sys.exit(
            subprocess.run(
                [sys.executable, "-m", "bench.approval_log", "--inside"], env=env, cwd=ground.ROOT
            ).returncode
        )

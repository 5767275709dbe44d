"""A company with one person on every rung, and requests that climb it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from staff import approvals
from staff.models import ApprovalRequest, Office, Posting, User
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
RUNGS = (Role.SUPERVISOR, Role.MARKETING_MANAGER, Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN)
BULK = (Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN)


class Chain:
    """An office with its branch and company staffed; ``chain.people[Role.HQ]`` is the HQ executive."""

    def __init__(self, *roles: Role) -> None:
        self.office: Office = OfficeFactory()
        self.people = {role: staff_member(role, self.office, name=str(role.value), language="en") for role in roles}
        self.people.setdefault(Role.REP, staff_member(Role.REP, self.office, number=1, name="rep", language="en"))

    def __getitem__(self, role: Role) -> User:
        return self.people[role]

    def another(self, role: Role, **more: Any) -> User:
        """A second person in the same role."""
        return staff_member(role, self.office, language="en", **more)

    def ask(self, *steps: Role, by: User | None = None, subject: str = "bulk.plan:1", **more: Any) -> ApprovalRequest:
        """A request of the rep's that climbs ``steps``."""
        values: dict[str, Any] = {
            "snapshot": {"percent": "7.5"},
            "title": "大客户方案 1",
            "url": "/",
            "now": NOW,
        } | more
        return approvals.open_request(
            "bulk.plan", subject, office=self.office, by=by or self[Role.REP], steps=steps, **values
        )

    def decide(self, request: ApprovalRequest, by: User, decision: str = "approve", **more: Any) -> ApprovalRequest:
        """Somebody decides a minute later."""
        values: dict[str, Any] = {"reason": "因为", "now": NOW + timedelta(minutes=1)} | more
        return approvals.decide(request, by=by, decision=decision, **values)

    def leave(self, role: Role) -> None:
        """The person's posting ended yesterday."""
        posting = Posting.objects.get(user=self[role])
        posting.until = self.office.today(NOW) - timedelta(days=1)
        posting.save()
        self.people[role] = User.objects.get(pk=self[role].pk)

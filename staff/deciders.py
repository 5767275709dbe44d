"""Who may decide on a step: its role, a delegate, or the next rung up where nobody else can (BULK-05)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from .approval_chain import STANDS_IN
from .models import ApprovalRequest, ApprovalState, Delegation, Posting, User
from .roles import BRANCH_ROLES, DUTIES, OFFICE_ROLES, Duty


@dataclass(frozen=True)
class Capacity:
    """In which role somebody decides, in which unit, and for whom if as a delegate."""

    held: str
    posting: Posting
    on_behalf_of: User | None = None

    def within(self) -> dict[str, Any]:
        """The requests of the offices that the role reaches, as a filter."""
        if self.posting.office_id is not None:
            return {"office": self.posting.office_id}
        if self.posting.branch_id is not None:
            return {"office__branch": self.posting.branch_id}
        return {"office__branch__company": self.posting.company_id}

    def reaches(self, request: ApprovalRequest) -> bool:
        """Whether the request's office lies in the unit."""
        if self.posting.office_id is not None:
            return self.posting.office_id == request.office_id
        branch = request.office.branch
        return self.posting.branch_id == branch.pk or self.posting.company_id == branch.company_id


def running(on: date) -> QuerySet[Delegation]:
    """Delegations and absences that hold on the day: begun, not over, not ended early."""
    return Delegation.objects.filter(first__lte=on, last__gte=on, ended_at__isnull=True)


def capacities(user: User, on: date) -> list[Capacity]:
    """In which roles ``user`` decides on the day: by their own posting first, then for those who delegated to them.

    A delegation ends with either posting, and a role held as a delegate cannot be delegated again.
    """
    if user.posting is None or not user.has(Duty.APPROVE):
        return []
    found = [Capacity(user.posting.role, user.posting)]
    given = {(row.user_id, row.role) for row in running(on).filter(to=user)}
    if given:
        principals = Posting.objects.holding(on).filter(user__in={pk for pk, _role in given}, user__is_active=True)
        for posting in principals.select_related("user").order_by("pk"):
            if (posting.user_id, posting.role) in given:
                found.append(Capacity(posting.role, posting, posting.user))
    return found


def can_decide(role: str, on: date) -> Exists:
    """Whether somebody other than the requester can decide in ``role``: a holder who is there, or a delegate of one.

    For requests: their office and ``opened_by`` are referred to.
    """
    unit = {"company": OuterRef("office__branch__company")}
    if role in OFFICE_ROLES:
        unit = {"office": OuterRef("office")}
    elif role in BRANCH_ROLES:
        unit = {"branch": OuterRef("office__branch")}
    away = running(on).filter(user=OuterRef("user"), role=role)
    posted = Posting.objects.holding(on).filter(
        user=OuterRef("to"), user__is_active=True, role__in=DUTIES[Duty.APPROVE]
    )
    delegates = away.filter(Exists(posted))
    holders = Posting.objects.holding(on).filter(role=role, user__is_active=True, **unit)
    for concerned in ("opened_by", "kept_by"):
        delegates = delegates.exclude(to=OuterRef(OuterRef(concerned)))
        holders = holders.exclude(user=OuterRef(concerned))
    return Exists(holders.filter(~Exists(away) | Exists(delegates)))


def _conditions(capacity: Capacity, user: User, on: date) -> Iterator[Q]:
    """The requests that ``user`` may decide in this capacity: its own role's, then those of rungs that stand empty."""
    own = [user] if capacity.on_behalf_of is None else [user, capacity.on_behalf_of]
    others = ~Q(opened_by__in=own) & ~Q(kept_by__in=own)
    scope = Q(state=ApprovalState.PENDING, **capacity.within()) & others
    yield scope & Q(waiting_role=capacity.held)
    for role, above in STANDS_IN.items():
        if capacity.held in above:
            found = scope & Q(waiting_role=role)
            for empty in (role, *above[: above.index(capacity.held)]):
                found &= Q(~can_decide(empty, on))
            yield found


def waiting_for(user: User, *, on: date) -> QuerySet[ApprovalRequest]:
    """The requests of every kind that ``user`` may decide on the day, delegations and empty rungs included."""
    every = [condition for one in capacities(user, on) for condition in _conditions(one, user, on)]
    if not every:
        return ApprovalRequest.objects.none()
    return ApprovalRequest.objects.filter(reduce(or_, every))


def capacity_for(request: ApprovalRequest, user: User, *, on: date) -> Capacity | None:
    """In which capacity ``user`` may decide the present step; None if they may not. Agrees with ``waiting_for``."""
    if user.pk in (request.opened_by_id, request.kept_by_id) or request.state != ApprovalState.PENDING:
        return None
    if user.posting is not None and user.has(Duty.APPROVE) and user.posting.role == request.waiting_role:
        own = Capacity(user.posting.role, user.posting)
        if own.reaches(request):
            return own
    found = capacities(user, on)
    cases = [When(condition, then=Value(n)) for n, one in enumerate(found) for condition in _conditions(one, user, on)]
    if not cases:
        return None
    row = ApprovalRequest.objects.filter(pk=request.pk).annotate(
        capacity=Case(*cases, default=None, output_field=IntegerField())
    )
    n = row.values_list(F("capacity"), flat=True).get()
    return None if n is None else found[n]


def people_for(request: ApprovalRequest, *, on: date) -> list[User]:
    """Whom to tell that the present step waits: the holders of the first rung that can decide, and delegates of theirs.

    Where nobody is there at all, those who are away are told, for they may decide from afar.
    """
    concerned, far = {request.opened_by_id, request.kept_by_id}, set()
    for role in (request.waiting_role, *STANDS_IN.get(request.waiting_role, ())):
        holders = Posting.objects.holding(on).filter(role=role, user__is_active=True, **_unit(request, role))
        ids = set(holders.exclude(user__in=concerned).values_list("user_id", flat=True))
        away = list(running(on).filter(user__in=ids, role=role))
        posted = Posting.objects.holding(on).filter(user__in={row.to_id for row in away}, user__is_active=True)
        approving = posted.filter(role__in=DUTIES[Duty.APPROVE]).exclude(user__in=concerned)
        delegates = set(approving.values_list("user_id", flat=True)) if away else set()
        if delegates or ids - {row.user_id for row in away}:
            return list(User.objects.filter(pk__in=ids | delegates))
        far |= ids
    return list(User.objects.filter(pk__in=far))


def _unit(request: ApprovalRequest, role: str) -> dict[str, Any]:
    """The unit above the request's office in which ``role`` is held, as a filter of postings."""
    if role in OFFICE_ROLES:
        return {"office": request.office_id}
    branch = request.office.branch
    return {"branch": branch} if role in BRANCH_ROLES else {"company": branch.company_id}

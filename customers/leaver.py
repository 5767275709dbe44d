"""What hangs on somebody who leaves besides the customers: cards, due calls, requests, grants, disputes (HAND-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from staff import approvals
from staff.models import ApprovalRequest, Fitness, Office, Posting, UnfitReason, User

from .handover import holdings
from .models import Card, CardState, Customer, CustomerGrant, Dispute, Standing

MOST = 50


@dataclass(frozen=True, slots=True)
class Loose:
    """The counts, and the requests that the leaver looks after."""

    cards: int
    due: int
    grants: int
    disputes: int
    requests: list[ApprovalRequest]


def of(office: Office, giver: User, *, now: datetime) -> Loose:
    """What goes along with the customers (cards, due follow-ups), and what has to be seen to by itself."""
    today = office.today(now)
    held = holdings(office, giver, now=now)
    filed = Card.objects.filter(customer=OuterRef("pk"), number=OuterRef("number"), state=CardState.FILED)
    open_disputes = Dispute.objects.filter(office=office, state__in=["open", "appealed"])
    kept = approvals.open_of(giver, on=today).filter(kept_by=giver).order_by("pk")
    return Loose(
        cards=held.filter(~Exists(filed), standing=Standing.ACTIVE).count(),
        due=held.filter(next_due__lte=today).count(),
        grants=CustomerGrant.objects.filter(user=giver, until__gt=now).count(),
        disputes=(open_disputes.filter(claimant=giver) | open_disputes.filter(respondent=giver)).count(),
        requests=list(kept[:MOST]),
    )


def holders(office: Office, *, now: datetime) -> QuerySet[User]:
    """Those who are or were of the office and hold customers of it, by name."""
    today = office.today(now)
    theirs = Customer.objects.filter(Customer.objects.held(today, OuterRef("pk")), office=office)
    people = Posting.objects.filter(office=office).values("user")
    return User.objects.filter(Exists(theirs), pk__in=people).order_by("name", "pk")


def urgent(office: Office, *, now: datetime) -> QuerySet[User]:
    """Holders of customers who are leaving, or have gone already."""
    leaving = Fitness.objects.filter(user=OuterRef("pk"), until__isnull=True, reason=UnfitReason.LEAVING)
    here = Posting.objects.holding(office.today(now)).filter(user=OuterRef("pk"), office=office)
    found = holders(office, now=now).annotate(is_going=Exists(leaving), is_here=Exists(here))
    return found.filter(is_going=True) | found.filter(is_here=False) | found.filter(is_active=False)

"""What the records show that a supervisor should judge: incomplete lines, late A-cards, overdue follow-ups (COND-01).

Each cause is put once. A breach of order is put at check-in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery

from common.dates import midnight
from staff import proposals
from staff.models import Evidence, Office
from staff.proposals import Found

from .cards import submit_end
from .models import Card, Episode, RegisterLine
from .models.ownership import Basis
from .reminders import TO_SUPERVISORS_AFTER, held
from .telling import address

LOOK_BACK = timedelta(days=7)
OPENING = (Basis.FIRST_VISIT, Basis.FIRST_CALL, Basis.WEB, Basis.REFERRAL, Basis.NAMED)


def propose(*, now: datetime, office: Office | None = None) -> int:
    """Put late A-cards and overdue follow-ups before the supervisors; how many were new."""
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(proposals.put(one, [*_late_cards(one, now), *_overdue(one, now)], now=now) for one in offices)


def propose_lines(office: Office, lines: Iterable[RegisterLine], *, now: datetime) -> int:
    """Put lines left incomplete before the supervisors, against whoever received or wrote them (REG-08)."""
    return proposals.put(office, _incomplete(office, lines), now=now)


def _incomplete(office: Office, lines: Iterable[RegisterLine]) -> Iterator[Found]:
    for line in lines:
        author = line.receiver or line.recorded_by
        if author is not None:
            link = f"/register/{line.number}/"
            cause, day = f"incomplete:{line.pk}", office.today(line.at)
            yield Found(author, Evidence.INCOMPLETE, cause, line.number, day, link)


def _late_cards(office: Office, now: datetime) -> Iterator[Found]:
    """A-cards not submitted on their day, against whoever owned the customer that day (CARD-05)."""
    today = office.today(now)
    since, until = midnight(today - LOOK_BACK, office.timezone), midnight(today, office.timezone)
    card = Card.objects.filter(customer=OuterRef("customer"), number=OuterRef("customer__number"))
    opened = Episode.objects.filter(customer__office=office, basis__in=OPENING, since__gte=since, since__lt=until)
    opened = opened.annotate(submitted=Subquery(card.values("first_submitted_at")[:1]))
    for episode in opened.select_related("customer", "owner"):
        day: date = office.today(episode.since)
        if episode.since < episode.customer.registered_at:
            continue  # of an earlier registration, whose card is another one
        if episode.submitted is None or episode.submitted >= submit_end(day, office.timezone):
            number = episode.customer.number
            cause, link = f"card:{episode.customer_id}:{number}", f"{address(episode.customer)}card/"
            yield Found(episode.owner, Evidence.LATE_CARD, cause, number, day, link)


def _overdue(office: Office, now: datetime) -> Iterator[Found]:
    """Follow-ups overdue by two days, against the owner (FUP-09)."""
    today = office.today(now)
    for customer in held(office, today).filter(next_due__lte=today - TO_SUPERVISORS_AFTER).order_by("pk"):
        if customer.owner is not None and customer.next_due is not None:
            cause, link = f"overdue:{customer.pk}:{customer.next_due}", address(customer)
            yield Found(customer.owner, Evidence.OVERDUE, cause, customer.number, customer.next_due, link)

"""What people are reminded of, each thing once however often this runs (FUP-05, FUP-09, CARD-05).

A follow-up on the morning of its day, one overdue each day to the owner and after two days to the supervisors; the
call on the day of a visit before the office closes; A-cards whose deadlines have passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import day_bounds, midnight
from common.errors import RuleError
from staff import notices
from staff.models import Office, User
from staff.notices import Draft

from . import reps
from .cards import file_end, sign_end
from .models import Card, CardState, Customer, Episode, FollowUp, LineKind, Manner, RegisterLine, Standing
from .models.ownership import Basis
from .ownership import check_supervises
from .telling import address

MORNING = time(7)
BEFORE_CLOSING = timedelta(hours=1)
TO_SUPERVISORS_AFTER = timedelta(days=2)
LOOK_BACK = timedelta(days=3)


def remind(*, now: datetime, office: Office | None = None) -> int:
    """Put the reminders that are due at ``now``; how many were not put before."""
    offices = [office] if office else Office.objects.select_related("policy").order_by("pk")
    return sum(notices.put(_of(one, now), now=now) for one in offices)


def _of(office: Office, now: datetime) -> Iterator[Draft]:
    clock = now.astimezone(ZoneInfo(office.timezone)).time()
    today = office.today(now)
    supervisors = list(reps.supervisors(office, today))
    if clock >= MORNING:
        yield from _follow_ups(office, today, supervisors)
        yield from _cards_not_submitted(office, today, supervisors)
    if clock >= hour_before_closing(office):
        yield from _calls(office, today)
    yield from _cards_waiting(office, now, supervisors)


def hour_before_closing(office: Office) -> time:
    """From when on the calls of the day are asked for (FUP-05); midnight for an office that closes right after it."""
    closing = datetime.combine(date(2000, 1, 2), office.policy.closes_at)
    before = closing - BEFORE_CLOSING
    return before.time() if before.date() == closing.date() else time()


def held(office: Office, today: date) -> QuerySet[Customer]:
    """The customers whose owner holds them today."""
    holds = Q(standing__in=[Standing.SUBSCRIBED, Standing.DEALT]) | Q(standing=Standing.ACTIVE, valid_until__gte=today)
    return Customer.objects.filter(holds, office=office, owner__isnull=False).select_related("owner")


def _follow_ups(office: Office, today: date, supervisors: list[User]) -> Iterator[Draft]:
    """Due today; overdue each day; overdue for two days (FUP-09)."""
    for customer in held(office, today).filter(next_due__lte=today).order_by("next_due", "pk"):
        assert customer.owner is not None
        assert customer.next_due is not None
        said = {"number": customer.number, "day": customer.next_due, "person": str(customer.owner)}
        link = address(customer)
        if customer.next_due == today:
            words = format_lazy(_("Follow up customer no. {number} today"), **said)
            yield Draft(customer.owner, f"due:{customer.pk}:{today}", words, link)
            continue
        words = format_lazy(_("The follow-up of customer no. {number} was due on {day}: do it today"), **said)
        yield Draft(customer.owner, f"overdue:{customer.pk}:{today}", words, link)
        if today - customer.next_due >= TO_SUPERVISORS_AFTER:
            words = format_lazy(_("{person} has not followed up customer no. {number}, due on {day}"), **said)
            key = f"overdue:{customer.pk}:{customer.next_due}:supervisor"
            yield from (Draft(one, key, words, link) for one in supervisors)


def calls_to_make(office: Office, today: date) -> QuerySet[Customer]:
    """Those who visited today and have not been telephoned since by anybody (FUP-05)."""
    begins, ends = day_bounds(today, office.timezone)
    visits = RegisterLine.objects.filter(office=office, kind=LineKind.VISIT, at__gte=begins, at__lt=ends)
    called = FollowUp.objects.filter(
        customer=OuterRef("customer"), day=today, manner=Manner.PHONE, line__isnull=True, at__gte=OuterRef("at")
    )
    return held(office, today).filter(pk__in=visits.filter(~Exists(called)).values("customer"))


def _calls(office: Office, today: date) -> Iterator[Draft]:
    words = _("Customer no. {number} visited today: telephone before the office closes")
    for customer in calls_to_make(office, today):
        assert customer.owner is not None
        text = format_lazy(words, number=customer.number)
        yield Draft(customer.owner, f"call:{customer.pk}:{today}", text, address(customer))


def _cards_not_submitted(office: Office, today: date, supervisors: list[User]) -> Iterator[Draft]:
    """A-cards that were not submitted on the day of the reception, or on which a web lead was given out (CARD-05)."""
    begins, ends = midnight(today - LOOK_BACK, office.timezone), midnight(today, office.timezone)
    given = Episode.objects.filter(customer=OuterRef("pk"), since__gte=begins, since__lt=ends, basis=Basis.WEB)
    web = Episode.objects.filter(customer=OuterRef("pk"), since__gte=OuterRef("registered_at"), basis=Basis.WEB)
    received = Q(registered_at__gte=begins, registered_at__lt=ends) & ~Exists(web)
    submitted = Card.objects.filter(
        customer=OuterRef("pk"), number=OuterRef("number"), first_submitted_at__isnull=False
    )
    late = held(office, today).filter(received | Exists(given)).filter(~Exists(submitted))
    for customer in late:
        assert customer.owner is not None
        said = {"number": customer.number, "person": str(customer.owner)}
        key, link = f"card:{customer.pk}:{customer.number}", address(customer)
        mine = _("The A-card of customer no. {number} was not submitted on its day: submit it now")
        yield Draft(customer.owner, key, format_lazy(mine, **said), link)
        theirs = _("{person} did not submit the A-card of customer no. {number} on its day")
        yield from (Draft(one, key, format_lazy(theirs, **said), link) for one in supervisors)


def _cards_waiting(office: Office, now: datetime, supervisors: list[User]) -> Iterator[Draft]:
    """Cards that the supervisor has not signed in time, and signed ones that were not filed in time (CARD-05)."""
    cards = Card.objects.filter(customer__office=office).select_related("customer__owner")
    for card in cards.filter(state=CardState.SUBMITTED, submitted_at__lt=now):
        assert card.submitted_at is not None
        if sign_end(card.submitted_at, office) <= now:
            words = _("The A-card of customer no. {number} waits for your signature and is late")
            key = f"sign:{card.pk}:{card.submitted_at:%Y-%m-%dT%H:%M}"
            yield from _about(card, supervisors, key, words)
    for card in cards.filter(state=CardState.SIGNED, signed_at__lt=now):
        assert card.signed_at is not None
        if file_end(card.signed_at, office) <= now and card.customer.owner is not None:
            words = _("The A-card of customer no. {number} is signed but was not filed in time: file it now")
            yield from _about(card, [card.customer.owner], f"file:{card.pk}:{card.signed_at:%Y-%m-%dT%H:%M}", words)


def check_ask(customer: Customer, *, by: User, now: datetime) -> None:
    """A supervisor of the office may remind the owner of a customer who is neglected (FUP-09, CARD-05)."""
    check_supervises(customer.office, by=by)
    if customer.holder(customer.office.today(now)) is None:
        raise RuleError(gettext("Nobody owns this customer now: there is nobody to remind"), rule="FUP-09")


def ask(customer: Customer, *, by: User, now: datetime) -> None:
    """The supervisor reminds the owner in person, once a day (FUP-09, CARD-05)."""
    check_ask(customer, by=by, now=now)
    words = _("{person} asks you to see to customer no. {number} today")
    text, key = (
        format_lazy(words, person=str(by), number=customer.number),
        f"asked:{customer.pk}:{customer.office.today(now)}",
    )
    owner = customer.owner
    assert owner is not None
    if not notices.tell(owner, key=key, text=text, now=now, link=address(customer)):
        raise RuleError(gettext("%(person)s was reminded of it today already") % {"person": owner}, rule="FUP-09")


def _about(card: Card, people: list[User], key: str, words: Any) -> Iterator[Draft]:
    text = format_lazy(words, number=card.customer.number)
    return (Draft(person, key, text, address(card.customer)) for person in people)

"""Home buyers after the deal: the retained-customer card 保有客户维系卡, birthdays, festivals (DEAL-04, DEAL-05)."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from customers import cards, ownership
from customers.models import Customer, Standing
from customers.telling import address
from staff import notices
from staff.models import Office, User
from staff.roles import Duty

from . import birthdays
from .models import CareCard

MORNING = time(7)


def check_keeps(customer: Customer, *, by: User, now: datetime) -> None:
    """The desk opens and keeps the cards of customers with a deal (DEAL-04)."""
    if by.office != customer.office or not by.has(Duty.CORRECT):
        raise RuleError(_("The clerk of this office keeps the retained-customer cards"), rule="DEAL-04")
    state = customer.state(customer.office.today(now))
    if state != "dealt":
        words = {"state": ownership.state_words(state)}
        raise RuleError(
            _("Only a customer with a signed contract has this card; this one is %(state)s") % words, rule="DEAL-04"
        )


@transaction.atomic
def save(
    customer: Customer,
    *,
    by: User,
    now: datetime,
    calendar: str = "",
    month: int | None = None,
    day: int | None = None,
    leap: bool = False,
    **texts: str,
) -> CareCard:
    """Open the card, or write it anew; whoever does has checked the A-card (DEAL-04). ``texts``: address, payment."""
    customer = ownership.relock(customer)
    check_keeps(customer, by=by, now=now)
    card = CareCard.objects.filter(customer=customer).first()
    card = card or CareCard(customer=customer, opened_by=by, opened_at=now)
    card.customer, card._history_user = customer, by
    card.birthday, card.next_birthday = _birthday(customer.office.today(now), calendar, month, day, leap)
    for name in ("address", "payment"):
        setattr(card, name, texts.get(name, "").strip())
    card.save()
    cards.close(customer, by=by, now=now)
    return card


def _birthday(today: date, calendar: str, month: int | None, day: int | None, leap: bool) -> tuple[str, date | None]:
    """The birthday as it is kept, and its next solar day; both empty where none was named."""
    if not month and not day:
        return "", None
    if not month or not day or not calendar:
        raise RuleError(_("Enter month and day of the birthday, and by which calendar"), rule="DEAL-05")
    birthdays.check(calendar, month, day, leap=leap)
    kept = f"{calendar} {month:02}-{day:02}{'+' if leap else ''}"
    return kept, birthdays.next_on(calendar, month, day, today=today, leap=leap)


def parts(kept: str) -> tuple[str, int, int, bool] | None:
    """Calendar, month, day, leap month of a kept birthday."""
    if not kept:
        return None
    calendar, days = kept.split(" ")
    return calendar, int(days[:2]), int(days[3:5]), days.endswith("+")


def without_card(user: User) -> QuerySet[Customer]:
    """Customers with a deal whose card is still to be opened."""
    scope = Customer.objects.visible_to(user)
    return scope.filter(standing=Standing.DEALT, care__isnull=True).order_by("-is_key", "number")


def remind(*, now: datetime, office: Office | None = None) -> int:
    """On the morning of a birthday or a festival the rep is told to greet, once; how many were told."""
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(_remind(one, now) for one in offices)


def _remind(office: Office, now: datetime) -> int:
    if now.astimezone(ZoneInfo(office.timezone)).time() < MORNING:
        return 0
    today = office.today(now)
    return _birthdays(office, today, now=now) + _festival(office, today, now=now)


@transaction.atomic
def _birthdays(office: Office, today: date, *, now: datetime) -> int:
    """Key customers first. A card waits for its next year from the day after; one missed on its day is not told late."""
    due = CareCard.objects.filter(customer__office=office, next_birthday__lte=today).order_by("-customer__is_key", "pk")
    due = due.select_related("customer__key", "customer__owner").select_for_update(of=("self",))
    drafts = []
    for card in due:
        _roll_on(card, today)
        owner, number = card.customer.owner, card.customer.number
        if card.next_birthday == today and owner is not None and card.customer.standing == Standing.DEALT:
            text = format_lazy(gettext_lazy("Birthday of home buyer no. {number} today: send greetings"), number=number)
            drafts.append(notices.Draft(owner, f"birthday:{card.pk}:{today}", text, address(card.customer)))
    return notices.put(drafts, now=now)


def _roll_on(card: CareCard, today: date) -> None:
    """Write the next birthday down, which stays today's until the day is over; none after erasure (PRIV-05)."""
    known = parts(card.birthday)
    following = None
    if known is not None:
        calendar, month, day, leap = known
        following = birthdays.next_on(calendar, month, day, today=today, leap=leap)
    if following != card.next_birthday:
        card.next_birthday = following
        card.save(update_fields=["next_birthday"])


def _festival(office: Office, today: date, *, now: datetime) -> int:
    words = birthdays.festival_on(today)
    if words is None:
        return 0
    owners = Customer.objects.filter(office=office, standing=Standing.DEALT, owner__isnull=False).values("owner")
    text = format_lazy(gettext_lazy("Today is {festival}: send greetings to your home buyers"), festival=words)
    people = User.objects.filter(pk__in=owners, is_active=True)
    return notices.put([notices.Draft(one, f"festival:{today}", text, "/care/") for one in people], now=now)

"""Home buyers after the deal: the retained-customer card 保有客户维系卡, birthdays, festivals (DEAL-04, DEAL-05)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import cards, ownership
from customers.models import Customer, Standing
from staff.models import User
from staff.roles import Duty

from . import birthdays
from .models import CareCard


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

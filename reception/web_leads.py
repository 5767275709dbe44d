"""Web leads 网络客户: taken in, screened by the rules of check-in, looked at daily, given out (WEB-01, WEB-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import crypto
from common.dates import day_bounds
from common.errors import RuleError
from customers import ownership, reps
from customers.models import Customer, LineKind, RegisterLine, Standing
from customers.telling import address
from staff import notices
from staff.models import Office, Posting, User
from staff.roles import DUTIES, Duty

from .arrival import Arrival
from .checkin import CheckedIn, check_in
from .models import WebCheck

HOUR_SECONDS = 3600
FROM_ONE_ADDRESS, ON_ONE_CHANNEL = 10, 200
CHECK_BEFORE_CLOSING = timedelta(hours=1)


def check_takes(office: Office, *, by: User) -> None:
    """Refuse unless ``by`` takes in the web leads of this office."""
    if by.office != office or not by.has(Duty.TAKE_LEADS):
        raise RuleError(_("Only the web-lead officer and the supervisors of this office do this"), rule="WEB-01")


@transaction.atomic
def take_in(office: Office, arrival: Arrival, *, by: User | None, now: datetime) -> CheckedIn:
    """Register a lead; whoever owns the customer is told, else those who give leads out (WEB-02)."""
    told = check_in(office, replace(arrival, kind=LineKind.WEB), by=by, now=now)
    assert told.line is not None
    assert told.customer is not None
    customer = Customer.objects.select_related("owner").get(pk=told.customer.pk)
    key, number = f"web:{told.line.pk}", customer.number
    if customer.holder(office.today(now)) and customer.owner is not None:
        words = gettext_lazy("Your customer no. {number} wrote to us on the web: answer today")
        text = format_lazy(words, number=number)
        notices.tell(customer.owner, key=key, text=text, now=now, link=address(customer))
    else:
        words = gettext_lazy("Web lead no. {number} waits to be given out")
        people = reps.supervisors(office, office.today(now))
        notices.tell_many(people, key=key, text=format_lazy(words, number=number), now=now, link="/web/")
    return told


def take_in_unseen(office: Office, arrival: Arrival, *, now: datetime) -> None:
    """The same for a sender who is told nothing: what the rules refuse is put before those who take leads in."""
    try:
        take_in(office, arrival, by=None, now=now)
    except RuleError as error:
        text = gettext_lazy("A web lead could not be registered: {why}")
        people = _officers(office, office.today(now))
        key = f"web-refused:{arrival.request_id}"
        notices.tell_many(people, key=key, text=format_lazy(text, why=str(error)), now=now, link="/web/")


def _officers(office: Office, on: date) -> QuerySet[User]:
    held = Posting.objects.holding(on).filter(office=office, role__in=DUTIES[Duty.TAKE_LEADS])
    return User.objects.filter(pk__in=held.values("user"), is_active=True)


def too_many(channel_id: int, sender: str = "") -> bool:
    """Whether one address, or everybody together, sends more in an hour than people do.

    The address is counted under its digest alone. A webhook is one sender for many people: no address is counted.
    """
    if sender and _counted(f"lead:{channel_id}:{crypto.digest('sender', sender).hex()[:16]}") > FROM_ONE_ADDRESS:
        return True
    return _counted(f"lead:{channel_id}") > ON_ONE_CHANNEL


def _counted(counter: str) -> int:
    cache.add(counter, 0, HOUR_SECONDS)
    try:
        return cache.incr(counter)
    except ValueError:
        cache.set(counter, 1, HOUR_SECONDS)
        return 1


def lines(user: User) -> QuerySet[RegisterLine]:
    """The lines of web leads that the user takes care of."""
    mine = user.office is not None and user.has(Duty.TAKE_LEADS)
    return RegisterLine.objects.filter(office=user.office, kind=LineKind.WEB) if mine else RegisterLine.objects.none()


def waiting(office: Office) -> QuerySet[Customer]:
    """The leads that nobody has yet, oldest first."""
    return Customer.objects.filter(office=office, standing=Standing.UNASSIGNED).order_by("number")


def give_out(office: Office, *, to: Sequence[User], by: User, now: datetime) -> int:
    """Give every waiting lead out, in turn to those chosen; how many (WEB-02)."""
    ownership.check_supervises(office, by=by)
    return ownership.assign_evenly(list(waiting(office)), to=to, by=by, now=now)


def confirm(office: Office, *, by: User, now: datetime) -> WebCheck:
    """Today's leads were looked at, even if there were none; again on the same day brings the count up to date."""
    check_takes(office, by=by)
    today = office.today(now)
    begins, ends = day_bounds(today, office.timezone)
    found = RegisterLine.objects.filter(office=office, kind=LineKind.WEB, at__gte=begins, at__lt=ends).count()
    said: dict[str, Any] = {"by": by, "at": now, "found": found}
    check, _new = WebCheck.objects.update_or_create(office=office, day=today, defaults=said)
    return check


def ask_for_check(*, now: datetime, office: Office | None = None) -> int:
    """An hour before closing: where the day's check is missing, the web-lead officers are told, once a day."""
    offices = [office] if office else Office.objects.select_related("policy").order_by("pk")
    return sum(_ask(one, now) for one in offices)


def _ask(office: Office, now: datetime) -> int:
    today = office.today(now)
    clock = datetime.combine(today, now.astimezone(ZoneInfo(office.timezone)).time())
    asks_from = datetime.combine(today, office.policy.closes_at) - CHECK_BEFORE_CLOSING
    if clock < asks_from or WebCheck.objects.filter(office=office, day=today).exists():
        return 0
    officers = Posting.objects.holding(today).filter(office=office, role="web_officer").values("user")
    people = User.objects.filter(pk__in=officers, is_active=True)
    words = gettext_lazy("Confirm today's check of the web leads, even if there were none")
    return notices.tell_many(people, key=f"webcheck:{today}", text=words, now=now, link="/web/")

"""Closing a month: figures and workbook archived once, handed to the marketing planner (REP-05)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import month_of, next_month
from common.errors import RuleError
from common.excel import Mark
from customers.models import OfficeRegister
from staff import notices
from staff.models import Office, Posting, User
from staff.roles import Role

from . import canonical, events, figures, workbook
from .figures import MonthFigures
from .models import MonthArchive

CLOSES_AT = time(2)
TOLD = (Role.PLANNER, Role.MARKETING_MANAGER)


def close_months(*, now: datetime, office: Office | None = None) -> int:
    """Archive every month that is over and is not archived; how many were. Again changes nothing (REP-05)."""
    offices = [office] if office else Office.objects.select_related("policy").order_by("pk")
    return sum(close(one, month, now=now) is not None for one in offices for month in due_months(one, now=now))


def due_months(office: Office, *, now: datetime) -> Iterator[date]:
    """Months over since the 1st at 02:00 local time that have no archive, from the first line of the office on."""
    begun = events.began(office)
    if begun is None:
        return
    archived = set(MonthArchive.objects.filter(office=office).values_list("month", flat=True))
    month = events.month_of(begun, office)
    while is_over(office, month, now=now):
        if month not in archived:
            yield month
        month = next_month(month)


def is_over(office: Office, month: date, *, now: datetime) -> bool:
    """Whether the month has ended and its closing hour has come."""
    return now >= datetime.combine(next_month(month), CLOSES_AT, tzinfo=ZoneInfo(office.timezone))


def close(office: Office, month: date, *, now: datetime) -> MonthArchive | None:
    """Archive one month, all or nothing; None if somebody else was quicker. One that is not over, or too early, is refused."""
    if not is_over(office, month, now=now):
        raise RuleError(_("This month is not over: it is closed on the 1st at 02:00"), rule="REP-05")
    begun = events.began(office)
    if begun is None or month < events.month_of(begun, office):
        raise RuleError(_("The office had not begun in this month: there is nothing to close"), rule="REP-05")
    found = figures.of_month(office, month, now=now)
    text = canonical.text(found)
    seal = seal_now(office, canonical.digest(text))
    made = MonthArchive(office=office, month=found.month, made_at=now, figures=text, figures_sha256=seal.figures)
    made.head, made.correction_head = seal.head, seal.corrections
    made.workbook = _workbook(office, found, seal, now=now)
    made.workbook_sha256 = canonical.digest(made.workbook)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _hand_over(made, now=now)
    except IntegrityError:
        if not MonthArchive.objects.filter(office=office, month=made.month).exists():
            raise
        return None
    return made


def seal_now(office: Office, digest: str) -> workbook.Seal:
    """The digest of figures, and where the chains of the register stand."""
    register = OfficeRegister.objects.filter(office=office).first() or OfficeRegister(office=office)
    return workbook.Seal(digest, register.head, register.correction_head)


def _workbook(office: Office, found: MonthFigures, seal: workbook.Seal, *, now: datetime) -> bytes:
    with translation.override(settings.LANGUAGE_CODE):
        mark = Mark(office.name, _("the closing of the month"), now, office.timezone)
        return workbook.build(office, found, mark=mark, seal=seal, now=now).content()


def _hand_over(made: MonthArchive, *, now: datetime) -> None:
    """Tell those whom it is for; the planner acknowledges (000/40)."""
    on = made.office.today(now)
    held = Posting.objects.holding(on).filter(office=made.office, role__in=TOLD)
    people = User.objects.filter(pk__in=held.values("user"), is_active=True)
    words = gettext_lazy("The month {month} is closed: its figures and workbook are ready to be taken over")
    text = format_lazy(words, month=month_of(made.month))
    notices.tell_many(people, key=f"month:{made.pk}", text=text, now=now, link=address(made))


def address(archive: MonthArchive) -> str:
    """The page of a closed month."""
    return reverse("month", args=[archive.office_id, month_of(archive.month)])


def read(archive: MonthArchive) -> MonthFigures:
    """The figures of a closed month, as they were closed."""
    return canonical.read(MonthFigures, archive.figures)


def figures_fit(archive: MonthArchive) -> bool:
    """Whether the figures are those that were closed."""
    return canonical.digest(archive.figures) == archive.figures_sha256


def fault(archive: MonthArchive) -> str | None:
    """What no longer fits its digest; None if the archive is as it was made."""
    if not figures_fit(archive):
        return "figures"
    return None if canonical.digest(bytes(archive.workbook)) == archive.workbook_sha256 else "workbook"

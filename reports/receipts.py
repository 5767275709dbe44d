"""Taking a closed month over: the planner acknowledges it, and is reminded until then (REP-05, HAND-03, 000/40)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import month_of
from common.errors import RuleError
from staff import notices
from staff.models import Office, Posting, User
from staff.roles import Role

from .archive import address, figures_fit
from .models import MonthArchive, Receipt

REMIND_AFTER, CALL_AFTER = timedelta(days=3), timedelta(days=7)


def takers(office: Office, *, now: datetime) -> tuple[list[User], Role]:
    """Who takes its months over today: every planner; where the office has none, the marketing managers (ADR 0016)."""
    held = Posting.objects.holding(office.today(now)).filter(office=office, user__is_active=True)
    for role in (Role.PLANNER, Role.MARKETING_MANAGER):
        found = [one.user for one in held.filter(role=role).select_related("user").order_by("user")]
        if found:
            break
    return found, role


def check_take_over(archive: MonthArchive, *, by: User, now: datetime) -> None:
    """The marketing planner of the office takes a month over, once; the manager where there is no planner (000/40)."""
    people, role = takers(archive.office, now=now)
    if by not in people:
        words = {
            Role.PLANNER: _("The marketing planner of this office takes the month over"),
            Role.MARKETING_MANAGER: _(
                "This office has no marketing planner: its marketing manager takes the month over"
            ),
        }
        raise RuleError(words[role], rule="REP-05")
    receipt = Receipt.objects.filter(archive=archive).select_related("by").first()
    if receipt is not None:
        raise RuleError(_("%(person)s has taken this month over") % {"person": receipt.by}, rule="REP-05")


@transaction.atomic
def take_over(archive: MonthArchive, *, by: User, now: datetime) -> Receipt:
    """Acknowledge figures and workbook of a closed month (REP-05, HAND-03)."""
    archive = MonthArchive.objects.select_for_update(of=("self",)).defer("workbook").get(pk=archive.pk)
    check_take_over(archive, by=by, now=now)
    if not figures_fit(archive):
        raise RuleError(_("This archive is no longer what was closed: have it restored from a backup"), rule="REP-05")
    return Receipt.objects.create(archive=archive, by=by, at=now)


def remind(*, now: datetime, office: Office | None = None) -> int:
    """Remind of months that nobody took over for three days, and the manager after seven; each person once a month."""
    waiting = MonthArchive.objects.filter(receipt__isnull=True, made_at__lte=now - REMIND_AFTER).select_related(
        "office"
    )
    waiting = waiting.filter(office=office) if office else waiting
    return sum(_remind(one, now=now) for one in waiting.defer("workbook", "figures").order_by("pk"))


def _remind(archive: MonthArchive, *, now: datetime) -> int:
    people, role = takers(archive.office, now=now)
    month, link = month_of(archive.month), address(archive)
    words = gettext_lazy("The month {month} waits to be taken over: open it, compare the figures and take it over")
    text = format_lazy(words, month=month)
    told = notices.tell_many(people, key=f"month:{archive.pk}:due", text=text, now=now, link=link)
    if role == Role.PLANNER and archive.made_at <= now - CALL_AFTER:
        held = Posting.objects.holding(archive.office.today(now)).filter(office=archive.office)
        managers = User.objects.filter(pk__in=held.filter(role=Role.MARKETING_MANAGER).values("user"), is_active=True)
        text = format_lazy(gettext_lazy("Nobody has taken the month {month} over: speak to the planner"), month=month)
        told += notices.tell_many(managers, key=f"month:{archive.pk}:late", text=text, now=now, link=link)
    return told

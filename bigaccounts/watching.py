"""What is flagged: negotiations nobody reports on, contracts not filed, payments overdue, cases left (BULK-04, 07, 08)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.dates import midnight
from staff import notices
from staff.models import Office, Posting, User
from staff.notices import Draft
from staff.roles import Role

from . import who
from .models import EXECUTION, NEGOTIATION, Case, CaseState, Instalment
from .telling import address


def quiet(office: Office, *, now: datetime) -> Q:
    """Negotiations of this office without a report for more than seven days (BULK-04)."""
    day = midnight(office.today(now) - timedelta(days=office.policy.bulk_report_days), office.timezone)
    return Q(office=office, state__in=NEGOTIATION, quiet_since__lt=day)


def late(office: Office, *, now: datetime) -> Q:
    """Signed contracts of this office that were not filed within three days (BULK-07)."""
    day = midnight(office.today(now) - timedelta(days=office.policy.bulk_filing_days), office.timezone)
    return Q(office=office, state=CaseState.SIGNED, signed_at__lt=day)


def left(day: date) -> Q:
    """Cases whose supervisor holds that post no more: the marketing manager gives them to another (BULK-03, HAND-01)."""
    there = Posting.objects.holding(day).filter(user=OuterRef("supervisor"), office=OuterRef("office"))
    runs = there.filter(role__in=who.RUNS, user__is_active=True)
    return Q(supervisor__isnull=False) & ~Q(state=CaseState.DROPPED) & ~Q(Exists(runs))


def flagged(offices: Iterable[Office], *, now: datetime) -> Q:
    """The cases of these offices that somebody has to look at: quiet, late, frozen, or left by their supervisor."""
    found = Q(freezes__lifted_at__isnull=True, freezes__isnull=False)
    for office in offices:
        found |= quiet(office, now=now) | late(office, now=now)
        found |= Q(office=office) & left(office.today(now))
    return found


def remind(*, now: datetime, office: Office | None = None) -> int:
    """Tell those concerned of what is flagged, each cause once; how many were not told before."""
    offices = [office] if office else Office.objects.select_related("policy", "branch").order_by("pk")
    return sum(notices.put(_of(one, now), now=now) for one in offices)


def _cases(office: Office, flag: Q) -> Iterator[Case]:
    for case in Case.objects.filter(flag).select_related("supervisor").order_by("pk"):
        case.office = office
        yield case


def _of(office: Office, now: datetime) -> Iterator[Draft]:
    for case in _cases(office, quiet(office, now=now)):
        assert case.quiet_since is not None
        words = _("Bulk case no. {number}: no progress was reported for more than {days} days")
        key = f"bulk:{case.pk}:quiet:{case.quiet_since:%Y%m%d}"
        people = _concerned(case, Role.BRANCH_MANAGER, now=now)
        yield from _drafts(case, people, key, words, days=office.policy.bulk_report_days)
    for case in _cases(office, late(office, now=now)):
        words = _("The contract of bulk case no. {number} is not filed with finance yet: file it")
        people = _concerned(case, Role.MARKETING_MANAGER, Role.CLERK, now=now)
        yield from _drafts(case, people, f"bulk:{case.pk}:late", words)
    for case in _cases(office, Q(office=office) & left(office.today(now))):
        words = _("The supervisor of bulk case no. {number} has left: give it to another")
        people = who.people(case, Role.MARKETING_MANAGER, now=now)
        yield from _drafts(case, people, f"bulk:{case.pk}:left:{case.supervisor_id}", words)
    yield from _overdue(office, now)


def _overdue(office: Office, now: datetime) -> Iterator[Draft]:
    due = Instalment.objects.filter(case__office=office, case__state__in=EXECUTION, paid_at__isnull=True)
    for row in due.filter(due_on__lt=office.today(now)).select_related("case__supervisor").order_by("pk"):
        row.case.office = office
        words = _("Bulk case no. {number}: the instalment due on {day} is not paid")
        people = _concerned(row.case, Role.CLERK, now=now)
        yield from _drafts(row.case, people, f"bulk:{row.case_id}:overdue:{row.pk}", words, day=row.due_on)


def _concerned(case: Case, *roles: str, now: datetime) -> list[User]:
    """Whoever runs the case, and those roles."""
    return [*([case.supervisor] if case.supervisor else []), *who.people(case, *roles, now=now)]


def _drafts(case: Case, people: Iterable[User], key: str, words: Any, **facts: object) -> Iterator[Draft]:
    for person in people:
        yield Draft(person, key, format_lazy(words, number=case.pk, **facts), address(case))

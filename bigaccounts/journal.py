"""The journal of a negotiation: reports to the branch, and negotiations that nobody reports on (BULK-04)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import User

from . import telling, who
from .events import note
from .models import NEGOTIATION, Case, Happened, Report
from .prospects import keep, lock, said

RULE = "BULK-04"


def check_report(case: Case, *, by: User) -> None:
    """The rep of the case or whoever runs it reports, while it is negotiated (BULK-04)."""
    if by.pk != case.rep_id:
        who.check_runs(case, by=by, rule=RULE)
    if case.state not in NEGOTIATION:
        raise RuleError(
            _("Progress is reported while the case is negotiated: it begins with the approved plan"), rule="BULK-03"
        )


@transaction.atomic
def report(case: Case, *, by: User, now: datetime, text: str) -> Report:
    """A progress report goes to the branch leaders; the count of days begins anew (BULK-04)."""
    case = lock(case)
    check_report(case, by=by)
    made = Report(case=case, by=by, at=now)
    made.text = said(text, _("Say how the negotiation goes"), rule=RULE, most=4000)
    made.save(force_insert=True)
    case.quiet_since = now
    keep(case, "quiet_since", by=by, now=now)
    note(case, Happened.REPORTED, by=by, now=now)
    telling.reported(case, made.pk, now=now)
    return made


def days_quiet(case: Case, *, now: datetime) -> int:
    """Local days since the last report, or since the plan was approved; 0 outside a negotiation."""
    if case.state not in NEGOTIATION or case.quiet_since is None:
        return 0
    return (case.office.today(now) - case.office.today(case.quiet_since)).days


def is_quiet(case: Case, *, now: datetime) -> bool:
    """BULK-04: whether seven days passed without a report: the seventh day counts to its end."""
    return days_quiet(case, now=now) > case.office.policy.bulk_report_days


def report_by(case: Case) -> object:
    """The last day for the next report; None outside a negotiation."""
    if case.state not in NEGOTIATION or case.quiet_since is None:
        return None
    return case.office.today(case.quiet_since) + timedelta(days=case.office.policy.bulk_report_days)

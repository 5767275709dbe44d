"""The signed contract goes to finance with the approval documents, and finance acknowledges it (BULK-07)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.dates import last_valid_day
from common.errors import RuleError
from staff.models import User
from staff.roles import Role

from . import telling, who
from .events import note
from .models import Case, CaseState, Happened, Purpose
from .prospects import STATES, keep, lock

RULE = "BULK-07"


def check_file(case: Case, *, by: User, scans: bool = True) -> None:
    """Whoever runs the case or the clerk files a signed contract, the scan and the approval document attached.

    Without a discount there was no approval to attach. ``scans`` off: the log of an older system carries no files.
    """
    who.check_holds(case, *who.EXECUTES, by=by, rule=RULE)
    STATES.check(case, CaseState.FILED)
    attached = set(case.papers.values_list("purpose", flat=True))
    if scans and Purpose.CONTRACT not in attached:
        raise RuleError(_("Attach the signed contract first, then file it"), rule=RULE)
    if scans and case.percent and Purpose.APPROVAL not in attached:
        raise RuleError(_("Attach the document that approved the discount first, then file the contract"), rule=RULE)


@transaction.atomic
def file(case: Case, *, by: User, now: datetime, scans: bool = True) -> Case:
    """The contract is filed: from now on finance sees the case, prices included (BULK-07, OFF-03)."""
    case = lock(case)
    check_file(case, by=by, scans=scans)
    STATES.move(case, CaseState.FILED)
    case.filed_at = now
    keep(case, "state", "filed_at", by=by, now=now)
    note(case, Happened.FILED, by=by, now=now)
    telling.filed(case, now=now)
    return case


def check_acknowledge(case: Case, *, by: User) -> None:
    """Finance acknowledges what was filed with it (BULK-07)."""
    who.check_holds(case, Role.FINANCE, by=by, rule=RULE)
    STATES.check(case, CaseState.ACKNOWLEDGED)


@transaction.atomic
def acknowledge(case: Case, *, by: User, now: datetime) -> Case:
    """Finance has the contract."""
    case = lock(case)
    check_acknowledge(case, by=by)
    STATES.move(case, CaseState.ACKNOWLEDGED)
    case.acknowledged_at = now
    keep(case, "state", "acknowledged_at", by=by, now=now)
    note(case, Happened.ACKNOWLEDGED, by=by, now=now)
    telling.acknowledged(case, now=now)
    return case


def file_by(case: Case) -> date | None:
    """The last day for filing a signed contract; None when it is filed or not signed."""
    if case.state != CaseState.SIGNED or case.signed_at is None:
        return None
    return last_valid_day(case.office.today(case.signed_at), case.office.policy.bulk_filing_days)


def is_late(case: Case, *, now: datetime) -> bool:
    """BULK-07: signed, and not filed when the third day after it has ended."""
    last = file_by(case)
    return last is not None and case.office.today(now) > last

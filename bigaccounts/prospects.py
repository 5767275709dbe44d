"""Prospects among bodies, companies and institutions; who is a bulk buyer at all; who runs a case (BULK-01, BULK-02)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import crypto
from common.errors import RuleError
from common.states import Machine
from staff import approvals, leaving, posting
from staff.models import ApprovalRequest, Office, Posting, User
from staff.roles import SELLING_ROLES, Role

from . import telling, who
from .events import note
from .models import Ask, AskState, Case, CaseKey, CaseState, Happened, PlanState

TRANSITIONS: dict[str, frozenset[str]] = {
    CaseState.PROSPECT: frozenset({CaseState.PLANNED, CaseState.DROPPED}),
    CaseState.PLANNED: frozenset({CaseState.NEGOTIATING, CaseState.RETURNED, CaseState.DROPPED}),
    CaseState.RETURNED: frozenset({CaseState.PLANNED, CaseState.DROPPED}),
    CaseState.NEGOTIATING: frozenset({CaseState.CLIMBING, CaseState.PLANNED, CaseState.SIGNED, CaseState.DROPPED}),
    CaseState.CLIMBING: frozenset({CaseState.APPROVED, CaseState.NEGOTIATING, CaseState.DROPPED}),
    CaseState.APPROVED: frozenset({CaseState.CLIMBING, CaseState.PLANNED, CaseState.SIGNED, CaseState.DROPPED}),
    CaseState.SIGNED: frozenset({CaseState.FILED, CaseState.DROPPED}),
    CaseState.FILED: frozenset({CaseState.ACKNOWLEDGED, CaseState.DROPPED}),
    CaseState.ACKNOWLEDGED: frozenset({CaseState.DROPPED}),
    CaseState.DROPPED: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("This case is %(now)s: it cannot become %(to)s now"), rule="BULK-03")
KINDS = ("bulk.plan", "bulk.discount", "bulk.buyers")
MOST_UNITS = 9_999
LONGEST_NAME, LONGEST_CONTACTS, LONGEST_WORDS = 100, 1000, 1000
FINDS = frozenset({*SELLING_ROLES, Role.SUPERVISOR, Role.MARKETING_MANAGER})


def check_units(office: Office, units: int) -> None:
    """BULK-02: more than ten at once make a bulk buyer; 10 is refused, 11 qualifies."""
    least = office.policy.bulk_more_than
    if units <= least:
        words = {"least": least, "units": units}
        raise RuleError(
            _("A bulk buyer buys more than %(least)s units at once; %(units)s are sold like any others") % words,
            rule="BULK-02",
        )
    if units > MOST_UNITS:
        most = f"{MOST_UNITS:,}"
        raise RuleError(_("One contract holds up to %(most)s units: check the number") % {"most": most}, rule="BULK-02")


def lock(case: Case) -> Case:
    """The case as it is now, its row locked until the transaction ends, its office as the caller has it."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("key", "supervisor", "rep")
    found = rows.get(pk=case.pk)
    found.office = case.office
    return found


def keep(case: Case, *fields: str, by: User | None, now: datetime) -> None:
    """Save these columns with their author and time in the history."""
    case._history_user, case._history_date = by, now
    case.save(update_fields=list(fields))


def words_of(text: str, most: int, *, rule: str) -> str:
    """A text trimmed, refused when it is longer than its field."""
    text = text.strip()
    if len(text) > most:
        raise RuleError(_("Keep the text under %(most)s characters") % {"most": most}, rule=rule)
    return text


def said(text: str, what: object, *, rule: str, most: int = LONGEST_WORDS) -> str:
    """A compulsory text: refused when it is empty."""
    text = words_of(text, most, rule=rule)
    if not text:
        raise RuleError(str(what), rule=rule)
    return text


def check_open(office: Office, *, by: User) -> None:
    """Sales staff, supervisors and the marketing manager of the office collect prospects (BULK-01)."""
    if not who.holds(by, *FINDS, office=office):
        raise RuleError(_("Prospects are collected by sales staff and those who lead them"), rule="BULK-01")


@transaction.atomic
def open_case(
    office: Office, *, by: User, now: datetime, name: str, kind: str, units: int | None = None, contacts: str = ""
) -> Case:
    """A prospect with its contacts; ``units``, where they are known, have to be more than ten (BULK-01, BULK-02)."""
    check_open(office, by=by)
    if units is not None:
        check_units(office, units)
    case = Case(office=office, kind=kind, units=units, opened_at=now, opened_by=by)
    key = crypto.new_data_key()
    case.__dict__["data_key"] = key
    case.name = said(name, _("Enter the name of the buyer"), rule="BULK-01", most=LONGEST_NAME)
    case.contacts = words_of(contacts, LONGEST_CONTACTS, rule="BULK-01")
    role = by.posting.role
    case.rep = by if role in SELLING_ROLES else None
    case.supervisor = by if role == Role.SUPERVISOR else None
    case._history_user, case._history_date = by, now
    case.save(force_insert=True)
    wrapped = CaseKey(case=case)
    wrapped.keep_key(key)
    wrapped.save(force_insert=True)
    note(case, Happened.OPENED, by=by, now=now)
    telling.opened(case, by=by, now=now)
    return case


def check_amend(case: Case, *, by: User) -> None:
    """Contacts are kept up by the rep who brought the prospect and by those who run the case (BULK-01)."""
    if case.state == CaseState.DROPPED:
        raise RuleError(_("This case was given up: open a new one"), rule="BULK-01")
    if by.pk != case.rep_id:
        who.check_runs(case, by=by, rule="BULK-01")


@transaction.atomic
def amend(case: Case, *, by: User, now: datetime, contacts: str) -> Case:
    """Write the contacts anew (BULK-01)."""
    case = lock(case)
    check_amend(case, by=by)
    case.contacts = words_of(contacts, LONGEST_CONTACTS, rule="BULK-01")
    keep(case, "contacts_sealed", by=by, now=now)
    note(case, Happened.AMENDED, by=by, now=now)
    return case


def let_requests_fall(case: Case, *, by: User, now: datetime) -> None:
    """What still waits for a decision on this case waits no longer."""
    waiting = ApprovalRequest.objects.filter(subject__in=[f"{kind}:{case.pk}" for kind in KINDS], state="pending")
    for asked in waiting.select_related("office"):
        approvals.fall(asked, by=by, reason=_("The case was given up"), now=now)
    for plan in case.plans.filter(state=PlanState.SENT):
        plan.state, plan.decided_by, plan.decided_at = PlanState.RETURNED, by, now
        plan._history_user, plan._history_date = by, now
        plan.save(update_fields=["state", "decided_by", "decided_at"])
    for asks in (case.asks.filter(state=AskState.OPEN), case.buyer_changes.filter(closed_at__isnull=True)):
        for row in asks:
            row.state, row.closed_at = ("withdrawn" if isinstance(row, Ask) else "refused"), now
            row._history_user, row._history_date = by, now
            row.save(update_fields=["state", "closed_at"])


def check_hand_over(case: Case, *, by: User) -> None:
    """The marketing manager says which supervisor runs a case, or takes it."""
    who.check_holds(case, Role.MARKETING_MANAGER, by=by, rule="BULK-03")


@transaction.atomic
def hand_over(case: Case, *, to: User, by: User, now: datetime) -> Case:
    """Another supervisor of the office runs the case from now on; the former one sees its prices no more (BULK-11)."""
    posting.lock(to)
    case = lock(case)
    check_hand_over(case, by=by)
    here = Posting.objects.filter(user=to, office=case.office, until=None, role__in=who.RUNS, user__is_active=True)
    if not here.exists() or leaving.is_leaving(to):
        raise RuleError(_("Choose a supervisor of this office"), rule="BULK-03")
    case.supervisor = to
    keep(case, "supervisor", by=by, now=now)
    note(case, Happened.HANDED_OVER, by=by, now=now, words=str(to))
    telling.handed_over(case, now=now)
    return case

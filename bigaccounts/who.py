"""Who runs a case, who is asked, and who sees its prices: the table of decision record 9 (OFF-03, BULK-11)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import Office, Posting, User
from staff.roles import Role

from .deciding import decided_by
from .models import Case

RUNS = (Role.SUPERVISOR, Role.MARKETING_MANAGER)
EXECUTES = (Role.CLERK, *RUNS)


def holds(by: User, *roles: str, office: Office) -> bool:
    """Whether ``by`` holds one of ``roles`` for this office: in it, in its branch or in its company."""
    held = by.posting
    if held is None or not by.is_active or held.role not in roles:
        return False
    if held.office_id is not None:
        return held.office_id == office.pk
    if held.branch_id is not None:
        return held.branch_id == office.branch_id
    return held.company_id == office.branch.company_id


def check_holds(case: Case, *roles: str, by: User, rule: str) -> None:
    """Refuse whoever holds none of ``roles`` for the case's office."""
    if not holds(by, *roles, office=case.office):
        words = {"role": ", ".join(str(Role(role).label) for role in roles)}
        raise RuleError(_("This step is for: %(role)s") % words, rule=rule)


def runs(case: Case, user: User) -> bool:
    """Whether ``user`` runs the case: its supervisor, or the marketing manager of its office."""
    if holds(user, Role.MARKETING_MANAGER, office=case.office):
        return True
    return holds(user, Role.SUPERVISOR, office=case.office) and case.supervisor_id in (None, user.pk)


def check_runs(case: Case, *, by: User, rule: str) -> None:
    """Refuse whoever does not run the case; a case that nobody runs yet is any supervisor's (BULK-03)."""
    check_holds(case, *RUNS, by=by, rule=rule)
    if not runs(case, by):
        words = {"person": case.supervisor}
        raise RuleError(_("%(person)s runs this case: the marketing manager can give it to you") % words, rule=rule)


def sees_prices(case: Case, user: User, *, now: datetime) -> bool:
    """BULK-11: whether ``user`` needs the prices of this case. Nobody else is ever shown them."""
    office = case.office
    by_role = (
        (runs(case, user) and case.supervisor_id is not None)
        or holds(user, Role.MARKETING_MANAGER, Role.BRANCH_MANAGER, office=office)
        or (case.hq_prices and holds(user, Role.HQ, office=office))
        or (case.chairman_prices and holds(user, Role.CHAIRMAN, office=office))
        or (case.filed_at is not None and holds(user, Role.FINANCE, office=office))
        or (case.signed_at is not None and holds(user, Role.CLERK, office=office))
    )
    return bool(by_role) or case.pk in decided_by(user, now=now)


def sees_contacts(case: Case, user: User) -> bool:
    """Contacts are for those who talk with the buyer: the rep, those who run the case, clerk and branch manager."""
    return user.pk == case.rep_id or holds(user, *RUNS, Role.CLERK, Role.BRANCH_MANAGER, office=case.office)


def people(case: Case, *roles: str, now: datetime) -> list[User]:
    """Whoever holds one of ``roles`` for the case's office at present."""
    office = case.office
    unit = Q(office=office) | Q(branch=office.branch_id) | Q(company=office.branch.company_id)
    rows = Posting.objects.holding(office.today(now)).filter(unit, role__in=roles, user__is_active=True)
    return [row.user for row in rows.select_related("user").order_by("pk")]

"""Who judges whose conduct: nobody their own, a supervisor's the manager, the manager's the branch manager."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.errors import RuleError

from .models import Office, Posting, User
from .roles import OFFICE_ROLES, Role

JUDGES: dict[str, frozenset[Role]] = {
    **{role: frozenset({Role.SUPERVISOR, Role.MARKETING_MANAGER}) for role in OFFICE_ROLES},
    Role.SUPERVISOR: frozenset({Role.MARKETING_MANAGER}),
    Role.MARKETING_MANAGER: frozenset({Role.BRANCH_MANAGER}),
}


def role_in(office: Office, person: User) -> str:
    """The role that ``person`` holds in ``office`` now; empty for nobody of the office."""
    posting = person.posting
    return posting.role if posting is not None and posting.office_id == office.pk else ""


def check_judge(person: User, *, role: str, office: Office, by: User) -> None:
    """Whether ``by`` may judge somebody who held ``role`` in ``office`` (COND-01). Nobody judges themselves."""
    _check(person, JUDGES[_highest(person, role, office)], office=office, by=by)


def check_decide(person: User, *, role: str, office: Office, by: User) -> None:
    """Whether ``by`` decides about a measure: the marketing manager, about their own the branch manager (COND-03)."""
    highest = _highest(person, role, office)
    decider = Role.BRANCH_MANAGER if highest == Role.MARKETING_MANAGER else Role.MARKETING_MANAGER
    _check(person, frozenset({decider}), office=office, by=by)


def _highest(person: User, role: str, office: Office) -> str:
    """The role by which somebody is judged: the one held then, or the one of the manager they are now."""
    return Role.MARKETING_MANAGER if role_in(office, person) == Role.MARKETING_MANAGER else role


def _check(person: User, roles: frozenset[Role], *, office: Office, by: User) -> None:
    if by.pk == person.pk:
        raise RuleError(_("Nobody judges their own conduct"), rule="COND-01")
    posting = by.posting
    inside = posting is not None and (posting.office_id == office.pk or posting.branch_id == office.branch_id)
    if not inside or posting is None or posting.role not in roles:
        words = {"person": person, "roles": _(" or ").join(str(role.label) for role in sorted(roles, reverse=True))}
        raise RuleError(_("The conduct of %(person)s is judged by: %(roles)s") % words, rule="COND-01")


def deciders(person: User, *, role: str, office: Office, on: date) -> QuerySet[User]:
    """Those who decide about a measure against ``person`` on a day."""
    held = Posting.objects.holding(on)
    if _highest(person, role, office) == Role.MARKETING_MANAGER:
        held = held.filter(branch=office.branch_id, role=Role.BRANCH_MANAGER)
    else:
        held = held.filter(office=office, role=Role.MARKETING_MANAGER)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=person.pk)


def below(user: User, *, on: date) -> dict[int, Posting]:
    """Those whom ``user`` judges on a day, by the id of the person, in order of staff number."""
    posting = user.posting
    if posting is None:
        return {}
    judged = [role for role, judges in JUDGES.items() if posting.role in judges]
    held = Posting.objects.holding(on).filter(role__in=judged).exclude(user=user).select_related("user", "office")
    inside = (
        held.filter(office__branch=posting.branch_id) if posting.branch_id else held.filter(office=posting.office_id)
    )
    return {one.user_id: one for one in inside.filter(user__is_active=True).order_by("number", "user__name", "pk")}

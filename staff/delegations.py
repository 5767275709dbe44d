"""Deciding for somebody who is away: from a day to a day, in their role, with a reason that both sides see (BULK-05)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import local_day
from common.errors import RuleError

from . import notices
from .approval_chain import STANDS_IN
from .models import Company, Delegation, Posting, User
from .roles import DUTIES, Duty

RULE = "BULK-05"
MOST_DAYS = 92
MOST_WORDS = 200
PAGE = "/approvals/away/"


def today_of(user: User, now: datetime) -> date:
    """The local day of the person's office; of the company for whoever sits above the offices."""
    return user.office.today(now) if user.office else local_day(now, settings.TIME_ZONE)


def company_of(posting: Posting) -> Company:
    """The company to which the unit of a posting belongs."""
    branch = posting.office.branch if posting.office is not None else posting.branch
    company = branch.company if branch is not None else posting.company
    assert company is not None
    return company


def of(user: User) -> QuerySet[Delegation]:
    """The delegations that concern a person: given by them, held by them, or set by them; nobody else's."""
    return Delegation.objects.filter(Q(user=user) | Q(to=user) | Q(set_by=user))


def candidates(user: User, *, on: date) -> QuerySet[User]:
    """Who may decide for ``user``: people of the same company whose own role decides on something."""
    if user.posting is None:
        return User.objects.none()
    there = Posting.objects.holding(on).in_company(company_of(user.posting)).filter(role__in=DUTIES[Duty.APPROVE])
    return User.objects.filter(is_active=True, pk__in=there.values("user")).exclude(pk=user.pk).order_by("name", "pk")


def people_below(user: User, *, on: date) -> QuerySet[User]:
    """Those whose absence ``user`` may put down: in roles that theirs stands in for, within their unit."""
    own = user.posting
    if own is None:
        return User.objects.none()
    unit = Q(office=own.office_id) if own.office_id else Q(pk__in=[])
    if own.branch_id:
        unit = Q(branch=own.branch_id) | Q(office__branch=own.branch_id)
    elif own.company_id:
        unit = Q(company=own.company_id) | Q(branch__company=own.company_id) | Q(office__branch__company=own.company_id)
    below = [role for role, above in STANDS_IN.items() if own.role in above]
    there = Posting.objects.holding(on).filter(unit, role__in=below)
    return User.objects.filter(is_active=True, pk__in=there.values("user")).exclude(pk=user.pk).order_by("name", "pk")


@transaction.atomic
def delegate(
    by: User,
    to: User | None,
    *,
    role: str,
    first: date,
    last: date,
    reason: str,
    now: datetime,
    person: User | None = None,
) -> Delegation:
    """``to`` decides in the role of ``person`` (else of ``by``) from ``first`` to ``last``, both included (BULK-05).

    Only a role that the person holds by their own posting: what is held for another cannot be passed on. Without
    ``to`` the person is away and the next rung up decides. For somebody else who is away, whoever stands above them
    may put it down. It ends with either posting, and earlier when either side ends it.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=(person or by).pk)
    today = today_of(person, now)
    _check_role(person, role, by=by, today=today)
    _check_days(first, last, today=today)
    if to is not None and not candidates(person, on=today).filter(pk=to.pk).exists():
        raise RuleError(_("Choose somebody of your company whose own role approves, and not yourself"), rule=RULE)
    reason = reason.strip()
    if not reason or len(reason) > MOST_WORDS:
        raise RuleError(_("Say why in up to %(most)s characters: both sides read it") % {"most": MOST_WORDS}, rule=RULE)
    clash = Delegation.objects.filter(user=person, ended_at__isnull=True, first__lte=last, last__gte=first).first()
    if clash is not None:
        words = {"first": clash.first, "last": clash.last}
        raise RuleError(_("There is one from %(first)s to %(last)s already: end it first") % words, rule=RULE)
    found = Delegation.objects.create(
        user=person, role=role, to=to, first=first, last=last, reason=reason, set_by=by, set_at=now
    )
    _tell_set(found, now=now)
    return found


def _check_role(person: User, role: str, *, by: User, today: date) -> None:
    if person.posting is None or person.posting.role != role or not person.has(Duty.APPROVE):
        raise RuleError(_("Only a role that you hold yourself, and that approves, can be passed on"), rule=RULE)
    if person.pk != by.pk and not people_below(by, on=today).filter(pk=person.pk).exists():
        raise RuleError(_("Only the person, or somebody above them, says who decides meanwhile"), rule=RULE)


def _check_days(first: date, last: date, *, today: date) -> None:
    if last < first:
        raise RuleError(_("The last day lies before the first: turn them round"), rule=RULE)
    if first < today:
        raise RuleError(_("The first day is over: begin today or later"), rule=RULE)
    if (last - first).days >= MOST_DAYS:
        raise RuleError(
            _("At most %(most)s days at a time: set it again when they are over") % {"most": MOST_DAYS}, rule=RULE
        )


def _tell_set(row: Delegation, *, now: datetime) -> None:
    """Both sides learn of it; whoever put it down knows."""
    days = {"first": row.first, "last": row.last, "person": str(row.user), "reason": row.reason}
    words = gettext_lazy("You decide for {person} from {first} to {last}: {reason}")
    if row.to is not None and row.to_id != row.set_by_id:
        notices.tell(row.to, key=f"delegation:{row.pk}", text=format_lazy(words, **days), now=now, link=PAGE)
    if row.user_id != row.set_by_id:
        other = str(row.to) if row.to else "—"
        text = format_lazy(gettext_lazy("{to} decides for you from {first} to {last}: {reason}"), **days, to=other)
        notices.tell(row.user, key=f"delegation:{row.pk}", text=text, now=now, link=PAGE)


def check_end(row: Delegation, *, by: User, today: date) -> None:
    """Either side ends it, or whoever put it down, while it is not over."""
    if by.pk not in (row.user_id, row.to_id, row.set_by_id):
        raise RuleError(_("Only those whom it concerns end it"), rule=RULE)
    if row.ended_at is not None or row.last < today:
        raise RuleError(_("It is over already"), rule=RULE)


@transaction.atomic
def end(row: Delegation, *, by: User, now: datetime) -> Delegation:
    """From now on the person decides alone again; what was decided stays."""
    row = Delegation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    check_end(row, by=by, today=today_of(by, now))
    row.ended_at, row.ended_by = now, by
    row.save(update_fields=["ended_at", "ended_by"])
    text = format_lazy(gettext_lazy("{by} ended the delegation from {person}"), by=str(by), person=str(row.user))
    others = {one.pk: one for one in (row.user, row.to, row.set_by) if one is not None and one.pk != by.pk}
    notices.tell_many(others.values(), key=f"delegation-end:{row.pk}", text=text, now=now, link=PAGE)
    return row

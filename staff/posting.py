"""Hiring and posting: who holds which role in an office from when to when (OFF-02)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

from . import notices
from .models import Fitness, Office, Posting, UnfitReason, User
from .roles import OFFICE_ROLES, SELLING_ROLES, Role


def held(user: User, now: datetime) -> Posting | None:
    """The posting that ``user`` holds at ``now``, by the local day of its office."""
    for posting in Posting.objects.filter(user=user).select_related("office").order_by("-since", "-pk"):
        day = posting.office.today(now) if posting.office else now.date()
        if posting.since <= day and (posting.until is None or posting.until >= day):
            return posting
    return None


def lock(*users: User) -> None:
    """Hold these people's postings until the transaction ends.

    Whoever gives somebody work and whoever ends a posting both hold it: neither decides on what is past. Register and
    day of reception are locked before it, all else after it, and several people in one call, so that nobody waits in
    a circle.
    """
    rows = Posting.objects.filter(user__in=users).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(rows.values_list("pk", flat=True))


def lock_sellers(office: Office, users: Iterable[int]) -> dict[int, User]:
    """Those of these who sell in the office and stay: the account open, no end set. Held as by :func:`lock`."""
    rows = Posting.objects.filter(office=office, user__in=set(users), until=None, role__in=SELLING_ROLES)
    staying = rows.filter(user__is_active=True).select_related("user").order_by("pk")
    return {row.user_id: row.user for row in staying.select_for_update(of=("self",), no_key=True)}


def hire(
    office: Office,
    *,
    name: str,
    role: str,
    username: str,
    now: datetime,
    by: User | None = None,
    number: int | None = None,
    since: date | None = None,
    password: str | None = None,
) -> User:
    """Create the account and its first posting in ``office``, from today or from ``since``.

    A seller without a number gets the next free one. Without a ``password`` nobody can sign in to the account.
    """
    with transaction.atomic():
        office = _locked(office, by, now)
        _check_role(role)
        if User.objects.filter(username__iexact=username).exists():
            raise RuleError(_("The user name %(name)s is taken. Choose another") % {"name": username}, rule="ACC-01")
        user = User.objects.create(username=username, name=name, password=make_password(password))
        number = _number(office, role, number)
        _begin(user, office, role, number, since=since or office.today(now), by=by, reason="hired")
        _follow_training(user, "", role, office, by=by, now=now)
    return user


def change(user: User, *, role: str, now: datetime, by: User | None = None) -> Posting:
    """End the present posting yesterday and begin one with another role today; the staff number is kept.

    A posting that began only today is corrected instead. Somebody who had left is taken on again.
    """
    with transaction.atomic():
        old = _posting(user, now)
        office = _locked(old.office, by, now)
        _check_role(role)
        today = office.today(now)
        held = old.until is None or old.until >= today
        if held and old.role == role:
            raise RuleError(_("%(name)s holds this role already") % {"name": user}, rule="OFF-02")
        number = _number(office, role, old.number, but=user)
        _follow_training(user, old.role, role, office, by=by, now=now)
        if held and old.since >= today:
            old.role, old.number, old.until = role, number, None
            return _save(old, ["role", "number", "until"], by=by, reason="corrected on the first day")
        if held:
            old.until = today - timedelta(days=1)
            _save(old, ["until"], by=by, reason="posting changed")
        new = _begin(user, office, role, number, since=today, by=by, reason="posting changed")
        told = format_lazy(gettext_lazy("Your role is now: {role}"), role=Role(role).label)
        notices.tell(user, key=f"posting:{new.pk}", text=told, now=now)
    return new


def _follow_training(user: User, old: str, new: str, office: Office, *, by: User | None, now: datetime) -> None:
    """Whoever is posted for training is not fit to receive until declared fit or given another role (OFF-04)."""
    running = Fitness.objects.filter(user=user, until__isnull=True)
    if new == Role.TRAINEE and not running.exists():
        Fitness.objects.create(user=user, office=office, reason=UnfitReason.TRAINING, since=now, set_by=by or user)
    if old == Role.TRAINEE != new:
        running.filter(reason=UnfitReason.TRAINING).update(until=now, ended_by=by)


def end(user: User, *, last_day: date, now: datetime, by: User | None = None) -> Posting:
    """End the present posting after ``last_day``; access ends with it."""
    with transaction.atomic():
        posting = _posting(user, now)
        office = _locked(posting.office, by, now)
        if posting.until is not None and posting.until < office.today(now):
            raise RuleError(_("This posting ended on %(day)s") % {"day": posting.until}, rule="OFF-02")
        if last_day < posting.since:
            raise RuleError(
                _("The posting began on %(day)s. Choose that day or a later one") % {"day": posting.since},
                rule="OFF-02",
            )
        if user == by:
            raise RuleError(_("Nobody ends their own posting. Ask the branch manager"), rule="OFF-02")
        posting.until = last_day
        return _save(posting, ["until"], by=by, reason="posting ended")


def set_number(user: User, *, number: int | None, now: datetime, by: User | None = None) -> Posting:
    """Change the staff number, by which the order of reception may be ranked (REC-03)."""
    with transaction.atomic():
        posting = _posting(user, now)
        office = _locked(posting.office, by, now)
        if number is None and posting.role in SELLING_ROLES:
            raise RuleError(_("Whoever receives visitors needs a staff number"), rule="REC-03")
        posting.number = _number(office, posting.role, number, but=user)
        return _save(posting, ["number"], by=by, reason="staff number changed")


def _locked(office: Office | None, by: User | None, now: datetime) -> Office:
    """The office, its row locked so that numbers are given one at a time; ``by`` has to belong to it."""
    if office is None or (by is not None and not belongs(by, office, now)):
        raise RuleError(_("Only the manager of that office may post its people"), rule="OFF-01")
    return Office.objects.select_for_update(of=("self",)).get(pk=office.pk)


def belongs(user: User, office: Office, now: datetime) -> bool:
    """Whether ``user`` is posted in ``office`` at ``now``."""
    posting = held(user, now)
    return posting is not None and posting.office_id == office.pk


def _posting(user: User, now: datetime) -> Posting:
    """The posting that ``user`` holds, else the last one they held."""
    found = held(user, now) or Posting.objects.filter(user=user).select_related("office").order_by("-since").first()
    if found is None:
        raise RuleError(_("%(name)s was never posted. Hire them first") % {"name": user}, rule="OFF-02")
    return found


def _check_role(role: str) -> None:
    """Only the roles of a sales office are held in one."""
    if role not in OFFICE_ROLES:
        raise RuleError(_("This role is not held in a sales office"), rule="OFF-02")


def _number(office: Office, role: str, number: int | None, but: User | None = None) -> int | None:
    """``number`` if it is free in the office, the next free one for a seller without; ``but`` may hold it already."""
    held = Posting.objects.filter(office=office, until__isnull=True, number__isnull=False).exclude(user=but)
    if number is not None and number < 1:
        raise RuleError(_("Staff numbers begin with 1"), rule="OFF-02")
    if number is not None:
        holder = held.filter(number=number).select_related("user").first()
        if holder:
            words = {"number": number, "name": holder.user}
            raise RuleError(_("Number %(number)d belongs to %(name)s. Choose another") % words, rule="OFF-02")
        return number
    if role not in SELLING_ROLES:
        return None
    return (held.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def _begin(
    user: User, office: Office, role: str, number: int | None, *, since: date, by: User | None, reason: str
) -> Posting:
    """Begin an open posting."""
    posting = Posting(user=user, office=office, role=role, number=number, since=since)
    posting._history_user, posting._change_reason = by, reason
    posting.save()
    user.__dict__.pop("posting", None)
    return posting


def _save(posting: Posting, fields: list[str], *, by: User | None, reason: str) -> Posting:
    """Save with author and reason in the history, and forget what the person's object remembered."""
    posting._history_user, posting._change_reason = by, reason
    posting.save(update_fields=fields)
    posting.user.__dict__.pop("posting", None)
    return posting

"""Warnings and fines 警告、罚款: given by a person, and the fine that follows from too many warnings (COND-01..03)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.states import Machine

from . import notices, policy
from .fourth_warning import Warned, fines, month_of
from .judging import check_decide, check_judge, role_in
from .models import (
    FINED_FOR,
    WARNED_FOR,
    Answer,
    Fault,
    Measure,
    MeasureKind,
    MeasureState,
    Objection,
    Office,
    User,
)

MINE = "/conduct/mine/"
LONGEST = 300
TRANSITIONS: dict[str, frozenset[str]] = {
    MeasureState.STANDING: frozenset({MeasureState.WITHDRAWN, MeasureState.FALLEN}),
    MeasureState.FALLEN: frozenset({MeasureState.STANDING}),
    MeasureState.WITHDRAWN: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("This measure is %(now)s: it cannot become %(to)s now"), rule="COND-03")


def check_give(person: User, *, office: Office, by: User) -> str:
    """Whether ``by`` may warn or fine ``person``; the role that the person holds in the office (COND-01)."""
    role = role_in(office, person)
    if not role:
        raise RuleError(_("%(person)s holds no post in this office") % {"person": person}, rule="OFF-01")
    check_judge(person, role=role, office=office, by=by)
    return role


@transaction.atomic
def warn(person: User, *, office: Office, kind: str, reason: str, by: User, now: datetime, cause: str = "") -> Measure:
    """Warn ``person`` for ``kind``, with the reason in words (000/41.1). The fourth of a local month brings a fine.

    ``cause`` names what it is for (``"dispute:12"``): the same cause never warns twice, the first warning is returned.
    """
    if kind not in WARNED_FOR:
        raise RuleError(_("Choose one of the four grounds of a warning"), rule="COND-01")
    made = Measure(office=office, person=person, kind=MeasureKind.WARNING, fault=kind, words=reason, cause=cause)
    made.allowed = policy.of(office).warnings_allowed
    given = _give(made, by=by, now=now)
    if given is made:
        _settle(given, by=by, now=now)
    return given


@transaction.atomic
def fine(person: User, *, office: Office, kind: str, reason: str, by: User, now: datetime, cause: str = "") -> Measure:
    """Fine ``person`` for ``kind``, with the reason in words (000/41.2); the policy says how much."""
    if kind not in FINED_FOR:
        raise RuleError(_("Choose one of the three grounds of a fine"), rule="COND-02")
    made = Measure(office=office, person=person, kind=MeasureKind.FINE, fault=kind, words=reason, cause=cause)
    made.amount, made.points = _price(office)
    return _give(made, by=by, now=now)


def _price(office: Office) -> tuple[int, int]:
    """What a fine costs by the policy in force, in yuan and in points: one of them, by the office's choice."""
    rules = policy.of(office)
    return (0, rules.fine_points) if rules.points_only else (rules.fine_amount, 0)


def _give(made: Measure, *, by: User, now: datetime) -> Measure:
    """Give it, and tell the person; where its cause brought one before, that one instead."""
    office, person = made.office, made.person
    lock(person)
    earlier = Measure.objects.filter(office=office, cause=made.cause).first() if made.cause else None
    if earlier is not None:
        return earlier
    made.role = check_give(person, office=office, by=by)
    made.words = made.words.strip()[:LONGEST]
    made.at, made.month, made.given_by = now, month_of(now, office.timezone), by
    _save(made, by=by)
    _tell(made, made, now=now)
    return made


def lock(person: User) -> None:
    """One after the other where the measures of one person are concerned."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


def _save(measure: Measure, *, by: User | None) -> None:
    measure._history_user = by  # type: ignore[attr-defined]
    measure.save()


def _settle(warning: Measure, *, by: User, now: datetime) -> None:
    """Let the fine of the month follow from the warnings that stand: it comes, falls, or stands again (COND-02).

    It bears the time of the warning that was one too many. One that the manager withdrew stays withdrawn.
    """
    rests_on = _rests_on(warning)
    fine = _fine_of(warning)
    if fine.state == MeasureState.WITHDRAWN or not (fine.pk or rests_on):
        return
    was, at = fine.state, fine.at
    to = MeasureState.STANDING if rests_on else MeasureState.FALLEN
    if rests_on:
        fine.at = rests_on[-1].at
    if was != to:
        STATES.move(fine, to)
    if was != to == MeasureState.STANDING:
        fine.amount, fine.points = _price(fine.office)
    if (was, at) != (to, fine.at):
        _save(fine, by=by)
    if was != to:
        _tell(fine, warning, now=now)


def _rests_on(warning: Measure) -> tuple[Warned, ...]:
    """The standing warnings of that month on which a fine rests, if there is one."""
    one = {"person": warning.person, "office": warning.office, "month": warning.month}
    standing = Measure.objects.filter(**one, kind=MeasureKind.WARNING, state=MeasureState.STANDING)
    found = fines(Warned(one.at, one.pk, one.month, one.allowed or 0) for one in standing)
    return found.get(warning.month, ())


def _fine_of(warning: Measure) -> Measure:
    """The month's fine for too many warnings; a new one that does not stand yet where there was none."""
    one = {"person": warning.person, "office": warning.office, "month": warning.month, "fault": Fault.WARNINGS}
    fine = Measure.objects.filter(**one).first()
    return fine or Measure(**one, role=warning.role, kind=MeasureKind.FINE, state=MeasureState.FALLEN)


TOLD = {
    MeasureState.STANDING: gettext_lazy("{kind}: {fault}. You may object once"),
    MeasureState.FALLEN: gettext_lazy("Fallen: {kind}, {fault}, for a warning was withdrawn"),
    MeasureState.WITHDRAWN: gettext_lazy("Withdrawn: {kind}, {fault}. It counts no more"),
}


def _tell(measure: Measure, cause: Measure, *, now: datetime) -> None:
    """The person concerned learns at once what was given, fell or was withdrawn; ``cause``: by which measure."""
    words = {"kind": MeasureKind(measure.kind).label, "fault": Fault(measure.fault).label}
    text = format_lazy(TOLD[MeasureState(measure.state)], **words)
    key = f"measure:{measure.pk}:{measure.state}:{cause.pk}"
    notices.tell(measure.person, key=key, text=text, now=now, link=MINE)


@transaction.atomic
def acknowledge(measure: Measure, *, by: User, now: datetime) -> Measure:
    """The person concerned has seen it; that admits nothing. A second time changes nothing."""
    measure = locked(measure)
    check_own(measure, by=by)
    if measure.acknowledged_at is None:
        measure.acknowledged_at = now
        _save(measure, by=by)
    return measure


def locked(measure: Measure) -> Measure:
    """The measure as it stands, with nobody else changing those of its person meanwhile."""
    lock(measure.person)
    return Measure.objects.select_related("person", "office").get(pk=measure.pk)


def check_own(measure: Measure, *, by: User) -> None:
    """Only the person concerned answers a measure (COND-03)."""
    if measure.person_id != by.pk:
        raise RuleError(_("Only the person concerned answers a warning or a fine"), rule="COND-03")


def check_withdraw(measure: Measure, *, by: User) -> None:
    """Whether ``by`` decides about this measure, and it stands (COND-03)."""
    check_decide(measure.person, role=measure.role, office=measure.office, by=by)
    STATES.check(measure, MeasureState.WITHDRAWN)
    if Objection.objects.filter(measure=measure, state=Answer.UPHELD).exists():
        raise RuleError(_("The objection was decided: the measure stands"), rule="COND-03")


@transaction.atomic
def withdraw(measure: Measure, *, by: User, reason: str, now: datetime) -> Measure:
    """The manager withdraws a measure, objected to or not: it counts no more, and a fine that rested on it falls."""
    measure = locked(measure)
    check_withdraw(measure, by=by)
    if not reason.strip():
        raise RuleError(_("Say why it is withdrawn: the person concerned reads it"), rule="COND-03")
    STATES.move(measure, MeasureState.WITHDRAWN)
    measure.withdrawn_at, measure.withdrawn_by, measure.withdrawal = now, by, reason.strip()[:LONGEST]
    _save(measure, by=by)
    objection = Objection.objects.filter(measure=measure, state=Answer.OPEN).first()
    if objection is not None:
        objection.state, objection.decision = Answer.WITHDRAWN, measure.withdrawal
        objection.decided_at, objection.decided_by = now, by
        objection.save()
    _tell(measure, measure, now=now)
    if measure.kind == MeasureKind.WARNING:
        _settle(measure, by=by, now=now)
    return measure

"""Lines completed and corrected after the fact, and those left incomplete (REG-04, REG-08, REG-09)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.dates import day_bounds, midnight
from common.errors import RuleError
from staff import notices
from staff.models import Office, User

from . import conduct, keys, registers, reps
from .models import Customer, Person, RegisterCorrection, RegisterLine, SearchToken
from .models.register import CorrectionKind

LOOK_BACK = timedelta(days=3)


def effective(line: RegisterLine, entries: Iterable[RegisterCorrection]) -> dict[str, Any]:
    """What a line says with its later ``entries`` laid over it, in order; empty after erasure."""
    said = registers.details_of(line)
    for entry in entries:
        said |= registers.details_of(entry)
    return {field: text for field, text in said.items() if field != "r"}


def with_entries(lines: QuerySet[RegisterLine]) -> QuerySet[RegisterLine]:
    """The lines with what it takes to open them and their later entries."""
    return lines.select_related("customer__key", "receiver", "recorded_by").prefetch_related("corrections")


def lacking(line: RegisterLine) -> list[str]:
    """Which of name and phone a line still lacks, with everything added since; nothing after erasure (REG-08)."""
    if line.customer.data_key is None:
        return []
    entries = list(line.corrections.all())
    for entry in entries:
        entry.customer = line.customer
    return registers.missing(effective(line, entries))


def open_lines(office: Office, *, since: date, today: date) -> list[tuple[RegisterLine, list[str]]]:
    """The lines of the days from ``since`` to before the end of ``today`` that still lack something, and what."""
    first, last = midnight(since, office.timezone), day_bounds(today, office.timezone)[1]
    lines = RegisterLine.objects.filter(office=office, at__gte=first, at__lt=last).order_by("number")
    found = ((line, lacking(line)) for line in with_entries(lines))
    return [(line, missing) for line, missing in found if missing]


def put_before_supervisors(*, now: datetime, office: Office | None = None) -> int:
    """End of the day: each line still incomplete goes before the supervisors, once; how many notices (REG-08)."""
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(_put(one, now=now) for one in offices)


def _put(office: Office, *, now: datetime) -> int:
    today = office.today(now)
    left = open_lines(office, since=today - LOOK_BACK, today=today - timedelta(days=1))
    people = list(reps.supervisors(office, today)) if left else []
    conduct.propose_lines(office, [line for line, _missing in left], now=now)
    words = _("Line no. {number} was not completed on its day ({person})")
    return sum(
        notices.tell_many(
            people,
            key=f"incomplete:{line.pk}",
            text=format_lazy(words, number=line.number, person=str(line.receiver or line.recorded_by or "—")),
            now=now,
            link=f"/register/{line.number}/",
        )
        for line, _missing in left
    )


@transaction.atomic
def amend(
    line: RegisterLine, *, by: User, now: datetime, kind: str, reason: str = "", **changed: str
) -> RegisterCorrection:
    """Add to a line what was left out, was wrong, or what the reception was (REG-04, REG-08, REG-09).

    The customer's record follows: the person whom the line speaks of gets the new name or number and is found by it.
    """
    completing = kind != CorrectionKind.CORRECTION
    registers.check_correct(line, by=by, today=line.office.today(now), completing=completing)
    before = effective(line, line.corrections.select_related("customer__key"))
    if kind == CorrectionKind.COMPLETION:
        _refuse_overwriting(before, changed)
    entry = registers.correct(line, by=by, now=now, reason=reason, kind=kind, **changed)
    after = before | registers.details_of(entry)
    _follow(line, before, after, by=by, now=now)
    return entry


def _refuse_overwriting(before: Mapping[str, str], changed: Mapping[str, str]) -> None:
    """Completing adds what is missing; what stands there already is changed by a correction with its reason."""
    if any(before.get(field) and text.strip() for field, text in changed.items()):
        raise RuleError(gettext("The line says this already: have it corrected, with a reason"), rule="REG-04")


def _follow(
    line: RegisterLine, before: Mapping[str, str], after: Mapping[str, str], *, by: User, now: datetime
) -> None:
    """Carry a changed name or number into the record of the person whom the line speaks of."""
    was = (before.get("name", ""), before.get("phone", ""))
    name, phone = after.get("name", ""), after.get("phone", "")
    person = _person_of(line.customer, *was)
    if was == (name, phone) or person is None:
        return
    if phone != was[1] and (other := _other_holder(line, phone)):
        _tell_double(line, other, now=now)
        phone = was[1]
    person.name, person.phone = name, phone
    person._history_user = by  # type: ignore[attr-defined]
    person.save(update_fields=["name_sealed", "phone_sealed"])
    _change_tokens(person, keys.tokens(name=was[0], phone=was[1]), keys.tokens(name=name, phone=phone))


def _person_of(customer: Customer, name: str, phone: str) -> Person | None:
    """The person of the customer who has this number, or without a number this name."""
    people = list(customer.people.order_by("pk"))
    for person in people:
        person.customer = customer
    return next((person for person in people if (person.name, person.phone) == (name, phone)), None)


def _other_holder(line: RegisterLine, phone: str) -> Customer | None:
    """Another customer of the office who has the number already."""
    token = SearchToken.objects.filter(office=line.office, kind="phone", digest=keys.phone_digest(phone))
    found = token.exclude(customer=line.customer).select_related("customer").first()
    return found.customer if found else None


def _tell_double(line: RegisterLine, other: Customer, *, now: datetime) -> None:
    """Two customers with one number: nobody but the supervisors learns of it, and they join or correct (OWN-01)."""
    words = _("Line no. {number} names a phone number that customer no. {other} has already: look whether they are one")
    notices.tell_many(
        reps.supervisors(line.office, line.office.today(now)),
        key=f"double:{line.pk}:{other.pk}",
        text=format_lazy(words, number=line.number, other=other.number),
        now=now,
        link=f"/register/{line.number}/",
    )


def _change_tokens(person: Person, old: set[keys.Token], new: set[keys.Token]) -> None:
    """The digests of what the person was called go, unless somebody else of the customer has them too."""
    customer = person.customer
    kept = set(new)
    for one in customer.people.exclude(pk=person.pk):
        one.customer = customer
        kept |= keys.tokens(name=one.name, phone=one.phone)
    for kind, digest in old - kept:
        customer.tokens.filter(kind=kind, digest=digest).delete()
    keys.add_tokens(customer, new, known=True)

"""Warnings and fines as they stood at a month's end (COND-02, COND-05)."""

from __future__ import annotations

from collections import Counter, defaultdict

from staff.fourth_warning import Warned, fines
from staff.models import Measure, MeasureKind
from staff.models.conduct import Fault

from .events import Span
from .parts import Conduct


def stood(over: Span, *kinds: MeasureKind) -> list[Measure]:
    """Those of the month that nobody had withdrawn; a fine for too many warnings where they were too many then."""
    rows = Measure.objects.filter(office=over.office, month=over.first, at__lt=over.ends).order_by("pk")
    kept = list(rows.exclude(withdrawn_at__lt=over.ends))
    warned: dict[int, list[Warned]] = defaultdict(list)
    for row in kept:
        if row.kind == MeasureKind.WARNING:
            warned[row.person_id].append(Warned(row.at, row.pk, row.month, row.allowed or 0))
    fined = {person for person, given in warned.items() if fines(given).get(over.first)}
    return [row for row in kept if row.kind in kinds and (row.fault != Fault.WARNINGS or row.person_id in fined)]


def conduct(over: Span) -> list[Conduct]:
    """Each person's warnings and fines."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for row in stood(over, MeasureKind.WARNING, MeasureKind.FINE):
        if row.kind == MeasureKind.WARNING:
            found[row.person_id]["warnings"] += 1
        else:
            found[row.person_id].update(fines=1, amount=row.amount)
    return [Conduct(who, row["warnings"], row["fines"], row["amount"]) for who, row in sorted(found.items())]

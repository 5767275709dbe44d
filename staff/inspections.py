"""Inspections 检查评比: a random sample of a person's records, scored, and the month's ranking (COND-04, 000/42)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

from . import judging, measures, notices
from .models import Inspection, InspectionItem, Office, User
from .models.inspections import BEST
from .sampling import draw

MOST = 50
ASPECTS = ("completeness", "truth", "timeliness")


@dataclass(frozen=True, slots=True)
class Found:
    """A record that may be drawn: reference, kind, number of the line or customer, where it can be looked at."""

    ref: str
    kind: str
    number: int
    link: str


@dataclass(frozen=True, slots=True)
class Score:
    """What a record is worth, each from 0 to 5, with a remark."""

    completeness: int
    truth: int
    timeliness: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A person's place of the month: how many records were scored, and the share of the best possible in per cent."""

    place: int
    person: User
    records: int
    share: float


@transaction.atomic
def begin(
    person: User, *, office: Office, month: date, records: Sequence[Found], size: int, by: User, now: datetime
) -> Inspection:
    """Draw a sample of ``size`` from ``records``. One at a time: who does not like a draw cannot draw again."""
    measures.lock(person)
    role = measures.check_give(person, office=office, by=by)
    if Inspection.objects.filter(person=person, scored_at__isnull=True).exists():
        raise RuleError(
            _("A sample of %(person)s waits for its scores: score it first") % {"person": person}, rule="COND-04"
        )
    if not records:
        raise RuleError(
            _("%(person)s wrote nothing in this month that could be inspected") % {"person": person}, rule="COND-04"
        )
    if not 1 <= size <= MOST:
        raise RuleError(_("Draw from 1 to %(most)s records") % {"most": MOST}, rule="COND-04")
    by_ref = {one.ref: one for one in records}
    refs, seed = sorted(by_ref), secrets.token_hex(16)
    found = Inspection.objects.create(
        office=office, person=person, role=role, month=month, seed=seed, population="\n".join(refs), at=now, by=by
    )
    chosen = [by_ref[ref] for ref in draw(refs, seed=seed, size=size)]
    InspectionItem.objects.bulk_create(
        InspectionItem(inspection=found, ref=one.ref, kind=one.kind, number=one.number, link=one.link) for one in chosen
    )
    return found


def drawn_again(inspection: Inspection) -> list[str]:
    """The sample that seed and population give: the references of the items, unless somebody changed them."""
    size = inspection.items.count()
    return draw(inspection.population.splitlines(), seed=inspection.seed, size=size)


def check_score(inspection: Inspection, *, by: User) -> None:
    """Whether ``by`` may score this sample, and nobody has (COND-04)."""
    judging.check_judge(inspection.person, role=inspection.role, office=inspection.office, by=by)
    if inspection.scored_at is not None:
        raise RuleError(_("This sample was scored already"), rule="COND-04")


@transaction.atomic
def score(inspection: Inspection, scores: Mapping[int, Score], *, by: User, now: datetime) -> Inspection:
    """Score every record of the sample, once; the person concerned is told."""
    rows = Inspection.objects.select_for_update(of=("self",)).select_related("person", "office")
    inspection = rows.get(pk=inspection.pk)
    check_score(inspection, by=by)
    items = list(inspection.items.all())
    if {item.pk for item in items} != set(scores):
        raise RuleError(_("Score every record of the sample"), rule="COND-04")
    for item in items:
        _apply(item, scores[item.pk])
    InspectionItem.objects.bulk_update(items, [*ASPECTS, "words"])
    inspection.scored_at, inspection.scored_by = now, by
    inspection.save(update_fields=["scored_at", "scored_by"])
    text = format_lazy(gettext_lazy("Your records of {month} were inspected"), month=f"{inspection.month:%Y-%m}")
    notices.tell(inspection.person, key=f"inspection:{inspection.pk}", text=text, now=now, link=measures.MINE)
    return inspection


def _apply(item: InspectionItem, given: Score) -> None:
    for aspect in ASPECTS:
        points = getattr(given, aspect)
        if not 0 <= points <= BEST:
            raise RuleError(_("Scores run from 0 to %(best)s") % {"best": BEST}, rule="COND-04")
        setattr(item, aspect, points)
    item.words = given.words.strip()[: measures.LONGEST]


def ranking(office: Office, month: date) -> list[Place]:
    """Everybody whose records of the month were scored, the best share first; equal shares share a place."""
    items = InspectionItem.objects.filter(
        inspection__office=office, inspection__month=month, inspection__scored_at__isnull=False
    )
    points = Sum(F("completeness") + F("truth") + F("timeliness"))
    sums = items.order_by().values_list("inspection__person").annotate(points=points, records=Count("pk"))
    people = User.objects.in_bulk([who for who, _points, _records in sums])
    rows = [(share(points, records), people[who], records) for who, points, records in sums]
    rows.sort(key=lambda row: (-row[0], row[1].name, row[1].pk))
    shares = [row[0] for row in rows]
    return [Place(shares.index(worth) + 1, person, records, worth) for worth, person, records in rows]


def share(points: int, records: int) -> float:
    """The points reached of those possible, in per cent to one decimal."""
    return round(100 * points / (records * len(ASPECTS) * BEST), 1)

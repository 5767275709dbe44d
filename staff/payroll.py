"""The month's sheet of warnings, fines and rewards by person, as it is and as it was taken out (COND-05)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from common.dates import next_month
from common.errors import RuleError

from .models import (
    AccessLog,
    Answer,
    Measure,
    MeasureKind,
    MeasureState,
    Objection,
    Office,
    PaySheet,
    Posting,
    Reward,
    User,
)
from .models.log import Look


@dataclass(frozen=True, slots=True)
class Row:
    """One person's month. Only what stands counts; ``open`` are objections that nobody has decided yet."""

    person: int
    name: str
    number: int | None
    role: str
    warnings: int = 0
    fines: int = 0
    fined: int = 0
    fine_points: int = 0
    rewards: int = 0
    rewarded: int = 0
    reward_points: int = 0
    open: int = 0

    @property
    def net(self) -> int:
        """Rewards less fines in yuan."""
        return self.rewarded - self.fined

    @property
    def net_points(self) -> int:
        """Rewards less fines in points."""
        return self.reward_points - self.fine_points


COUNTS = tuple(field.name for field in fields(Row))[4:]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that has changed since a sheet was taken out."""

    name: str
    figure: str
    was: int
    now: int


def rows(office: Office, month: date) -> list[Row]:
    """Everybody who held a post in the office in that month, by staff number, with what stands now."""
    counts: dict[int, dict[str, int]] = {}
    measures = Measure.objects.filter(office=office, month=month, state=MeasureState.STANDING)
    for who, kind, amount, points, objection in measures.values_list(
        "person", "kind", "amount", "points", "objection__state"
    ):
        mine = counts.setdefault(who, dict.fromkeys(COUNTS, 0))
        mine["warnings" if kind == MeasureKind.WARNING else "fines"] += 1
        mine["fined"] += amount
        mine["fine_points"] += points
        mine["open"] += objection == Answer.OPEN
    for who, amount, points in _rewards(office, month).values_list("person", "amount", "points"):
        mine = counts.setdefault(who, dict.fromkeys(COUNTS, 0))
        mine["rewards"] += 1
        mine["rewarded"] += amount
        mine["reward_points"] += points
    return [
        Row(one.user_id, str(one.user), one.number, one.role, **counts.get(one.user_id, {}))
        for one in _posted(office, month, set(counts))
    ]


def _rewards(office: Office, month: date) -> QuerySet[Reward]:
    return Reward.objects.filter(office=office, month=month, revoked_at__isnull=True)


def _posted(office: Office, month: date, others: set[int]) -> list[Posting]:
    """The last posting in that month of everybody who held one, or of whom something is on record."""
    last = next_month(month) - timedelta(days=1)
    held = Q(since__lte=last) & (Q(until__isnull=True) | Q(until__gte=month))
    found = Posting.objects.filter(held | Q(user__in=others), office=office).select_related("user")
    latest = {one.user_id: one for one in found.order_by("since", "pk")}
    return sorted(latest.values(), key=lambda one: (one.number is None, one.number or 0, str(one.user), one.pk))


def check_take(office: Office, month: date, *, today: date) -> None:
    """A sheet is of a month that has begun."""
    if month > today:
        raise RuleError(_("This month has not begun: choose an earlier one"), rule="COND-05")


@transaction.atomic
def take(office: Office, month: date, *, by: User, now: datetime) -> PaySheet:
    """Take the sheet out: what is true now is kept under the next number and never changes; logged (COND-05, REP-07)."""
    check_take(office, month, today=office.today(now))
    Office.objects.select_for_update(of=("self",), no_key=True).get(pk=office.pk)
    earlier = PaySheet.objects.filter(office=office, month=month).aggregate(last=Max("number"))["last"] or 0
    content = {"rows": [asdict(row) for row in rows(office, month)], "entries": _entries(office, month)}
    sheet = PaySheet.objects.create(office=office, month=month, number=earlier + 1, at=now, by=by, content=content)
    AccessLog.objects.create(office=office, user=by, action=Look.EXPORTED, subject=f"pay_sheet:{sheet.pk}", at=now)
    return sheet


def _entries(office: Office, month: date) -> list[dict[str, Any]]:
    """What is on record of the month, line by line: also what was withdrawn, fell or was taken back."""
    objections = dict(
        Objection.objects.filter(measure__office=office, measure__month=month).values_list("measure", "state")
    )
    found = [
        {
            **{"person": str(one.person), "at": one.at.isoformat(), "kind": one.kind, "fault": one.fault},
            **{"words": one.words, "amount": -one.amount, "points": -one.points, "state": one.state},
            "objection": objections.get(one.pk, ""),
        }
        for one in Measure.objects.filter(office=office, month=month).select_related("person")
    ]
    found += [
        {
            **{"person": str(one.person), "at": one.at.isoformat(), "kind": "reward", "fault": ""},
            **{"words": one.words, "amount": one.amount, "points": one.points, "objection": ""},
            "state": MeasureState.STANDING if one.revoked_at is None else MeasureState.WITHDRAWN,
        }
        for one in Reward.objects.filter(office=office, month=month).select_related("person")
    ]
    return sorted(found, key=lambda one: (one["at"], one["person"], one["kind"]))


def taken(sheet: PaySheet) -> list[Row]:
    """The rows as they were when the sheet was taken out."""
    return [Row(**row) for row in sheet.content["rows"]]


def changes(before: list[Row], after: list[Row]) -> list[Change]:
    """What has changed between two states of a month, person by person."""
    then, now = {row.person: row for row in before}, {row.person: row for row in after}
    found = []
    for who in dict.fromkeys([*now, *then]):
        old, new = then.get(who), now.get(who)
        shown = new or old
        assert shown is not None
        for figure in COUNTS:
            was, become = getattr(old, figure, 0), getattr(new, figure, 0)
            if was != become:
                found.append(Change(shown.name, figure, was, become))
    return found

"""The lines behind each figure: the same rows that the figure counts (REP-06)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.dates import day_bounds
from customers.models import Episode, FollowUp, LineKind

from . import events
from .events import Span

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Behind:
    """A figure: its heading, its rows, the time of a row, and whose row it is."""

    title: Promise
    rows: Callable[[Span], Rows]
    at: str = "at"
    rep: str = "owner"
    source: bool = True


def _kind(kind: LineKind) -> Callable[[Span], Rows]:
    return lambda over: events.lines(over.office).filter(over.at("at"), kind=kind)


def _first(first: bool) -> Callable[[Span], Rows]:
    return lambda over: events.lines(over.office).filter(over.at("at"), first=first)


def _new(over: Span) -> Rows:
    return events.openings(over.office).filter(over.at("at"))


def _follow_ups(over: Span) -> QuerySet[FollowUp]:
    return events.contacts_in(over, closed=True)


def _defeats(over: Span) -> Rows:
    return events.defeats(over.office).filter(over.at("decided_at"))


def _deals(over: Span) -> Rows:
    from sales.models import Deal

    counted = {
        e.deal for e in events.signings(over.office) if e.signed and e.counts and over.begins <= e.at < over.ends
    }
    return Deal.objects.filter(pk__in=counted)


def _lapsed(over: Span) -> QuerySet[Episode]:
    rows = events.lapsed_episodes(over.office, over.end)
    late = {pk: known for pk, _by_records, known in events.late_lapses(over.office, rows)}
    day = timedelta(days=1)
    here = rows.filter(valid_until__gte=over.first - day, valid_until__lt=over.end - day).exclude(pk__in=late)
    found = {pk for pk, known in late.items() if over.first <= known < over.end}
    return rows.filter(pk__in=[*here.values_list("pk", flat=True), *found])


FIGURES: dict[str, Behind] = {
    "visits": Behind(_("Visits"), _kind(LineKind.VISIT), rep="receiver"),
    "calls": Behind(_("Calls"), _kind(LineKind.CALL)),
    "web": Behind(_("Web leads"), _kind(LineKind.WEB)),
    "first": Behind(_("First contacts"), _first(True)),
    "repeat": Behind(_("Repeat contacts"), _first(False)),
    "new": Behind(_("New registrations"), _new),
    "deals": Behind(_("Deals"), _deals, at="contracted_at", rep="rep"),
    "defeats": Behind(_("Defeats"), _defeats, at="decided_at", rep="rep"),
    "lapsed": Behind(_("Lapsed"), _lapsed, at="since"),
    "follow_ups": Behind(_("Follow-ups"), _follow_ups, rep="author"),
}


def behind(over: Span, figure: str, *, rep: int | None, source: str, day: date | None, ground: str) -> Rows:
    """The rows of one figure, with the customer's number, those asked for alone, newest first."""
    what = FIGURES[figure]
    rows = what.rows(over)
    if rep is not None:
        rows = rows.filter(**{what.rep: rep})
    if source:
        own = figure in ("visits", "calls", "web", "first", "repeat", "new")
        rows = (
            rows.filter(source=source)
            if own
            else rows.annotate(source=events.source_then(what.at)).filter(source=source)
        )
    if day is not None:
        begins, ends = day_bounds(day, over.office.timezone)
        rows = rows.filter(**{f"{what.at}__gte": begins, f"{what.at}__lt": ends})
    if ground and figure == "defeats":
        rows = rows.filter(ground=ground)
    named = rows.annotate(on=F(what.at), no=F("customer__number"), rep_name=F(f"{what.rep}__name"))
    return named.order_by("-pk")

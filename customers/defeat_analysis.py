"""Defeats counted by reason, rival, price, level reached, days held and rep (LOST-05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from .models import Ground

MOST_RIVALS = 20


@dataclass(frozen=True)
class Bands:
    """A column cut into bands by ``edges``: below the first, from each to the next, from the last on."""

    name: str
    column: str
    edges: tuple[int, ...]

    def bands(self) -> list[str]:
        """The bands by their lower edge, as an address names them."""
        return ["0", *(str(edge) for edge in self.edges)]

    def label(self, key: str) -> str:
        """``8,000～9,999``; the last band has no end."""
        low, at = int(key), self.bands().index(key)
        return f"{low:,}～{self.edges[at] - 1:,}" if at < len(self.edges) else f"{low:,}～"

    def choices(self) -> list[tuple[str, str]]:
        """For a filter."""
        return [(key, self.label(key)) for key in self.bands()]

    def q(self, key: str) -> Q:
        """The rows of one band."""
        at = self.bands().index(key)
        found = Q(**{f"{self.column}__gte": int(key)})
        return found & Q(**{f"{self.column}__lt": self.edges[at]}) if at < len(self.edges) else found


PRICES = Bands("price", "price", (8_000, 10_000, 12_000, 15_000, 20_000))
HELD = Bands("held", "days_held", (8, 31, 91, 181, 366))


@dataclass(frozen=True, slots=True)
class Figure:
    """How many defeats share something, their share in percent, and the address of the lines behind it."""

    label: str
    count: int
    share: int
    query: str


@dataclass(frozen=True, slots=True)
class Table:
    """One way to look at the defeats."""

    title: str
    figures: list[Figure]


def tables(requests: QuerySet, asked: dict[str, Any]) -> list[Table]:
    """All six tables of ``requests``; ``asked``: the filters in force, which each figure's address keeps."""
    total = requests.count()
    return [
        Table(_("By reason"), _grouped(requests, "ground", "ground", asked, total, dict(Ground.choices))),
        Table(_("By project that won"), _grouped(requests.exclude(lost_to=""), "lost_to", "rival", asked, total)),
        Table(_("By its price (yuan per ㎡)"), _banded(requests, PRICES, asked, total)),
        Table(_("By level reached"), _grouped(requests, "level", "level", asked, total)),
        Table(_("By days held"), _banded(requests, HELD, asked, total)),
        Table(_("By rep"), _by_rep(requests, asked, total)),
    ]


def _figure(label: str, count: int, total: int, asked: dict[str, Any], **more: Any) -> Figure:
    return Figure(label, count, round(100 * count / total) if total else 0, urlencode({**asked, **more}))


def _grouped(
    requests: QuerySet, column: str, name: str, asked: dict[str, Any], total: int, words: dict[Any, Any] | None = None
) -> list[Figure]:
    rows = requests.order_by().values(column).annotate(n=Count("pk")).order_by("-n", column)[:MOST_RIVALS]
    return [
        _figure(str((words or {}).get(row[column], row[column] or "—")), row["n"], total, asked, **{name: row[column]})
        for row in rows
    ]


def _banded(requests: QuerySet, bands: Bands, asked: dict[str, Any], total: int) -> list[Figure]:
    counts = requests.aggregate(**{f"n{key}": Count("pk", filter=bands.q(key)) for key in bands.bands()})
    return [
        _figure(bands.label(key), counts[f"n{key}"], total, asked, **{bands.name: key})
        for key in bands.bands()
        if counts[f"n{key}"]
    ]


def _by_rep(requests: QuerySet, asked: dict[str, Any], total: int) -> list[Figure]:
    rows = requests.order_by().values("rep_id", "rep__name").annotate(n=Count("pk")).order_by("-n", "rep__name")
    return [_figure(row["rep__name"], row["n"], total, asked, rep=row["rep_id"]) for row in rows]

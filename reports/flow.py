"""The months of an office as flows: who came, who went, what was done, by source and by rep (REP-04).

Open at the start, plus new, less deals, defeats and lapses, plus reopened, is open at the end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet

from common.dates import first_of_month
from customers.models import Basis, Episode, LineKind

from . import events
from .events import Opened, Span

KINDS = {LineKind.VISIT: "visits", LineKind.CALL: "calls", LineKind.WEB: "web"}


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one source or one rep in a month."""

    visits: int = 0
    new: int = 0
    deals: int = 0
    deal_amount: Decimal = Decimal("0.00")
    defeats: int = 0
    follow_ups: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """One month. ``by_rep`` is keyed by the id of the person."""

    visits: int
    calls: int
    web: int
    first: int
    repeat: int
    open_start: int
    new: int
    deals: int
    deal_amount: Decimal
    defeats: int
    lapsed: int
    reopened: int
    open_end: int
    follow_ups: int
    customers_followed: int
    by_source: dict[str, Part]
    by_rep: dict[int, Part]

    @property
    def conversion(self) -> float | None:
        """Deals per new registration of the same month, to four places; None where nobody was new."""
        return round(self.deals / self.new, 4) if self.new else None


@dataclass
class _Tally:
    """The counts of one month while they are gathered. A part is there as soon as something touches it."""

    counts: Counter[str] = field(default_factory=Counter)
    amount: Decimal = Decimal("0.00")
    parts: dict[tuple[str, str | int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    amounts: dict[tuple[str, str | int], Decimal] = field(default_factory=lambda: defaultdict(lambda: Decimal("0.00")))

    def part(self, figure: str, count: int, *, source: str | None = None, rep: int | None = None) -> None:
        """Add to the parts of a source and of a rep."""
        for key in (("source", source), ("rep", rep)):
            if key[1] is not None:
                self.parts[key][figure] += count  # type: ignore[index]

    def sold(self, price: Decimal, *, source: str, rep: int) -> None:
        """Add an amount, to the whole and to the parts."""
        self.amount += price
        self.amounts["source", source] += price
        self.amounts["rep", rep] += price

    def frozen(self, sort: str) -> dict[str | int, Part]:
        """The parts of one sort, in a fixed order."""
        keys = sorted((key for key in self.parts if key[0] == sort), key=lambda key: key[1])
        return {key[1]: Part(**self.parts[key], deal_amount=self.amounts[key]) for key in keys}


def flows(over: Span, *, today: date, closed: bool = True, parts: bool = True) -> dict[date, Flow]:
    """The months of ``over`` by their first days; ``today`` decides what has lapsed, ``closed`` what was known when.

    Without ``parts`` contacts are counted as a whole alone, which is much quicker over a year.
    """
    tallies = {month: _Tally() for month in over.months()}
    openings = events.openings(over.office)
    _lines(over, tallies)
    _new(over, tallies, openings)
    _follow_ups(over, tallies, closed, parts)
    gone = Counter({"new": openings.filter(at__lt=over.begins).count()})
    opened = Opened()
    _lapses(over, tallies, gone, today, closed)
    _defeats(over, tallies, gone, opened)
    _deals(over, tallies, gone, opened)
    carried = gone["new"] + gone["reopened"] - gone["deals"] - gone["defeats"] - gone["lapsed"]
    found: dict[date, Flow] = {}
    for month, tally in tallies.items():
        found[month] = _flow(tally, carried)
        carried = found[month].open_end
    return found


def _flow(tally: _Tally, open_start: int) -> Flow:
    names = ("visits", "calls", "web", "first", "repeat", "new", "deals", "defeats", "lapsed", "reopened")
    counts = {name: tally.counts[name] for name in (*names, "follow_ups", "customers_followed")}
    left = counts["deals"] + counts["defeats"] + counts["lapsed"]
    return Flow(
        **counts,
        open_start=open_start,
        open_end=open_start + counts["new"] + counts["reopened"] - left,
        deal_amount=tally.amount,
        by_source=tally.frozen("source"),  # type: ignore[arg-type]
        by_rep=tally.frozen("rep"),  # type: ignore[arg-type]
    )


def _lines(over: Span, tallies: dict[date, _Tally]) -> None:
    """Visits, calls and leads by the register."""
    rows = events.lines(over.office).filter(over.at("at")).annotate(month=events.month_in("at", over.office)).order_by()
    grouped = rows.values_list("month", "kind", "first", "source", "receiver").annotate(n=Count("pk"))
    for month, kind, first, source, receiver, n in grouped:
        tally, visits = tallies[month], n if kind == LineKind.VISIT else 0
        tally.counts[KINDS[LineKind(kind)]] += n
        tally.counts["first" if first else "repeat"] += n
        tally.part("visits", visits, source=source, rep=receiver if visits else None)


def _new(over: Span, tallies: dict[date, _Tally], openings: QuerySet) -> None:
    """New by the lines that open a registration."""
    fresh = openings.filter(over.at("at")).annotate(month=events.month_in("at", over.office))
    for month, source, owner, n in fresh.order_by().values_list("month", "source", "owner").annotate(n=Count("pk")):
        tallies[month].counts["new"] += n
        tallies[month].part("new", n, source=source, rep=owner)


def _follow_ups(over: Span, tallies: dict[date, _Tally], closed: bool, parts: bool) -> None:
    """Contacts recorded by staff; how many customers they reached."""
    rows = events.contacts_in(over, closed=closed).order_by()
    if not parts:
        for month, n in rows.values_list("month").annotate(n=Count("pk")):
            tallies[month].counts["follow_ups"] += n
        return
    grouped = rows.annotate(source=events.source_then("at")).values_list("month", "source", "author")
    for month, source, author, n in grouped.annotate(n=Count("pk")):
        tallies[month].counts["follow_ups"] += n
        tallies[month].part("follow_ups", n, source=source, rep=author)
    for month, n in rows.values_list("month").annotate(n=Count("customer", distinct=True)):
        tallies[month].counts["customers_followed"] = n


def _lapses(over: Span, tallies: dict[date, _Tally], gone: Counter[str], today: date, closed: bool) -> None:
    """Lapses by the day on which they took effect; customers given out from the pool are open again."""
    for day, n in events.lapses(over.office, today=today, closed=closed).items():
        _count(over, tallies, gone, first_of_month(day), "lapsed", n)
    again = Episode.objects.filter(customer__office=over.office, basis=Basis.POOL, since__lt=over.ends)
    for (since,) in again.order_by().values_list("since"):
        _count(over, tallies, gone, events.month_of(since, over.office), "reopened", 1)


def _count(over: Span, tallies: dict[date, _Tally], gone: Counter[str], month: date, figure: str, n: int) -> bool:
    """Add to the month, or to what went before; whether the month belongs to the span."""
    if month < over.first:
        gone[figure] += n
    elif month < over.end:
        tallies[month].counts[figure] += n
    return over.holds(month)


def _defeats(over: Span, tallies: dict[date, _Tally], gone: Counter[str], opened: Opened) -> None:
    """Defeats by the day of approval."""
    rows = events.defeats(over.office).filter(decided_at__lt=over.ends)
    gone["defeats"] = rows.filter(decided_at__lt=over.begins).count()
    happened = list(rows.filter(decided_at__gte=over.begins).values_list("month", "customer", "rep", "decided_at"))
    opened.read(customer for _month, customer, *_rest in happened)
    for month, customer, rep, at in happened:
        assert at is not None
        tallies[month].counts["defeats"] += 1
        tallies[month].part("defeats", 1, source=opened.source(customer, at), rep=rep)


def _deals(over: Span, tallies: dict[date, _Tally], gone: Counter[str], opened: Opened) -> None:
    """Contracts by the day of signing: each amount counts, each customer once while a deal of theirs stands."""
    happened = [event for event in events.signings(over.office) if event.at < over.ends]
    opened.read(event.customer for event in happened if event.signed and event.at >= over.begins)
    for event in happened:
        month = events.month_of(event.at, over.office)
        figure = "deals" if event.signed else "reopened"
        if _count(over, tallies, gone, month, figure, int(event.counts)) and event.signed:
            source = opened.source(event.customer, event.at)
            tallies[month].part("deals", int(event.counts), source=source, rep=event.rep)
            tallies[month].sold(event.price, source=source, rep=event.rep)

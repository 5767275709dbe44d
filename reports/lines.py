"""The lines behind each figure: which records, whose each is, where it leads (REP-06)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.dates import day_bounds
from customers.models import LineKind
from customers.models.contacts import EFFECTIVE
from staff.models import MeasureKind

from . import events, rows
from .events import Span
from .rows import Asked, Maker, Rows
from .words import WORDS


@dataclass(frozen=True)
class Behind:
    """A figure: its heading, its rows, the time of a row, whose row it is.

    ``source``: where the row says so itself; else it is that of the registration in force at its time. ``parts``: the
    figures that it is the sum of, each with lines of its own. ``customer``: how a row names whom it is about, if it does.
    ``taken``: what the rows are asked for themselves. ``name``: where the name of whose it is stands, if not with ``rep``.
    """

    title: Promise
    rows: Maker | None = None
    at: str = "at"
    rep: str = "owner"
    source: bool = False
    parts: tuple[str, ...] = ()
    customer: str = "customer_id"
    taken: tuple[str, ...] = ()
    name: str = ""


def _line(name: str, made: Maker, rep: str = "owner") -> Behind:
    return Behind(WORDS[name][0], made, rep=rep, source=True)


def _contact(title: Promise, made: Maker) -> Behind:
    return Behind(title, made, rep="author")


def _deal(title: Promise, made: Maker, at: str = "contracted_at") -> Behind:
    return Behind(title, made, at=at, rep="rep")


def _customer(figure: str, made: Maker, name: str = "") -> Behind:
    return Behind(WORDS[figure][0], made, at="registered_at", customer="pk", taken=("rep", "level"), name=name)


GOOD = Q(reached=True, has_result=True)
FIGURES: dict[str, Behind] = {
    "arrivals": Behind(_("Visits, calls and web leads"), rows.lines(), rep="receiver", source=True),
    "visits": _line("visits", rows.lines(kind=LineKind.VISIT), "receiver"),
    "calls": _line("calls", rows.lines(kind=LineKind.CALL), "receiver"),
    "web": _line("web", rows.lines(kind=LineKind.WEB)),
    "first": _line("first", rows.lines(first=True)),
    "repeat": _line("repeat", rows.lines(first=False)),
    "new": _line("new", rows.new),
    "registered": Behind(_("Registrations"), rows.visits_registered, rep="receiver", source=True),
    "converted": _line("converted", rows.converted),
    "deals": _deal(WORDS["deals"][0], rows.signed),
    "contracts": _deal(_("Contracts signed"), rows.contracts),
    "deals_cancelled": _deal(WORDS["deals_cancelled"][0], rows.cancelled, "cancelled_at"),
    "defeats": Behind(WORDS["defeats"][0], rows.defeats, at="decided_at", rep="rep", taken=("ground",)),
    "lapsed": Behind(WORDS["lapsed"][0], rows.lapsed, at="since"),
    "reopened": Behind(WORDS["reopened"][0], parts=("from_pool", "undone")),
    "from_pool": Behind(_("Given out from the pool"), rows.from_pool, at="since"),
    "undone": _deal(_("Only deal cancelled"), rows.undone, "cancelled_at"),
    "follow_ups": _contact(WORDS["follow_ups"][0], rows.follow_ups()),
    "reached": _contact(WORDS["reached"][0], rows.follow_ups(Q(reached=True))),
    "effective": _contact(_("Effective"), rows.follow_ups(GOOD)),
    "rejected": _contact(_("Rejected"), rows.rejected),
    "contacts": _contact(_("Contacts"), rows.contacts()),
    "contacts_effective": _contact(_("Effective contacts"), rows.contacts(EFFECTIVE)),
    "contacts_rejected": _contact(WORDS["contacts_rejected"][0], rows.taken_back),
    "customers_followed": _customer("customers_followed", rows.customers_followed),
    "open_start": _customer("open_start", rows.open_then(at_end=False), "then"),
    "open_end": _customer("open_end", rows.open_then(at_end=True), "then"),
    "warnings": Behind(_("Warnings"), rows.measures(MeasureKind.WARNING), rep="person", customer=""),
    "fines": Behind(_("Fines"), rows.measures(MeasureKind.FINE), rep="person", customer=""),
}


def behind(over: Span, figure: str, asked: Asked) -> Rows:
    """The rows of one figure, those asked for alone, newest first: when, whose, about whom."""
    what = FIGURES[figure]
    assert what.rows is not None
    found = what.rows(over, asked)
    if asked.rep is not None and "rep" not in what.taken:
        found = found.filter(**({what.rep: asked.rep} if asked.rep else {f"{what.rep}__isnull": True}))
    if asked.source:
        found = found if what.source else found.annotate(source=events.source_then(what.at))
        found = found.filter(source=asked.source)
    if asked.day is not None:
        begins, ends = day_bounds(asked.day, over.office.timezone)
        found = found.filter(**{f"{what.at}__gte": begins, f"{what.at}__lt": ends})
    named = found.annotate(on=F(what.at), rep_name=F(what.name or f"{what.rep}__name"))
    return named.order_by("-pk")


def number(what: Behind) -> str:
    """How a row names the register number of its customer."""
    return "number" if what.customer == "pk" else "customer__number"

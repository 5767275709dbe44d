"""The figures of one local month of an office, as they were known at its end (REP-04, REP-05)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count

from common.dates import next_month
from customers.models import Level
from reception import fairness
from staff.models import Office

from . import conducted, discipline, events, gathering, standing
from .discipline import Discipline
from .events import Opened, Span, span
from .flow import Flow, flows
from .parts import Conduct, Corrections, DayOf, Levels, Person, Trend, Turns
from .standing import Open


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """Everything that the page and the workbook show of a month. No customer's name or number is in it."""

    office: str
    month: date
    timezone: str
    flow: Flow
    converted: int
    people: list[Person]
    days: list[DayOf]
    levels: list[Levels]
    defeats: dict[str, int]
    turns: list[Turns]
    discipline: list[Discipline]
    corrections: Corrections
    conduct: list[Conduct]
    trend: list[Trend]

    @property
    def cohort_rate(self) -> float | None:
        """Of those new in the month, the part that had signed by its end; None where nobody was new."""
        return round(self.converted / self.flow.new, 4) if self.flow.new else None

    def name(self, who: int) -> str:
        """A person's name as it was."""
        return next((person.name for person in self.people if person.who == who), "—")


def of_month(office: Office, month: date, *, now: datetime) -> MonthFigures:
    """The figures of the month that holds ``month``; of a running month what is known at ``now``."""
    over, today = span(office, month, month), office.today(now)
    signings = [event for event in events.signings(office) if event.at < over.ends]
    flow, opened = flows(over, today=today)[over.first], Opened()
    row = since(over)
    cohorts = gathering.converted(row, signings, opened)
    moment = min(over.ends, now + timedelta(microseconds=1))
    levels = _levels(standing.open_at(office, moment, signings=signings))
    turns = gathering.turns(fairness.of_period(office, over.first, over.last).shares)
    followed, judged = discipline.of_month(over), conducted.conduct(over)
    named = {one.who for one in (*levels[1:], *turns, *followed, *judged) if one.who is not None}
    return MonthFigures(
        office=office.name,
        month=over.first,
        timezone=office.timezone,
        flow=flow,
        converted=cohorts[over.first],
        people=gathering.people(over, named | flow.by_rep.keys()),
        days=gathering.days(over),
        levels=levels,
        defeats=_defeats(over),
        turns=turns,
        discipline=followed,
        corrections=_corrections(over, signings),
        conduct=judged,
        trend=gathering.trend(row, flows(row, today=today, parts=False), cohorts),
    )


def since(over: Span) -> Span:
    """The year that ends with the month, or what the office has had of it."""
    first = over.first.replace(year=over.first.year - 1)
    first = next_month(first)
    begun = events.began(over.office)
    if begun is not None:
        first = max(first, events.month_of(begun, over.office))
    return Span(over.office, min(first, over.first), over.end)


def _levels(customers: list[Open]) -> list[Levels]:
    """By level, for all and for each owner; customers without a level under an empty one."""
    counts: dict[int | None, Counter[str]] = {None: Counter()}
    for one in customers:
        counts[None][one.level] += 1
        if one.owner is not None:
            counts.setdefault(one.owner, Counter())[one.level] += 1
    order = [*Level.values, ""]
    return [
        Levels(who, {level: counts[who][level] for level in order})
        for who in sorted(counts, key=lambda who: (who is not None, who or 0))
    ]


def _defeats(over: Span) -> dict[str, int]:
    """Approved defeats by ground."""
    rows = events.defeats(over.office).filter(over.at("decided_at")).order_by()
    return dict(rows.values_list("ground").annotate(n=Count("pk")))


def _corrections(over: Span, signings: list[events.Signing]) -> Corrections:
    signed = {event.deal: event.at for event in signings if event.signed}
    undone = [event for event in signings if not event.signed and event.at >= over.begins]
    earlier = [event for event in undone if signed[event.deal] < over.begins]
    amount = sum((event.price for event in earlier), Decimal("0.00"))
    return Corrections(events.taken_back(over).count(), len(earlier), amount)

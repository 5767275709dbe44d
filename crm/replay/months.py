"""The figures of each local month, from the records alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from common.dates import first_of_month, last_valid_day, month_of, next_month
from customers.models import (
    Basis,
    Customer,
    DefeatRequest,
    DefeatState,
    Ended,
    Episode,
    FollowUp,
    LineKind,
    RegisterLine,
    Signature,
    Standing,
)
from sales.models import Deal
from staff.models import Office

PART = {"visits": 0, "new": 0, "deals": 0, "deal_amount": "0.00", "defeats": 0, "follow_ups": 0}
KINDS = {LineKind.VISIT: "visits", LineKind.CALL: "calls", LineKind.WEB: "web"}


def months(office: Office, *, codes: Mapping[int, str], first: datetime, now: datetime) -> dict[str, dict[str, Any]]:
    """The figures of every month from ``first`` to ``now``, keyed ``2026-03``; ``codes`` names the people."""
    table = {key: _empty() for key in _span(office.today(first), office.today(now))}
    _count_lines(office, table, codes)
    _count_lapses(office, table, office.today(now))
    _count_defeats(office, table, codes)
    _count_deals(office, table, codes)
    _count_follow_ups(office, table, codes)
    open_customers = 0
    for row in table.values():
        row["open_start"] = open_customers
        gone = row["deals"] + row["defeats"] + row["lapsed"]
        open_customers += row["new"] - gone + row.get("reopened", 0)
        row["open_end"] = open_customers
        row["conversion"] = round(row["deals"] / row["new"], 4) if row["new"] else None
    return table


def _empty() -> dict[str, Any]:
    names = ("visits", "calls", "web", "first", "repeat", "open_start", "new", "deals")
    counts: dict[str, Any] = dict.fromkeys(names, 0)
    counts |= {"deal_amount": "0.00", "defeats": 0, "lapsed": 0, "open_end": 0, "follow_ups": 0}
    return counts | {"customers_followed": 0, "conversion": None, "by_source": {}, "by_rep": {}}


def _span(first: date, last: date) -> Iterator[str]:
    month = first_of_month(first)
    while month <= last:
        yield month_of(month)
        month = next_month(month)


def _count_lines(office: Office, table: dict[str, dict[str, Any]], codes: Mapping[int, str]) -> None:
    waiting = _given_out_by_line(office)
    lines = RegisterLine.objects.filter(office=office).order_by("number").defer("details_sealed", "reason")
    for line in lines:
        row = table[month_of(office.today(line.at))]
        row[KINDS[LineKind(line.kind)]] += 1
        row["first" if line.first else "repeat"] += 1
        counts_as_new = line.opens and line.pk not in waiting
        by_source = row["by_source"].setdefault(line.source, dict(PART))
        by_source["visits"] += line.kind == LineKind.VISIT
        by_source["new"] += counts_as_new
        row["new"] += counts_as_new
        if line.receiver_id and line.kind == LineKind.VISIT:
            _of_rep(row, codes, line.receiver_id)["visits"] += 1
        if line.owner_id and counts_as_new:
            _of_rep(row, codes, line.owner_id)["new"] += 1


def _of_rep(row: dict[str, Any], codes: Mapping[int, str], who: int) -> dict[str, Any]:
    part: dict[str, Any] = row["by_rep"].setdefault(codes[who], dict(PART))
    return part


def _given_out_by_line(office: Office) -> set[int]:
    """Lines by which an unassigned web lead came: the lead was counted as new by its web line (OWN-06c)."""
    owned_from: dict[int, list[datetime]] = defaultdict(list)
    for customer, since in Episode.objects.filter(customer__office=office).values_list("customer", "since"):
        owned_from[customer].append(since)
    last_opening: dict[int, RegisterLine] = {}
    found = set()
    for line in RegisterLine.objects.filter(office=office, opens=True).order_by("number").defer("details_sealed"):
        before = last_opening.get(line.customer_id)
        if before is not None and before.kind == LineKind.WEB and line.kind != LineKind.WEB:
            if not any(before.at <= since < line.at for since in owned_from[line.customer_id]):
                found.add(line.pk)
        last_opening[line.customer_id] = line
    return found


def _count_lapses(office: Office, table: dict[str, dict[str, Any]], today: date) -> None:
    """Lapses by the day on which they took effect, written down or not; customers given out from the pool again."""
    for episode in Episode.objects.filter(customer__office=office).select_related("customer"):
        unwritten = episode.until is None and _lapsed(episode.customer, today)
        if episode.ended == Ended.LAPSED or unwritten:
            table[month_of(last_valid_day(episode.valid_until, 1))]["lapsed"] += 1
        if episode.basis == Basis.POOL:
            row = table[month_of(office.today(episode.since))]
            row["reopened"] = row.get("reopened", 0) + 1


def _lapsed(customer: Customer, today: date) -> bool:
    return customer.standing == Standing.ACTIVE and customer.state(today) == "lapsed"


def _count_follow_ups(office: Office, table: dict[str, dict[str, Any]], codes: Mapping[int, str]) -> None:
    """Contacts recorded by staff and not rejected; register lines that count as contacts are visits already."""
    followed: dict[str, set[int]] = defaultdict(set)
    recorded = FollowUp.objects.filter(customer__office=office).exclude(
        signature__in=[Signature.NONE, Signature.REJECTED]
    )
    sources = _Sources(office)
    for customer, author, at in recorded.values_list("customer", "author", "at"):
        key = month_of(office.today(at))
        row = table[key]
        row["follow_ups"] += 1
        followed[key].add(customer)
        sources.part(row, customer, at)["follow_ups"] += 1
        if author:
            _of_rep(row, codes, author)["follow_ups"] += 1
    for key, customers in followed.items():
        table[key]["customers_followed"] = len(customers)


def _count_defeats(office: Office, table: dict[str, dict[str, Any]], codes: Mapping[int, str]) -> None:
    """Defeats by the day of approval."""
    sources = _Sources(office)
    approved = DefeatRequest.objects.filter(
        customer__office=office, state__in=[DefeatState.APPROVED, DefeatState.CLOSED]
    )
    for customer, rep, decided in approved.values_list("customer", "rep", "decided_at"):
        assert decided is not None
        row = table[month_of(office.today(decided))]
        row["defeats"] += 1
        sources.part(row, customer, decided)["defeats"] += 1
        _of_rep(row, codes, rep)["defeats"] += 1


def _count_deals(office: Office, table: dict[str, dict[str, Any]], codes: Mapping[int, str]) -> None:
    """Contracts by the day of signing: each amount counts, each customer once while a deal of theirs stands."""
    sources = _Sources(office)
    standing: dict[int, int] = defaultdict(int)
    for at, signed, deal in sorted(_signings(office), key=lambda event: event[:2]):
        row = table[month_of(office.today(at))]
        if not signed:
            standing[deal.customer_id] -= 1
            if standing[deal.customer_id] == 0:
                row["reopened"] = row.get("reopened", 0) + 1
            continue
        once = standing[deal.customer_id] == 0
        standing[deal.customer_id] += 1
        for part in (row, sources.part(row, deal.customer_id, at), _of_rep(row, codes, deal.rep_id)):
            part["deals"] += once
            part["deal_amount"] = str(Decimal(part["deal_amount"]) + deal.price)


def _signings(office: Office) -> Iterator[tuple[datetime, bool, Deal]]:
    """(when, signed or cancelled, deal) of every contract."""
    for deal in Deal.objects.filter(office=office, contracted_at__isnull=False).order_by("pk"):
        assert deal.contracted_at is not None
        yield deal.contracted_at, True, deal
        if deal.cancelled_at is not None:
            yield deal.cancelled_at, False, deal


class _Sources:
    """Where each registration came from, by customer and time: a later registration leaves past months alone."""

    def __init__(self, office: Office) -> None:
        self._opened: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        opening = RegisterLine.objects.filter(office=office, opens=True).order_by("number")
        for customer, at, source in opening.values_list("customer", "at", "source"):
            self._opened[customer].append((at, source))

    def part(self, row: dict[str, Any], customer: int, at: datetime) -> dict[str, Any]:
        """The part of a month's row that belongs to the source of the registration in force at ``at``."""
        source = next(source for opened, source in reversed(self._opened[customer]) if opened <= at)
        found: dict[str, Any] = row["by_source"].setdefault(source, dict(PART))
        return found

"""The office's state as JSON values: register, customers, board, turns, breaches, months."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from customers import cards
from customers.models import Basis, Customer, Ended, Episode, FollowUp, RegisterLine
from customers.ownership import lapse_moment
from reception import day as days
from reception.models import Breach, Day

from .bulk import state_of_bulk
from .conduct import measures
from .months import months
from .world import World


def state(world: World, *, first: datetime, now: datetime) -> dict[str, Any]:
    """Everything that follows from the records at ``now``; ``first``: when the log began."""
    return {
        "register": _register(world),
        "customers": _customers(world, now),
        "board": _board(world, now),
        "turns": _turns(world),
        "breaches": _breaches(world),
        "measures": measures(world),
        "months": months(world.office, codes=world.codes, first=first, now=now),
        "bulk": state_of_bulk(world),
    }


def _iso(world: World, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(world.office.timezone)).isoformat()


def _key(world: World, customer: int) -> str:
    return world.keys[customer]


def _register(world: World) -> list[dict[str, Any]]:
    lines = RegisterLine.objects.filter(office=world.office).order_by("number").defer("details_sealed")
    return [
        {
            "number": line.number,
            "kind": line.kind,
            "at": _iso(world, line.at),
            "customer": _key(world, line.customer_id),
            "first": line.first,
            "decision": line.decision,
            "receiver": world.codes.get(line.receiver_id or 0),
            "owner": world.codes.get(line.owner_id or 0),
            "reason": line.reason,
        }
        for line in lines
    ]


def _customers(world: World, now: datetime) -> dict[str, Any]:
    episodes: dict[int, list[Episode]] = defaultdict(list)
    for episode in Episode.objects.filter(customer__office=world.office).order_by("pk"):
        episodes[episode.customer_id].append(episode)
    contacts: dict[int, list[FollowUp]] = defaultdict(list)
    for contact in FollowUp.objects.filter(customer__office=world.office).order_by("at", "pk"):
        contacts[contact.customer_id].append(contact)
    rows = Customer.objects.filter(office=world.office).order_by("pk")
    written = {
        (card.customer_id, card.number): card for card in cards.Card.objects.filter(customer__office=world.office)
    }
    return {
        _key(world, c.pk): _customer(world, c, episodes[c.pk], contacts[c.pk], written.get((c.pk, c.number)), now)
        for c in rows
    }


def _customer(
    world: World,
    customer: Customer,
    episodes: list[Episode],
    contacts: list[FollowUp],
    card: cards.Card | None,
    now: datetime,
) -> dict[str, Any]:
    today = world.office.today(now)
    standing = customer.state(today)
    last = episodes[-1] if episodes and standing != "unassigned" else None
    present = [c for c in contacts if c.at >= customer.registered_at and c.effective]
    lapsed = {e.pk: e.valid_until for e in episodes if _ended(e, customer, today) == Ended.LAPSED}
    judged = _judged(world, customer, episodes, card, now)
    return {
        "owner": world.codes.get(customer.holder(today) or 0),
        "basis": last.basis if last else None,
        "since": customer.since.isoformat() if customer.since else None,
        "valid_until": customer.valid_until.isoformat() if customer.valid_until else None,
        "state": standing,
        "level": customer.level or None,
        "protected": judged.protected,
        "unprotected_because": list(judged.missed) if judged.protected is False else [],
        "number": customer.number,
        "episodes": [_episode(world, customer, episode, today) for episode in episodes],
        "next_due": customer.next_due.isoformat() if customer.next_due and standing in ("active", "dealt") else None,
        # A contact after a lapse that only a later rejection brought about came too late (OWN-10).
        "effective_follow_ups": sum(c.day <= lapsed.get(c.episode_id, c.day) for c in present),
    }


def _ended(episode: Episode, customer: Customer, today: date) -> str:
    """How an ownership ended; a lapse counts whether it is written down or not, "" while it lasts."""
    return Ended.LAPSED if episode.until is None and customer.state(today) == "lapsed" else episode.ended


def _episode(world: World, customer: Customer, episode: Episode, today: date) -> dict[str, Any]:
    until, ended = episode.until, _ended(episode, customer, today) or None
    if until is None and ended is not None:
        until = lapse_moment(episode.valid_until, world.office)
    return {
        "owner": world.codes.get(episode.owner_id),
        "basis": episode.basis,
        "from": _iso(world, episode.since),
        "until": _iso(world, until) if until else None,
        "ended": ended,
    }


def _judged(
    world: World, customer: Customer, episodes: list[Episode], card: cards.Card | None, now: datetime
) -> cards.Judgement:
    """The card's deadlines; nothing to judge for a lead that nobody holds."""
    present = [episode for episode in episodes if episode.since >= customer.registered_at]
    if not present:
        return cards.Judgement(None)
    opened = present[0].since if present[0].basis == Basis.WEB else customer.registered_at
    return cards.judge(card, due_from=world.office.today(opened), office=world.office, now=now)


def _board(world: World, now: datetime) -> dict[str, Any]:
    board = days.standing_board(world.office, now=now)
    head = board.head()
    others = sorted((s for s in board if not s.ranked), key=lambda s: s.arrived)
    rows = [
        {
            "who": world.codes[seat.who],
            "position": seat.position,
            "round": seat.round if seat.in_order else None,
            "state": str(seat.state),
        }
        for seat in [*board.order(), *others]
    ]
    return {"next": world.codes[head.who] if head else None, "rows": rows}


def _turns(world: World) -> dict[str, dict[str, int]]:
    """Turns of the whole log by rep."""
    counts = {code: {"taken": 0, "passed": 0, "returning": 0, "given_back": 0} for code in world.sellers}
    for day in Day.objects.filter(office=world.office):
        for seat in days.board_of(day):
            row = counts[world.codes[seat.who]]
            for name in row:
                row[name] += getattr(seat, name)
    return counts


def _breaches(world: World) -> list[dict[str, Any]]:
    rows = Breach.objects.filter(office=world.office).select_related("line").order_by("pk")
    return [
        {
            "who": world.codes[breach.who_id],
            "kind": breach.kind,
            "at": _iso(world, breach.at),
            "customer": _key(world, breach.line.customer_id),
        }
        for breach in rows
    ]

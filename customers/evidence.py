"""The evidence in a dispute, laid out by the product in one timeline: register, contacts, A-card, ownership (OWN-12).

The register decides (000/17); each of its lines stands with the proof that the chain still binds it (REG-05).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from common import phones
from staff import policy_history
from staff.models import User

from . import card_deadlines, cards, chain, registers
from .models import Card, CardVersion, Customer, DefeatRequest, Episode, FollowUp, Person, RegisterLine, Signature


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``counts``: whether it bears on ownership; None where that is no question.

    ``proof`` is the seal of a register line; ``intact`` tells whether the chain still binds it.
    """

    at: datetime
    kind: str
    what: str
    who: str = ""
    why: str = ""
    counts: bool | None = None
    proof: str = ""
    intact: bool | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The evidence over one customer at one moment."""

    customer: Customer
    at: datetime
    people: list[dict[str, str]]
    entries: list[Entry]
    judgement: cards.Judgement
    reasons: list[str]
    steps: list[card_deadlines.Deadline]
    versions: list[tuple[str, policy_history.Version]] = field(default_factory=list)
    erased: bool = False

    @property
    def intact(self) -> bool:
        """Whether every line of the register is bound by the chain."""
        return all(entry.intact for entry in self.entries if entry.kind == "line")


def of(customer: Customer, *, now: datetime, opened_at: datetime, more: Iterable[Entry] = ()) -> Sheet:
    """Everything that the records say of a customer; ``more`` are entries of higher apps, such as deals."""
    office = customer.office
    card = cards.of(customer)
    due_from = card.due_from if card else cards.deadline_day(customer, office)
    judged, reasons = card_deadlines.verdict(card, due_from=due_from, office=office, now=now)
    entries = [
        *_lines(customer),
        *_episodes(customer),
        *_contacts(customer),
        *_cards(customer),
        *_defeats(customer),
        *more,
    ]
    return Sheet(
        customer=customer,
        at=now,
        people=_people(customer),
        entries=sorted(entries, key=lambda entry: entry.at),
        judgement=judged,
        reasons=reasons,
        steps=card_deadlines.steps(card, due_from=due_from, office=office, now=now),
        versions=_versions(customer, opened_at),
        erased=customer.data_key is None,
    )


def _versions(customer: Customer, opened_at: datetime) -> list[tuple[str, policy_history.Version]]:
    """The policy in force at the registration and when the dispute was opened; once if it is the same."""
    first = policy_history.version_at(customer.office, customer.registered_at)
    then = policy_history.version_at(customer.office, opened_at)
    found = [(_("at the registration"), first)]
    return found if first.number == then.number else [*found, (_("when the dispute was opened"), then)]


def _people(customer: Customer) -> list[dict[str, str]]:
    found = []
    for person in Person.objects.filter(customer=customer).order_by("pk"):
        person.customer = customer
        found.append(
            {
                "name": person.name or "—",
                "relation": str(person.get_relation_display()),
                "phone": phones.mask(person.phone) or "—",
            }
        )
    return found


def _name(person: User | None) -> str:
    return str(person) if person else ""


def _lines(customer: Customer) -> Iterator[Entry]:
    """The lines of the public register, each held against its neighbours in the chain."""
    lines = list(
        RegisterLine.objects.filter(customer=customer)
        .select_related("receiver", "owner")
        .defer("details_sealed")
        .order_by("number")
    )
    around = _neighbours(customer, [line.number for line in lines])
    for line in lines:
        words = {"kind": line.get_kind_display(), "decision": line.get_decision_display(), "reason": line.reason}
        yield Entry(
            at=line.at,
            kind="line",
            what=_("%(kind)s: %(decision)s") % words,
            who=_name(line.receiver or line.owner),
            why=line.reason,
            counts=True,
            proof=line.digest,
            intact=is_bound(line, customer, around),
            number=line.number,
        )


def _neighbours(customer: Customer, numbers: list[int]) -> dict[int, tuple[str, str]]:
    """(prev, digest) by number of the lines before and after each of ``numbers``."""
    wanted = {number + step for number in numbers for step in (-1, 1)}
    rows = RegisterLine.objects.filter(office=customer.office_id, number__in=wanted)
    return {number: (prev, digest) for number, prev, digest in rows.values_list("number", "prev", "digest")}


def is_bound(line: RegisterLine, customer: Customer, around: dict[int, tuple[str, str]]) -> bool:
    """Whether a line's digest is that of its words, follows the line before it and is followed by the one after."""
    own = chain.digest(line.prev, registers.public_part(line, customer.uuid)) == line.digest
    before = around.get(line.number - 1, ("", chain.GENESIS))[1] == line.prev
    after = around.get(line.number + 1)
    return own and before and (after is None or after[0] == line.digest)


def _episodes(customer: Customer) -> Iterator[Entry]:
    for episode in Episode.objects.filter(customer=customer).select_related("owner").order_by("pk"):
        begun = _("Ownership begins: %(basis)s") % {"basis": episode.get_basis_display()}
        yield Entry(episode.since, "episode", begun, _name(episode.owner), episode.reason)
        if episode.until is not None:
            ended = _("Ownership ends: %(ended)s") % {"ended": episode.get_ended_display()}
            yield Entry(episode.until, "episode", ended, _name(episode.owner))


def _contacts(customer: Customer) -> Iterator[Entry]:
    """Contacts of staff, effective or not; those that a line of the register counts for are there as lines."""
    rows = FollowUp.objects.filter(customer=customer, line=None).select_related("author", "decided_by")
    for row in rows.order_by("at", "pk"):
        yield Entry(
            at=row.at,
            kind="contact",
            what=str(row.get_manner_display()),
            who=_name(row.author),
            why=_not_effective(row),
            counts=row.effective,
        )


def _not_effective(row: FollowUp) -> str:
    """Why a contact does not count, or that nobody signed it yet (OWN-10)."""
    if row.signature == Signature.REJECTED:
        words = {"person": _name(row.decided_by), "reason": row.decided_reason}
        return _("rejected by %(person)s: %(reason)s") % words
    if not row.reached:
        return _("not reached")
    if not row.has_result:
        return _("without a result")
    return _("awaiting signature") if row.signature == Signature.PENDING else ""


def _cards(customer: Customer) -> Iterator[Entry]:
    """What was done with each A-card, and by whom."""
    versions = CardVersion.objects.filter(customer=customer).select_related("by", "card")
    versions = versions.defer("content_sealed", "reason_sealed")
    for version in versions.order_by("at", "pk"):
        what = _("A-card submitted") if version.version == 1 else _("A-card submitted again")
        yield Entry(version.at, "card", what, _name(version.by), number=version.card.number)
    for card in Card.objects.filter(customer=customer).select_related("signed_by", "filed_by").order_by("pk"):
        done = ((card.signed_at, _("A-card signed"), card.signed_by), (card.filed_at, _("A-card filed"), card.filed_by))
        for at, what, who in done:
            if at is not None:
                yield Entry(at, "card", what, _name(who), number=card.number)


def _defeats(customer: Customer) -> Iterator[Entry]:
    rows = DefeatRequest.objects.filter(customer=customer).filter(~Q(state="fallen"))
    for row in rows.select_related("rep", "decided_by").order_by("pk"):
        yield Entry(row.requested_at, "defeat", _("Defeat requested"), _name(row.rep), str(row.get_ground_display()))
        if row.decided_at is not None:
            words = _("Defeat %(state)s") % {"state": row.get_state_display()}
            yield Entry(row.decided_at, "defeat", words, _name(row.decided_by))


def on_paper(entries: list[Entry], most: int) -> tuple[list[Entry], int]:
    """What one page holds: every line, then the rest from the newest back; and how many were left out."""
    if len(entries) <= most:
        return entries, 0
    lines = [entry for entry in entries if entry.kind == "line"][-most:]
    rest = [entry for entry in entries if entry.kind != "line"]
    kept = rest[len(rest) - (most - len(lines)) :] if most > len(lines) else []
    chosen = sorted([*lines, *kept], key=lambda entry: entry.at)
    return chosen, len(entries) - len(chosen)


def as_rows(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Entries as a page prints them."""
    words = {
        "line": _("register"),
        "contact": _("contact"),
        "card": _("A-card"),
        "episode": _("ownership"),
        "defeat": _("defeat"),
        "deal": _("deal"),
    }
    return [{"entry": entry, "kind": words[entry.kind], "seal": entry.proof[:12]} for entry in entries]

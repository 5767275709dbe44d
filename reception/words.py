"""The decision at the desk in words: one sentence that the register line keeps (REG-07, REC-22)."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from customers.models import Decision, LineKind


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentence speaks of: names of staff and register numbers, never a customer's name."""

    decision: str
    kind: str
    receiver: str = ""
    owner: str = ""
    number: int | None = None
    referrer: int | None = None
    round: int | None = None
    position: int | None = None
    mode: str = "turn"
    breach: bool = False
    as_helper: bool = False
    note: str = ""


def sentence(told: Told) -> str:
    """Why the customer is whose and who receives, in one or two sentences."""
    return " ".join(part for part in (_whose(told), _who(told)) if part)


def _whose(told: Told) -> str:
    words = {"owner": told.owner, "number": told.number, "referrer": told.referrer}
    sentences = {
        Decision.NEW: _("No valid registration: registered as new."),
        Decision.RETURNING: _("Registration no. %(number)s still holds: customer of %(owner)s."),
        Decision.LAPSED: _("Registration no. %(number)s has lapsed: registered anew."),
        Decision.FAMILY: _("Same family as no. %(number)s: customer of %(owner)s."),
        Decision.SHAREHOLDER: _("Same company as no. %(number)s: customer of %(owner)s."),
        Decision.REFERRED: _("Brought by the customer of no. %(referrer)s, whose rep %(owner)s was named."),
        Decision.NAMED: _("First visit, asked for %(owner)s by name."),
        Decision.ASSIGNED: _("Registered as new."),
        Decision.LOOKING: _("Only looking: not registered."),
    }
    if told.decision == Decision.RETURNING and not told.owner:
        return _("Already known as no. %(number)s, not given out yet.") % words
    return sentences[Decision(told.decision)] % words


def _who(told: Told) -> str:
    words = {
        "receiver": told.receiver,
        "round": told.round,
        "position": told.position,
        "note": told.note,
        "owner": told.owner,
    }
    if told.kind == LineKind.WEB:
        return "" if told.owner else _("The supervisor gives it out.")
    if told.kind == LineKind.CALL:
        return _("%(receiver)s answered the call.") % words
    if told.as_helper:
        return _("%(owner)s is absent: %(receiver)s, head of the queue, receives as helper.") % words
    sentences = {
        "own": _("%(receiver)s receives, outside the order."),
        "turn": _("Head of the queue is %(receiver)s (round %(round)s, place %(position)s)."),
        "overload": _("Nobody was waiting: given to %(receiver)s as overload."),
        "assigned": _("The supervisor assigned %(receiver)s: %(note)s"),
        "out_of_turn": _("%(receiver)s took the visitor out of turn."),
    }
    if told.mode == "out_of_turn" and not told.breach:
        return sentences["turn"] % words
    return sentences[told.mode] % words

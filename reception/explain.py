"""Why is it her turn? One sentence for every row of the board, and every event of the day in words (REC-17, REC-22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .models import RotationEvent
from .rotation import STATE_WORDS
from .seats import OUT, Board, Seat, State

NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Scene:
    """What the sentences speak of: the board, names of staff by id, the office's zone, how and when it is ordered.

    ``adjusted``: who adjusted a person's place last, and why, by the person's id.
    """

    board: Board
    names: Mapping[int, str]
    zone: str
    order_by: str = ""
    opens_at: str = ""
    adjusted: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    def clock(self, at: str) -> str:
        """``14:08`` on the office's clock, of an event's ISO time."""
        return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(self.zone)):%H:%M}"

    def name(self, who: int | None) -> str:
        """The name of a person of the roster."""
        return self.names.get(who or 0, _("somebody"))

    def described(self, seat: Seat) -> str:
        """The name, with what the person does unless that is waiting."""
        if seat.state is State.WAITING:
            return self.name(seat.who)
        return _("%(name)s (%(state)s)") % {"name": self.name(seat.who), "state": STATE_WORDS[seat.state]}

    def listed(self, seats: Iterable[Seat]) -> str:
        """The first names of several people, with what they do where that is not waiting."""
        seats = list(seats)
        words = [self.described(seat) for seat in seats]
        more = _("and %(count)d more") % {"count": len(words) - NAMED_AT_MOST} if len(words) > NAMED_AT_MOST else ""
        return _(", ").join([*words[:NAMED_AT_MOST], *([more] if more else [])])


def why(seat: Seat, scene: Scene) -> str:
    """Why the person of this row stands where they stand, and what that means for the next visitor."""
    return " ".join(part for part in (_standing(seat, scene), _remark(seat, scene)) if part)


def _standing(seat: Seat, scene: Scene) -> str:
    words = {"round": seat.round, "place": seat.position, "time": scene.clock(seat.since)}
    if not seat.in_order and seat.state not in OUT:
        return _("On probation: holds no place in the order, is given visitors as overload or helps.")
    sentences = {
        State.RECEIVING: _(
            "Receiving since %(time)s: work is no absence, round %(round)s and place %(place)s are kept."
        ),
        State.ASSISTING: _("Assisting since %(time)s: uses no turn, round %(round)s and place %(place)s are kept."),
        State.AWAY: _("Away since %(time)s: the turn of round %(round)s is lost if a visitor goes to somebody behind."),
        State.ON_DUTY: _("On duty since %(time)s: is not passed, round %(round)s and place %(place)s are kept."),
        State.UNFIT: _("Not fit to receive since %(time)s: out of the order until a supervisor ends that."),
        State.SIGNED_OUT: _("Signed out at %(time)s."),
    }
    if seat.state is State.WAITING:
        return _waiting(seat, scene)
    return sentences[seat.state] % words


def _waiting(seat: Seat, scene: Scene) -> str:
    queue = scene.board.waiting()
    before = [s for s in scene.board.order() if s.rank < seat.rank and s.state not in OUT]
    words = {"round": seat.round, "place": seat.position, "by": scene.order_by, "time": scene.opens_at}
    if not scene.board.fixed:
        return _("Ranked %(by)s; the order is fixed at %(time)s or with the first visitor.") % words
    if not queue or queue[0].who != seat.who:
        ahead = [s for s in queue if s.rank < seat.rank]
        words["people"] = scene.listed(ahead)
        return _("Waits behind %(people)s (round %(round)s, place %(place)s).") % words
    if before:
        words["people"] = scene.listed(before)
        return _("Next: first of those waiting (round %(round)s, place %(place)s). Before: %(people)s.") % words
    return _("Next: first of all (round %(round)s, place %(place)s).") % words


def _remark(seat: Seat, scene: Scene) -> str:
    """The last thing that happened to this person's place in the order."""
    if not seat.note or not seat.note_at or not seat.in_order:
        return ""
    by, reason = scene.adjusted.get(seat.who, ("", ""))
    words = {"time": scene.clock(seat.note_at), "by": by, "reason": reason}
    sentences = {
        "joined_late": _("Joined at %(time)s, in the round then being served."),
        "passed": _("Passed at %(time)s while away: that turn was lost."),
        "given_back": _("Received somebody only looking at %(time)s: the turn was given back."),
        "skipped": _("Skipped at %(time)s by %(by)s: %(reason)s."),
        "moved": _("Moved at %(time)s by %(by)s: %(reason)s."),
    }
    return sentences[seat.note] % words


def told(event: RotationEvent, names: Mapping[int, str], numbers: Mapping[int, int]) -> str:
    """One event of the day in words. ``numbers``: register number by reception; a visitor has no name here."""
    who = names.get(event.who_id or 0, "")
    sentences = {
        "signed_in": _("%(who)s signed in"),
        "signed_out": _("%(who)s signed out"),
        "away": _("%(who)s went away"),
        "back": _("%(who)s is back"),
        "on_duty": _("%(who)s went on duty"),
        "unfit": _("%(who)s is not fit to receive"),
        "fit": _("%(who)s is fit again"),
        "skipped": _("%(who)s was skipped"),
        "moved": _("%(who)s was moved to place %(place)s"),
        "helped": _("%(who)s was named helper with %(visitor)s"),
        "left": _("%(visitor)s left"),
        "fixed": _("The order of the day was fixed"),
    }
    if event.kind == "arrived":
        return _arrival(event, names, numbers)
    words = {"who": who, "place": event.data.get("place", ""), "visitor": visitor(event, numbers)}
    return sentences[event.kind] % words


def visitor(event: RotationEvent, numbers: Mapping[int, int]) -> str:
    """The visitor of an event: by register number, or as one who only looked."""
    number = numbers.get(event.data.get("reception", 0))
    return _("visitor no. %(number)s") % {"number": number} if number else _("a visitor only looking")


def _arrival(event: RotationEvent, names: Mapping[int, str], numbers: Mapping[int, int]) -> str:
    outcome = event.outcome
    sentences = {
        "turn": _("%(visitor)s went to %(who)s, head of the queue in round %(round)s"),
        "own": _("%(visitor)s went to %(who)s, outside the order"),
        "overload": _("%(visitor)s was given to %(who)s as overload, nobody was waiting"),
        "assigned": _("%(visitor)s was assigned to %(who)s"),
        "out_of_turn": _("%(visitor)s was taken by %(who)s out of turn"),
    }
    words = {
        "visitor": visitor(event, numbers),
        "who": names.get(outcome.get("receiver", 0), ""),
        "round": outcome.get("round") or "",
    }
    told_so = sentences[event.data["mode"]] % words
    if outcome.get("as_helper"):
        told_so = _("%(visitor)s went to %(who)s as helper, their own rep is absent") % words
    more = [(_("passed: %(people)s"), outcome.get("passed")), (_("helping: %(people)s"), outcome.get("helpers"))]
    parts = [text % {"people": _(", ").join(names.get(p, "") for p in people)} for text, people in more if people]
    return _("; ").join([told_so, *parts])

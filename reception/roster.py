"""What people do on the board: sign in and out, away, duty, back, fitness, and the supervisor's adjustments."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers.ownership import check_can_own, check_supervises
from staff import fitness, posting
from staff.models import Fitness, Office, UnfitReason, User
from staff.roles import Role

from . import day as days
from . import holding
from .seats import OUT


def is_unfit(person: User) -> bool:
    """Whether a time of not being fit to receive is open for the person (OFF-04)."""
    return Fitness.objects.filter(user=person, until__isnull=True).exists()


@transaction.atomic
def sign_in(office: Office, person: User, *, now: datetime, by: User | None = None) -> None:
    """REC-01: enter today's order; twice changes nothing. Refused while unfit, and to whoever goes (OFF-04)."""
    check_can_own(office, person)
    if is_unfit(person):
        raise RuleError(
            _("%(person)s is not fit to receive: a supervisor has to end that first") % {"person": person},
            rule="OFF-04",
        )
    day = days.lock(office, now=now)
    holding.check_stays(person, posting.lock_sellers(office, [person.pk]))
    assert person.posting is not None
    in_order = person.posting.role != Role.PROBATIONARY
    days.record(day, "signed_in", now=now, who=person, by=by, data={"in_order": in_order})


def _simple(kind: str, office: Office, person: User, *, now: datetime, by: User | None, reason: str = "") -> None:
    day = days.lock(office, now=now)
    days.record(day, kind, now=now, who=person, by=by, reason=reason)


@transaction.atomic
def sign_out(office: Office, person: User, *, now: datetime, by: User | None = None) -> None:
    """Leave for the day; refused while receiving or assisting."""
    _simple("signed_out", office, person, now=now, by=by)


@transaction.atomic
def go_away(office: Office, person: User, *, now: datetime, by: User | None = None) -> None:
    """A private absence: a visitor given to somebody behind takes this round's turn (REC-08)."""
    _simple("away", office, person, now=now, by=by)


@transaction.atomic
def come_back(office: Office, person: User, *, now: datetime, by: User | None = None) -> None:
    """Back from an absence or a duty."""
    _simple("back", office, person, now=now, by=by)


@transaction.atomic
def send_on_duty(office: Office, person: User, *, by: User, now: datetime, reason: str) -> None:
    """REC-21: an absence that the supervisor grants is not passed; a reason is compulsory."""
    check_supervises(office, by=by)
    if not reason.strip():
        raise RuleError(_("Say which duty it is"), rule="REC-21")
    _simple("on_duty", office, person, now=now, by=by, reason=reason.strip())


@transaction.atomic
def set_unfit(office: Office, person: User, *, reason: str, by: User, now: datetime) -> None:
    """OFF-04: not fit to receive from now on; out of the rotation while it lasts."""
    day = days.lock(office, now=now)
    fitness.set_unfit(person, reason=reason, by=by, now=now)
    seat = days.board_of(day).seat(person.pk)
    if seat is not None and seat.state != "signed_out":
        days.record(day, "unfit", now=now, who=person, by=by, reason=reason)


@transaction.atomic
def set_fit(office: Office, person: User, *, by: User, now: datetime) -> None:
    """OFF-04: fit again; the place in the order is kept, the round is the one now being served."""
    day = days.lock(office, now=now)
    fitness.end(person, by=by, now=now)
    seat = days.board_of(day).seat(person.pk)
    if seat is not None and seat.state == "unfit":
        days.record(day, "fit", now=now, who=person, by=by)


@transaction.atomic
def strike_off(office: Office, gone: list[int], *, now: datetime) -> bool:
    """Take those who have gone out of today's order: account or posting ended while they were in it (OFF-04)."""
    day = days.lock(office, now=now)
    found = [seat for who in gone if (seat := days.board_of(day).seat(who)) and seat.state not in OUT]
    for person in User.objects.filter(pk__in=[seat.who for seat in found]).order_by("pk"):
        days.record(day, "unfit", now=now, who=person, reason=UnfitReason.LEAVING)
    return bool(found)


@transaction.atomic
def skip(office: Office, person: User, *, by: User, now: datetime, reason: str) -> None:
    """REC-14: the supervisor skips somebody for this round, with a reason."""
    _adjust("skipped", office, person, by=by, now=now, reason=reason, data={})


@transaction.atomic
def move(office: Office, person: User, *, place: int, by: User, now: datetime, reason: str) -> None:
    """REC-14: the supervisor moves somebody to a place in the queue, 1 = head, with a reason."""
    _adjust("moved", office, person, by=by, now=now, reason=reason, data={"place": place})


def _adjust(
    kind: str, office: Office, person: User, *, by: User, now: datetime, reason: str, data: dict[str, int]
) -> None:
    check_supervises(office, by=by)
    if not reason.strip():
        raise RuleError(_("Say why the order is adjusted: everybody sees it on the board"), rule="REC-14")
    day = days.lock(office, now=now)
    days.record(day, kind, now=now, who=person, by=by, data=data, reason=reason.strip())

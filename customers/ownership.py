"""Ownership 归属: opened, extended, given out, transferred, worked out anew (000/15-16, OWN-03..14)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.dates import last_valid_day, midnight
from common.errors import RuleError
from common.prepared import Prepared
from staff import approvals, leaving, posting
from staff.models import Office, User
from staff.models.people import ACCOUNT
from staff.roles import SELLING_ROLES, Duty

from . import due, telling
from .levels import latest
from .models import (
    OPEN_DEFEATS,
    Basis,
    Customer,
    DefeatRequest,
    DefeatState,
    Ended,
    Episode,
    FollowUp,
    Manner,
    RegisterLine,
    Signature,
    Standing,
)
from .models.contacts import EFFECTIVE
from .models.register import LineKind
from .validity import holds_until

MIRRORED = ["owner", "since", "valid_until", "standing", "next_due"]
LOCKED = Prepared(lambda pk: Customer.objects.filter(pk=pk).select_related("key").select_for_update(of=("self",)), int)
CURRENT = Prepared(lambda customer: Episode.objects.filter(customer=customer, until__isnull=True), int)


def lapse_moment(valid_until: date, office: Office) -> datetime:
    """The instant at which a registration valid to ``valid_until`` has lapsed: the next local midnight (OWN-06)."""
    return midnight(last_valid_day(valid_until, 1), office.timezone)


def open_episode(
    customer: Customer,
    *,
    owner: User,
    basis: str,
    office: Office,
    now: datetime,
    line: RegisterLine | None = None,
    by: User | None = None,
    reason: str = "",
) -> Episode:
    """Begin an ownership: a new 30 days from its day (OWN-06, OWN-06a). The customer's mirror fields are set, unsaved.

    The caller has ended the former episode and saves the customer.
    """
    today = office.today(now)
    until = last_valid_day(today, office.policy.valid_days)
    customer.owner, customer.since, customer.valid_until = owner, today, until
    customer.standing = Standing.ACTIVE
    customer.next_due = latest(customer.level, today, office.policy)
    return Episode.objects.create(
        customer=customer,
        owner=owner,
        basis=basis,
        since=now,
        first_until=until,
        valid_until=until,
        line=line,
        by=by,
        reason=reason,
    )


def current_episode(customer: Customer) -> Episode | None:
    """The episode that has not been written down as ended; it may have lapsed all the same."""
    return CURRENT.first(customer.pk)


def end_episode(customer: Customer, *, office: Office, now: datetime, ended: str) -> None:
    """Write down the end of the current episode: its lapse if that came first, else ``ended`` at ``now``."""
    episode = current_episode(customer)
    if episode is None:
        return
    lapsed = customer.standing == Standing.ACTIVE and episode.valid_until < office.today(now)
    episode.until = lapse_moment(episode.valid_until, office) if lapsed else now
    episode.ended = Ended.LAPSED if lapsed else ended
    episode.save(update_fields=["until", "ended"])


def extend(customer: Customer, episode: Episode, *, day: date, until: date) -> None:
    """An effective contact on ``day`` moves the end of ownership to ``until``, never back (OWN-06)."""
    if until <= episode.valid_until or day > episode.valid_until:
        return
    episode.valid_until = until
    # No history row: the contact that moved the end is the record of it.
    episode.skip_history_when_saving = True
    episode.save(update_fields=["valid_until"])
    del episode.skip_history_when_saving
    customer.valid_until = until
    customer.save(update_fields=["valid_until"])


def count_line(customer: Customer, line: RegisterLine, *, office: Office, author: User | None) -> None:
    """A returning visit or call counts as an effective follow-up of its day (OWN-06a)."""
    episode = current_episode(customer)
    if episode is None:
        return
    today = office.today(line.at)
    until = last_valid_day(today, office.policy.valid_days)
    FollowUp.objects.create(
        customer=customer,
        episode=episode,
        author=author,
        line=line,
        at=line.at,
        day=today,
        extends_to=until,
        manner=Manner.PHONE if line.kind == LineKind.CALL else Manner.OFFICE_VISIT,
        reached=True,
        has_result=True,
        signature=Signature.NONE,
    )
    if customer.standing == Standing.ACTIVE:
        extend(customer, episode, day=today, until=until)
    due.note(customer, latest(customer.level, today, office.policy) if due.runs(customer) else None)


def work_out_anew(episode: Episode) -> None:
    """Set the end of an episode from its records alone, after one was rejected (OWN-10); episode and customer saved.

    An episode that ended otherwise than by a lapse keeps its end.
    """
    contacts = FollowUp.objects.filter(EFFECTIVE, episode=episode).values_list("day", "extends_to")
    until = holds_until(episode.first_until, contacts)
    if until == episode.valid_until or episode.ended not in ("", Ended.LAPSED):
        return
    customer = episode.customer
    episode.valid_until = until
    if episode.ended:
        episode.until = lapse_moment(until, customer.office)
    episode.save(update_fields=["valid_until", "until"])
    if customer.standing == Standing.ACTIVE and not customer.episodes.filter(pk__gt=episode.pk).exists():
        customer.valid_until = until
        customer.save(update_fields=["valid_until"])


def check_supervises(office: Office, *, by: User) -> None:
    """Refuse unless ``by`` supervises this office."""
    if by.office != office or not by.has(Duty.SUPERVISE):
        raise RuleError(_("Only the supervisor of this office can do this"), rule="OFF-03")


def check_sells(office: Office, person: User) -> None:
    """Refuse whoever is not sales staff of this office."""
    held = person.posting
    if held is None or held.office_id != office.pk or held.role not in SELLING_ROLES:
        raise RuleError(_("%(person)s is not sales staff of this office") % {"person": person}, rule="OFF-02")


def check_can_own(office: Office, person: User) -> None:
    """Refuse an owner who is not sales staff of this office, or who is leaving."""
    check_sells(office, person)
    if leaving.is_leaving(person):
        raise RuleError(_("%(person)s is leaving: choose somebody else") % {"person": person}, rule="OFF-04")


def check_can_be_given(office: Office, person: User, *, now: datetime) -> None:
    """Refuse a receiver who is not sales staff here, or who goes: the account closed, the end of the posting set.

    Account and posting are read anew: what was read before the lock may be past.
    """
    check_sells(office, person)
    found = ACCOUNT.get(person.pk)
    held = found.__dict__["posting"] = posting.held(found, now)
    if not found.is_active or held is None or held.until is not None:
        raise RuleError(_("%(person)s is leaving: choose somebody else") % {"person": person}, rule="OFF-04")
    check_can_own(office, found)


def check_assign(customer: Customer, *, by: User, now: datetime) -> None:
    """Only an unassigned web lead or a customer in the public pool can be given out (OWN-05, OWN-07)."""
    check_supervises(customer.office, by=by)
    state = customer.state(customer.office.today(now))
    if state not in ("unassigned", "lapsed"):
        raise RuleError(
            _("Only a web lead or a customer in the public pool can be given out; this one is %(state)s")
            % {"state": state_words(state)},
            rule="OWN-07",
        )


def state_words(state: str) -> str:
    """A customer's state in words."""
    words = {
        "active": _("active"),
        "lapsed": _("lapsed"),
        "dealt": _("with a deal"),
        "defeated": _("defeated"),
        "unassigned": _("unassigned"),
    }
    return words[state]


def relock(customer: Customer) -> Customer:
    """The customer as it is now, its row locked until the transaction ends; the office is the caller's."""
    fresh = LOCKED.get(customer.pk)
    fresh.office = customer.office
    return fresh


@transaction.atomic
def assign(customer: Customer, *, to: User, by: User, now: datetime) -> Episode:
    """Give a web lead or a customer of the pool to a rep: a new 30 days, the number stays, no line (OWN-05, OWN-06a)."""
    posting.lock(to)
    customer = relock(customer)
    check_assign(customer, by=by, now=now)
    office = customer.office
    check_can_be_given(office, to, now=now)
    basis = Basis.WEB if customer.standing == Standing.UNASSIGNED else Basis.POOL
    let_request_fall(customer, by=by, now=now)
    end_episode(customer, office=office, now=now, ended=Ended.LAPSED)
    episode = open_episode(customer, owner=to, basis=basis, office=office, now=now, by=by)
    customer.save(update_fields=MIRRORED)
    telling.given(episode, now=now)
    return episode


@transaction.atomic
def assign_evenly(customers: Sequence[Customer], *, to: Sequence[User], by: User, now: datetime) -> int:
    """Give several customers out in turn to several reps; how many were given."""
    if not to:
        raise RuleError(_("Choose at least one rep"), rule="OWN-05")
    posting.lock(*to)
    for n, customer in enumerate(customers):
        assign(customer, to=to[n % len(to)], by=by, now=now)
    return len(customers)


def check_transfer(customer: Customer, *, by: User, now: datetime) -> None:
    """Only a customer whose registration holds can be transferred; the rest is given out from the pool."""
    check_supervises(customer.office, by=by)
    state = customer.state(customer.office.today(now))
    if state != "active":
        raise RuleError(
            _("Only an active customer can be transferred; this one is %(state)s") % {"state": state_words(state)},
            rule="OWN-06a",
        )


@transaction.atomic
def transfer(customer: Customer, *, to: User, by: User, now: datetime, reason: str) -> Episode:
    """Move a customer to another rep, with a reason: a new 30 days (OWN-06a); refused to the present owner."""
    posting.lock(to)
    customer = relock(customer)
    check_transfer(customer, by=by, now=now)
    if not reason.strip():
        raise RuleError(_("Say why the customer is transferred"), rule="OWN-14")
    office = customer.office
    check_can_be_given(office, to, now=now)
    if customer.owner_id == to.pk:
        raise RuleError(_("%(person)s already owns this customer") % {"person": to}, rule="OWN-06a")
    former = customer.owner
    episode = give(customer, to=to, basis=Basis.HANDOVER, by=by, now=now, reason=reason.strip())
    telling.given(episode, now=now)
    if former is not None:
        telling.taken(former, episode, now=now)
    return episode


ENDED_BY = {Basis.HANDOVER: Ended.HANDOVER, Basis.RULING: Ended.RULING}


def give(customer: Customer, *, to: User, basis: Basis, by: User, now: datetime, reason: str = "") -> Episode:
    """A locked customer goes to ``to`` by handover or ruling: a new 30 days, unless a deal stopped them (OWN-06a)."""
    office, standing, due_on = customer.office, customer.standing, customer.next_due
    let_request_fall(customer, by=by, now=now)
    end_episode(customer, office=office, now=now, ended=ENDED_BY[basis])
    episode = open_episode(customer, owner=to, basis=basis, office=office, now=now, by=by, reason=reason)
    if standing in (Standing.SUBSCRIBED, Standing.DEALT):
        customer.standing, customer.valid_until, customer.next_due = standing, None, due_on
    customer.save(update_fields=MIRRORED)
    return episode


def reserve(customer: Customer) -> None:
    """A subscription: nothing runs any more, for one with a deal does not lapse (OWN-06a). ``customer`` is locked."""
    if customer.standing == Standing.ACTIVE:
        customer.standing, customer.valid_until = Standing.SUBSCRIBED, None
        customer.save(update_fields=["standing", "valid_until"])


def close_with_deal(customer: Customer, office: Office) -> None:
    """A signed contract: the customer has a deal; the owner stays the owner. ``customer`` is locked."""
    if customer.standing != Standing.DEALT:
        customer.standing, customer.valid_until = Standing.DEALT, None
        customer.next_due = due.work_out(customer, office)
        customer.save(update_fields=["standing", "valid_until", "next_due"])


def note_handed_over(customer: Customer, *, over: bool) -> None:
    """Every home bought is handed over, or not yet: the rhythm of level O ends with it (FUP-01). ``customer`` is locked."""
    if customer.handed_over != over:
        customer.handed_over = over
        customer.save(update_fields=["handed_over"])
        due.refresh(customer, customer.office)


def reopen(customer: Customer, *, office: Office, now: datetime) -> None:
    """The last deal was cancelled: the owner has a new 30 days from that day. ``customer`` is locked."""
    episode = current_episode(customer)
    assert episode is not None
    until = last_valid_day(office.today(now), office.policy.valid_days)
    episode.first_until = episode.valid_until = until
    episode.save(update_fields=["first_until", "valid_until"])
    customer.standing, customer.valid_until = Standing.ACTIVE, until
    customer.next_due = due.work_out(customer, office)
    customer.save(update_fields=["standing", "valid_until", "next_due"])


def back_to_subscribed(customer: Customer) -> None:
    """The last signed contract was cancelled, but a subscription stands. ``customer`` is locked."""
    customer.standing = Standing.SUBSCRIBED
    customer.save(update_fields=["standing"])


def let_request_fall(customer: Customer, *, by: User | None, now: datetime) -> None:
    """A defeat request that still waits falls when the customer leaves the file another way (LOST-01)."""
    fall_requests(DefeatRequest.objects.filter(customer=customer), office=customer.office, by=by, now=now)


def fall_requests(asked: QuerySet[DefeatRequest], *, office: Office, by: User | None, now: datetime) -> None:
    """Let those of ``asked`` fall that still wait, and what waits for approval with them.

    Without ``by`` the time let them fall: it is written under whoever had asked.
    """
    for one in asked.filter(state__in=OPEN_DEFEATS):
        one.state = DefeatState.FALLEN
        one.save(update_fields=["state"])
        waiting = approvals.lock(one.subject, office=office)
        if waiting is not None:
            approvals.fall(waiting, by=by or one.rep, reason="", now=now)

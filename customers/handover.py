"""Handing over a leaver's customers: proposed, edited, confirmed by both sides, carried out (000/39, HAND-01..04)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from common.states import Machine
from staff import approvals, fitness, notices, posting
from staff import leaving as accounts
from staff.models import Office, Posting, User

from . import handover_plan
from .handover_moves import carry_batch
from .models import OPEN_HANDOVERS, Customer, Handover, HandoverItem, HandoverShare, HandoverState
from .models.party import CustomerQuerySet
from .ownership import check_can_be_given, check_supervises

TRANSITIONS: dict[str, frozenset[str]] = {
    HandoverState.PROPOSED: frozenset({HandoverState.CONFIRMED, HandoverState.CANCELLED}),
    HandoverState.CONFIRMED: frozenset({HandoverState.PROPOSED, HandoverState.DONE, HandoverState.CANCELLED}),
    HandoverState.DONE: frozenset(),
    HandoverState.CANCELLED: frozenset(),
}
STATES = Machine(TRANSITIONS, gettext_lazy("The handover is %(now)s: it cannot become %(to)s now"), rule="HAND-01")
AT_ONCE = 300
LIST = "/handovers/"


def holdings(office: Office, giver: User, *, now: datetime) -> CustomerQuerySet:
    """The customers that ``giver`` holds: active, subscribed, with a deal (HAND-01)."""
    return Customer.objects.filter(Customer.objects.held(office.today(now), giver), office=office)


def check_runs(office: Office, giver: User, *, by: User) -> None:
    """A supervisor of the office runs a handover of somebody who is or was of it, never their own."""
    check_supervises(office, by=by)
    if by.pk == giver.pk:
        raise RuleError(_("Nobody hands their own over alone: ask the marketing manager"), rule="HAND-01")
    if not Posting.objects.filter(user=giver, office=office).exists():
        raise RuleError(_("%(person)s is not of this office") % {"person": giver}, rule="OFF-01")


def check_receiver(office: Office, giver: User, person: User, *, now: datetime) -> None:
    """Refuse a receiver who is the giver, not sales staff here, closed, leaving or not fit to receive."""
    if person.pk == giver.pk:
        raise RuleError(_("%(person)s cannot receive their own customers") % {"person": person}, rule="HAND-01")
    check_can_be_given(office, person, now=now)
    unfit = fitness.open_time(person)
    if unfit is not None:
        words = {"person": person, "why": unfit.get_reason_display()}
        raise RuleError(
            _("%(person)s cannot take customers over now: %(why)s. Choose somebody else") % words, rule="OFF-04"
        )


def check_receivers(office: Office, giver: User, to: Sequence[User], *, now: datetime) -> None:
    """At least one receiver, each fit to be one, nobody twice."""
    if not to:
        raise RuleError(_("Choose at least one rep who takes the customers over"), rule="HAND-01")
    if len({person.pk for person in to}) < len(to):
        raise RuleError(_("Name each receiver once"), rule="HAND-01")
    for person in to:
        check_receiver(office, giver, person, now=now)


@transaction.atomic
def start(office: Office, giver: User, *, to: Sequence[User], by: User, now: datetime, reason: str = "") -> Handover:
    """Propose who gets which customer, balanced by level, due date and number; giver and receivers are told."""
    check_runs(office, giver, by=by)
    check_receivers(office, giver, to, now=now)
    held = _held(office, giver, now=now)
    if not held:
        raise RuleError(_("%(person)s holds no customers") % {"person": giver}, rule="HAND-01")
    handover = _open(office, giver, by=by, now=now, reason=reason)
    _write_plan(handover, handover_plan.balanced(held, [person.pk for person in to]))
    _tell_plan(handover, now=now)
    return handover


def _held(office: Office, giver: User, *, now: datetime) -> list[handover_plan.Held]:
    rows = holdings(office, giver, now=now).order_by("number").values_list("pk", "number", "level", "next_due")
    return [handover_plan.Held(*row) for row in rows]


def _open(office: Office, giver: User, *, by: User, now: datetime, reason: str) -> Handover:
    handover = Handover(office=office, giver=giver, opened_by=by, opened_at=now, reason=reason.strip()[:200])
    try:
        with transaction.atomic():
            handover.save()
    except IntegrityError:
        raise RuleError(
            _("A handover of %(person)s is under way: finish or cancel it first") % {"person": giver}, rule="HAND-01"
        ) from None
    return handover


def _write_plan(handover: Handover, plan: dict[int, int]) -> None:
    HandoverShare.objects.bulk_create(
        [HandoverShare(handover=handover, receiver_id=pk) for pk in dict.fromkeys(plan.values())]
    )
    items = [HandoverItem(handover=handover, customer_id=customer, receiver_id=to) for customer, to in plan.items()]
    HandoverItem.objects.bulk_create(items, batch_size=1000)


def _tell_plan(handover: Handover, *, now: datetime) -> None:
    """Giver and receivers are asked to confirm, once for each plan."""
    stamp = f"handover:{handover.pk}:{now.isoformat()}"
    words = gettext_lazy("Customers of {giver} are to be handed over: look at the plan and confirm your part")
    text = format_lazy(words, giver=str(handover.giver))
    people = [share.receiver for share in handover.shares.select_related("receiver")]
    notices.put(
        [notices.Draft(one, stamp, text, f"{LIST}{handover.pk}/") for one in [handover.giver, *people]], now=now
    )


def lock(handover: Handover) -> Handover:
    """The handover as it is now, locked; office and giver are the caller's."""
    found = Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    found.office, found.giver = handover.office, handover.giver
    return found


def check_edit(handover: Handover, *, by: User) -> None:
    """The plan changes by the supervisor's hand until the first share is carried out."""
    check_runs(handover.office, handover.giver, by=by)
    if handover.state not in OPEN_HANDOVERS or handover.shares.filter(done_at__isnull=False).exists():
        raise RuleError(_("Part of the plan is carried out: cancel the rest and start anew"), rule="HAND-01")


@transaction.atomic
def reassign(handover: Handover, items: Iterable[int], *, to: User, by: User, now: datetime) -> int:
    """Give some customers of the plan to somebody else; everybody confirms again. How many were moved."""
    handover = lock(handover)
    check_edit(handover, by=by)
    check_receiver(handover.office, handover.giver, to, now=now)
    chosen = handover.items.filter(pk__in=list(items)).exclude(receiver=to)
    changed = chosen.update(receiver=to)
    if changed:
        HandoverShare.objects.get_or_create(handover=handover, receiver=to)
        handover.shares.exclude(receiver__in=handover.items.values("receiver")).delete()
        _back_to_proposed(handover, by=by, now=now)
    return changed


def _back_to_proposed(handover: Handover, *, by: User, now: datetime) -> None:
    handover.shares.update(received_at=None)
    if handover.state == HandoverState.CONFIRMED:
        STATES.move(handover, HandoverState.PROPOSED)
        handover.given_at = handover.given_by = None
        handover.stood_in_for = ""
    handover._history_user = by  # type: ignore[attr-defined]
    handover.save()
    _tell_plan(handover, now=now)


@transaction.atomic
def propose_anew(handover: Handover, *, to: Sequence[User], by: User, now: datetime) -> Handover:
    """The plan made anew for other receivers, with what the giver holds now."""
    handover = lock(handover)
    check_edit(handover, by=by)
    check_receivers(handover.office, handover.giver, to, now=now)
    handover.items.all().delete()
    handover.shares.all().delete()
    held = _held(handover.office, handover.giver, now=now)
    _write_plan(handover, handover_plan.balanced(held, [person.pk for person in to]))
    _back_to_proposed(handover, by=by, now=now)
    return handover


def has_gone(giver: User) -> bool:
    """Whether the giver can no longer sign in and confirm."""
    return not giver.is_active or giver.posting is None


def check_give(handover: Handover, *, by: User) -> None:
    """The giver confirms; for one who has gone, the supervisor stands in (HAND-01)."""
    STATES.check(handover, HandoverState.CONFIRMED)
    if by.pk == handover.giver_id:
        return
    check_runs(handover.office, handover.giver, by=by)
    if not has_gone(handover.giver):
        raise RuleError(_("%(person)s confirms in person") % {"person": handover.giver}, rule="HAND-01")


def give(handover: Handover, *, by: User, now: datetime, reason: str = "") -> Handover:
    """The giver's side confirms; shares that were received already are carried out."""
    with transaction.atomic():
        handover = lock(handover)
        check_give(handover, by=by)
        if by.pk != handover.giver_id and not reason.strip():
            raise RuleError(_("Say why you confirm for somebody else"), rule="HAND-01")
        STATES.move(handover, HandoverState.CONFIRMED)
        handover.given_at, handover.given_by = now, by
        handover.stood_in_for = "" if by.pk == handover.giver_id else reason.strip()[:200]
        handover.save()
    for share in ready().filter(handover=handover):
        _carry_out_small(share, now=now)
    handover.refresh_from_db()
    return handover


def share_of(handover: Handover, user: User) -> HandoverShare | None:
    """What ``user`` is to receive."""
    return handover.shares.filter(receiver=user).first()


def check_receive(handover: Handover, *, by: User, now: datetime) -> None:
    """Each receiver confirms their own share, while they are fit to receive it."""
    share = share_of(handover, by)
    if share is None:
        raise RuleError(_("Nothing in this handover is for you"), rule="HAND-01")
    if handover.state not in OPEN_HANDOVERS or share.received_at is not None:
        raise RuleError(_("Your part is confirmed already"), rule="HAND-01")
    check_receiver(handover.office, handover.giver, by, now=now)


def receive(handover: Handover, *, by: User, now: datetime) -> HandoverShare:
    """A receiver confirms; with the giver's word given, the share is carried out at once or, if large, by the job."""
    with transaction.atomic():
        posting.lock(by)
        handover = lock(handover)
        check_receive(handover, by=by, now=now)
        share = handover.shares.get(receiver=by)
        share.received_at = now
        share.save(update_fields=["received_at"])
    for one in ready().filter(pk=share.pk):
        _carry_out_small(one, now=now)
    share.refresh_from_db()
    return share


def check_cancel(handover: Handover, *, by: User) -> None:
    """The supervisor stops a handover that is not carried out."""
    check_runs(handover.office, handover.giver, by=by)
    STATES.check(handover, HandoverState.CANCELLED)


@transaction.atomic
def cancel(handover: Handover, *, by: User, now: datetime) -> Handover:
    """Stop a handover; what was carried out stays, the rest stays with the giver."""
    handover = lock(handover)
    check_cancel(handover, by=by)
    STATES.move(handover, HandoverState.CANCELLED)
    handover.closed_at = now
    handover.save()
    return handover


def ready() -> QuerySet[HandoverShare]:
    """Shares that both sides confirmed and that are not carried out yet."""
    shares = HandoverShare.objects.filter(
        handover__state=HandoverState.CONFIRMED, received_at__isnull=False, done_at__isnull=True
    )
    return shares.select_related("handover__office__policy", "handover__giver", "handover__given_by", "receiver")


def _carry_out_small(share: HandoverShare, *, now: datetime) -> None:
    """A share that takes no time is carried out at once, whole or not at all; a large one is left to the job."""
    waiting = HandoverItem.objects.filter(handover=share.handover_id, receiver=share.receiver_id, done_at=None)
    if waiting.count() <= AT_ONCE:
        with transaction.atomic():
            carry_out(share, now=now)


def carry_out(share: HandoverShare, *, now: datetime) -> int:
    """Carry a share out to its end and close the handover with the last one; how many items were settled."""
    settled = 0
    while done := carry_batch(share, now=now):
        settled += done
    with transaction.atomic():
        handover = lock(share.handover)
        if HandoverShare.objects.filter(pk=share.pk, done_at=None).update(done_at=now):
            _tell_done(share, now=now)
        if handover.state == HandoverState.CONFIRMED and not handover.shares.filter(done_at=None).exists():
            STATES.move(handover, HandoverState.DONE)
            handover.closed_at = now
            handover.save()
    return settled


def _tell_done(share: HandoverShare, *, now: datetime) -> None:
    moved = share.handover.items.filter(receiver=share.receiver_id, moved=True).count()
    words = gettext_lazy("{count} customers of {giver} are yours now: call each of them today")
    text = format_lazy(words, count=moved, giver=str(share.handover.giver))
    notices.tell(share.receiver, key=f"handed:{share.pk}", text=text, now=now, link="/today/")


def carry_out_waiting(*, now: datetime, office: Office | None = None) -> int:
    """The job: carry out the large shares that both sides confirmed, each item once; how many items were settled."""
    waiting = ready() if office is None else ready().filter(handover__office=office)
    return sum(carry_out(share, now=now) for share in waiting.order_by("pk"))


@transaction.atomic
def leave_post(office: Office, giver: User, *, to: Sequence[User], by: User, now: datetime) -> Handover | None:
    """A post left at once, as a log tells it: shared out evenly by number, both sides' word being given (HAND-01)."""
    check_runs(office, giver, by=by)
    posting.lock(*to)
    held = _held(office, giver, now=now)
    if to or held:
        check_receivers(office, giver, to, now=now)
    if not held:
        return None
    handover = _open(office, giver, by=by, now=now, reason="")
    _write_plan(handover, handover_plan.in_turn(held, [person.pk for person in to]))
    STATES.move(handover, HandoverState.CONFIRMED)
    handover.given_at, handover.given_by = now, by
    handover.save()
    handover.shares.update(received_at=now)
    for share in ready().filter(handover=handover).order_by("pk"):
        share.handover.office, share.handover.giver = office, giver
        carry_out(share, now=now)
    handover.refresh_from_db()
    return handover


@transaction.atomic
def hand_request_over(handover: Handover, request: int, *, to: User, by: User, now: datetime) -> None:
    """Somebody else looks after a request for approval that the giver had asked for (HAND-01)."""
    give_request(handover.office, handover.giver, request, to=to, by=by, now=now, reason=handover.reason)


@transaction.atomic
def give_request(
    office: Office, giver: User, request: int, *, to: User, by: User, now: datetime, reason: str = ""
) -> None:
    """The same for somebody who holds no customers: both sides are told (HAND-01)."""
    check_runs(office, giver, by=by)
    if to.pk == giver.pk:
        raise RuleError(_("%(person)s is the one who leaves: choose somebody else") % {"person": to}, rule="HAND-01")
    check_stays(office, to)
    found = approvals.open_of(giver, on=office.today(now)).filter(kept_by=giver, pk=request).first()
    if found is None:
        raise RuleError(_("This request waits no more, or somebody looks after it already"), rule="HAND-01")
    approvals.take_over(found, to=to, by=by, reason=reason, now=now)
    text = format_lazy(gettext_lazy("{to} looks after this request now: {title}"), to=str(to), title=found.title)
    notices.tell(giver, key=f"approval-given:{found.pk}:{to.pk}", text=text, now=now)


def check_stays(office: Office, person: User) -> None:
    """Nothing goes to whoever goes: no account closed, no end of the posting set, nobody leaving (OFF-04)."""
    posting.lock(person)
    here = Posting.objects.filter(user=person, office=office, until=None, user__is_active=True)
    if not here.exists() or accounts.is_leaving(person):
        raise RuleError(_("%(person)s is leaving: choose somebody else") % {"person": person}, rule="OFF-04")


def tally(handover: Handover) -> list[tuple[User, Counter[str], int, int]]:
    """For each receiver: customers by level, how many items are settled, how many there are."""
    rows = handover.items.values_list("receiver", "done_at", "customer__level")
    levels: dict[int, Counter[str]] = {}
    done: Counter[int] = Counter()
    for receiver, at, level in rows:
        levels.setdefault(receiver, Counter())[level] += 1
        done[receiver] += at is not None
    people = User.objects.in_bulk(levels)
    return [(people[pk], levels[pk], done[pk], levels[pk].total()) for pk in sorted(levels)]

"""The verbs of quarrels and of leaving: disputes, and a post left with all that hangs on it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import disputes, handover
from customers.models import Customer, Dispute, DisputeState
from reception.leaving import announce
from staff import posting
from staff.leaving import is_leaving
from staff.models import User

from .log import Line
from .world import World


def _dispute(world: World, line: Line) -> None:
    args, now = line.args, line.at
    customer, by, to = world.certain(args["customer"]), world.must(args["by"]), world.person(args.get("to"))
    reason = args.get("reason") or ""
    if args["step"] == "open":
        disputes.open_dispute(customer, by=by, now=now, claim=reason, claimant=to)
    elif args["step"] == "rule":
        disputes.rule(_latest(world, customer, DisputeState.OPEN), by=by, now=now, text=reason, to=to)
    else:
        dispute = _latest(world, customer, DisputeState.RULED, DisputeState.APPEALED)
        disputes.overrule(dispute, by=by, now=now, text=reason, to=to or _respondent(world, dispute))


def _respondent(world: World, dispute: Dispute) -> User | None:
    """Whoever held the customer when the dispute was opened, as the log knows them."""
    return world.people[world.codes[dispute.respondent_id]] if dispute.respondent_id else None


def _latest(world: World, customer: Customer, *states: str) -> Dispute:
    """The dispute over the customer that waits for this step, else the latest one, which then refuses the step."""
    rows = Dispute.objects.filter(customer=customer).select_related("customer__key").order_by("-pk")
    found = rows.filter(state__in=states).first() or rows.first()
    if found is None:
        raise RuleError(_("There is no dispute over this customer"), rule="OWN-12")
    found.office = world.office
    return found


@transaction.atomic
def _leave_post(world: World, line: Line) -> None:
    """All customers handed over, out of the rotation, the posting ended (HAND-01)."""
    args, office, now = line.args, world.office, line.at
    who, by = world.must(args["who"]), world.must(args["by"])
    receivers = [world.must(code) for code in args.get("hand_over_to") or []]
    handover.leave_post(office, who, to=receivers, by=by, now=now)
    if not is_leaving(who):
        announce(office, who, by=by, now=now)
    posting.end(who, last_day=office.today(now), by=by, now=now)
    who.__dict__["posting"] = None


VERBS_OF_LEAVING: dict[str, Callable[[World, Line], None]] = {
    "dispute": _dispute,
    "leave_post": _leave_post,
}

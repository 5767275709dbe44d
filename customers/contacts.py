"""Recording contacts with a customer, signing and rejecting them (FUP-03, FUP-04, OWN-06, OWN-10)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.dates import last_valid_day
from common.errors import RuleError
from staff.models import User

from . import due
from .contact_dates import check_next, check_time
from .levels import check as check_level
from .levels import latest, set_level
from .models import Customer, FollowUp, Standing
from .models.grants import helped_by
from .ownership import current_episode, extend, relock, state_words


def check_follow_up(customer: Customer, *, by: User, now: datetime, helping: bool | None = None) -> None:
    """Who may record a contact: the owner, or a helper while the reception lasts; never on a lapsed customer.

    ``helping``: whether ``by`` is a helper at present, where the caller knows already.
    """
    today = customer.office.today(now)
    state = customer.state(today)
    if state not in ("active", "dealt"):
        sentence = _("This customer is %(state)s: no follow-up can be recorded until somebody owns the customer again")
        raise RuleError(sentence % {"state": state_words(state)}, rule="OWN-06a")
    if customer.owner_id == by.pk:
        return
    if helping is None:
        helping = helped_by(by, now).filter(content_object=customer).exists()
    if not helping:
        raise RuleError(
            _("This is not your customer: only the owner or a helper can record a follow-up"), rule="OFF-03"
        )


@transaction.atomic
def record(
    customer: Customer,
    *,
    by: User,
    now: datetime,
    manner: str,
    reached: bool,
    result: str = "",
    at: datetime | None = None,
    next_on: date | None = None,
    level: str = "",
    objections: str = "",
) -> FollowUp:
    """Record a contact. Reached and with a result it is effective and moves the end of ownership (OWN-06, OWN-10).

    ``at``: when it took place, not in the future and not before the present ownership; ``now`` by default.
    ``level``: judged anew, "" leaves it; ``next_on``: never later than the level's rhythm from that day (FUP-02).
    """
    customer = relock(customer)
    check_follow_up(customer, by=by, now=now)
    policy, episode = customer.office.policy, current_episode(customer)
    assert episode is not None
    at = at or now
    check_time(at, episode=episode, now=now)
    day = customer.office.today(at)
    check_level(level)
    check_next(next_on, day=day, level=level or customer.level, policy=policy)
    follow_up = FollowUp(customer=customer, episode=episode, author=by, at=at, day=day, manner=manner, next_on=next_on)
    follow_up.entered_at = now if at < now else None
    follow_up.extends_to = last_valid_day(day, policy.valid_days)
    follow_up.reached, follow_up.has_result, follow_up.level = reached, bool(result.strip()), level
    follow_up.result, follow_up.objections = result.strip(), objections.strip()
    follow_up.save()
    set_level(customer, level, by=by, now=now, reason=_("judged anew at a follow-up"), follow_up=follow_up)
    if follow_up.effective and customer.standing == Standing.ACTIVE:
        extend(customer, episode, day=day, until=follow_up.extends_to)
    _note_due(customer, follow_up, latest_one=at == now)
    return follow_up


def _note_due(customer: Customer, follow_up: FollowUp, *, latest_one: bool) -> None:
    """The next due day: known at once from the latest contact, else worked out from all."""
    if not latest_one or not (follow_up.reached or follow_up.next_on) or not due.runs(customer):
        due.refresh(customer, customer.office)
    else:
        rhythm = latest(customer.level, follow_up.day, customer.office.policy)
        due.note(customer, follow_up.next_on or rhythm)

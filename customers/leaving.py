"""Who still owns customers stays: no post is left, no account closed before the handover (HAND-01, HAND-02).

``crm.leaving`` adds what the apps above know of; pages go through it.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff import approvals, posting
from staff import leaving as accounts
from staff.models import Office, Posting, User
from staff.roles import DUTIES, SELLING_ROLES, Duty

from . import second_persons
from .handover import holdings
from .models import OPEN_HANDOVERS, CustomerGrant, Dispute, HandoverShare
from .models.disputes import PENDING


def held_by(user: User, *, now: datetime) -> int:
    """How many customers ``user`` holds, in whichever office."""
    offices = Office.objects.filter(pk__in=Posting.objects.filter(user=user, office__isnull=False).values("office"))
    return sum(holdings(office, user, now=now).count() for office in offices)


def check_holds_nothing(user: User, *, now: datetime) -> None:
    """Refuse while ``user`` owns customers, or has confirmed to receive some by a handover (HAND-02)."""
    count = held_by(user, now=now)
    if count:
        words = {"person": user, "count": count}
        raise RuleError(_("%(person)s still owns %(count)s customers: hand them over first") % words, rule="HAND-02")
    open_shares = HandoverShare.objects.filter(handover__state__in=OPEN_HANDOVERS, done_at=None)
    if open_shares.filter(receiver=user, received_at__isnull=False).exists():
        sentence = _(
            "%(person)s is about to receive customers by a handover: let it be carried out, or cancel it first"
        )
        raise RuleError(sentence % {"person": user}, rule="HAND-02")


def check_owes_nothing(user: User, *, now: datetime) -> None:
    """Refuse while requests of ``user`` wait for approval: somebody else has to look after them (HAND-01)."""
    count = approvals.open_of(user, on=now.date()).filter(kept_by=user).count()
    if count:
        words = {"person": user, "count": count}
        raise RuleError(
            _("%(count)s requests of %(person)s wait for approval: hand them to somebody first") % words, rule="HAND-01"
        )


def check_claims_nothing(user: User) -> None:
    """Refuse while a claim of ``user`` is open: nobody is left whom a ruling could give the customer (OWN-12)."""
    count = Dispute.objects.filter(claimant=user, state__in=PENDING).count()
    if count:
        words = {"person": user, "count": count}
        raise RuleError(
            _("%(count)s claims of %(person)s are open: rule on them, or let them be withdrawn first") % words,
            rule="HAND-01",
        )


def check_others_supervise(user: User, *, now: datetime) -> None:
    """Refuse where ``user`` alone supervises the office: nobody would sign, rule or hand over any more (HAND-01)."""
    held = posting.held(user, now)
    if held is None or held.office is None or held.role not in DUTIES[Duty.SUPERVISE]:
        return
    others = Posting.objects.holding(held.office.today(now)).filter(
        office=held.office, role__in=DUTIES[Duty.SUPERVISE], until=None, user__is_active=True
    )
    if not others.exclude(user=user).exists():
        raise RuleError(
            _("%(person)s is the only one who supervises this office: post another supervisor or manager first")
            % {"person": user},
            rule="HAND-01",
        )


def check_end(user: User, *, now: datetime) -> None:
    """Whether the posting of ``user`` may end."""
    check_others_supervise(user, now=now)
    check_holds_nothing(user, now=now)
    check_owes_nothing(user, now=now)
    check_claims_nothing(user)


@transaction.atomic
def end_posting(user: User, *, last_day: date, by: User, now: datetime) -> Posting:
    """End the posting of somebody who has handed everything over (HAND-01)."""
    posting.lock(user)
    check_end(user, now=now)
    ended = posting.end(user, last_day=last_day, by=by, now=now)
    _take_access_back(user, by=by, now=now)
    return ended


@transaction.atomic
def change_posting(user: User, *, role: str, by: User, now: datetime) -> Posting:
    """Change the post: whoever will not sell any more hands over first (004 5.3)."""
    posting.lock(user)
    if role not in DUTIES[Duty.SUPERVISE]:
        check_others_supervise(user, now=now)
    if role not in SELLING_ROLES:
        check_holds_nothing(user, now=now)
        check_owes_nothing(user, now=now)
        check_claims_nothing(user)
    return posting.change(user, role=role, by=by, now=now)


def check_close(user: User, *, by: User, now: datetime) -> None:
    """Whether the account may be closed: by whom, and nothing hangs on it any more (HAND-02)."""
    accounts.check_close(user, by=by)
    check_end(user, now=now)


@transaction.atomic
def close_account(user: User, *, by: User, now: datetime) -> User:
    """Close the account with all its grants; its sessions end with the next request (HAND-02)."""
    posting.lock(user)
    check_close(user, by=by, now=now)
    closed = accounts.close(user, by=by, now=now)
    _take_access_back(user, by=by, now=now)
    return closed


def _take_access_back(user: User, *, by: User, now: datetime) -> None:
    second_persons.end_all_of(user, by=by, now=now)
    CustomerGrant.objects.filter(user=user).delete()

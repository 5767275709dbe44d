"""Rewards 奖励: in yuan, in points, or praise in words alone; taken back by the manager (COND-04, 000/42)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

from . import judging, measures, notices
from .fourth_warning import month_of
from .models import Office, Reward, User

MOST = 100_000


@transaction.atomic
def give(
    person: User, *, office: Office, amount: int, points: int, words: str, cause: str, by: User, now: datetime
) -> Reward:
    """Reward ``person``; the same cause rewards once. Nobody rewards themselves."""
    measures.lock(person)
    earlier = Reward.objects.filter(office=office, cause=cause).first()
    if earlier is not None:
        return earlier
    role = measures.check_give(person, office=office, by=by)
    if not (0 <= amount <= MOST and 0 <= points <= MOST):
        raise RuleError(_("Enter an amount from 0 to %(most)s") % {"most": MOST}, rule="COND-04")
    if not words.strip():
        raise RuleError(_("Say what the reward is for: the person reads it"), rule="COND-04")
    made = Reward(office=office, person=person, role=role, at=now, month=month_of(now, office.timezone), cause=cause)
    made.amount, made.points, made.words, made.given_by = amount, points, words.strip()[: measures.LONGEST], by
    _save(made, by=by)
    text = format_lazy(gettext_lazy("You were rewarded: {words}"), words=made.words)
    notices.tell(person, key=f"reward:{made.pk}", text=text, now=now, link=measures.MINE)
    return made


def check_revoke(reward: Reward, *, by: User) -> None:
    """Whether ``by`` may take this reward back (COND-04)."""
    judging.check_decide(reward.person, role=reward.role, office=reward.office, by=by)
    if reward.revoked_at is not None:
        raise RuleError(_("This reward was taken back already"), rule="COND-04")


@transaction.atomic
def revoke(reward: Reward, *, by: User, reason: str, now: datetime) -> Reward:
    """Take a reward back that was given by mistake; it stays on record and counts no more."""
    measures.lock(reward.person)
    reward = Reward.objects.select_related("person", "office").get(pk=reward.pk)
    check_revoke(reward, by=by)
    if not reason.strip():
        raise RuleError(_("Say why the reward is taken back: the person reads it"), rule="COND-04")
    reward.revoked_at, reward.revoked_by, reward.revocation = now, by, reason.strip()[: measures.LONGEST]
    _save(reward, by=by)
    text = format_lazy(gettext_lazy("A reward was taken back: {reason}"), reason=reward.revocation)
    notices.tell(reward.person, key=f"reward:{reward.pk}:back", text=text, now=now, link=measures.MINE)
    return reward


def _save(reward: Reward, *, by: User) -> None:
    reward._history_user = by  # type: ignore[attr-defined]
    reward.save()

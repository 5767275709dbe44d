"""Rewards: given to others, once per cause, taken back by the manager."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from staff import rewards
from staff.models import Notice, Reward
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db


def give(person, office, by, now, **said) -> Reward:
    said = {"amount": 100, "points": 0, "words": "资料完整", "cause": "form:1", **said}
    return rewards.give(person, office=office, by=by, now=now, **said)


@pytest.mark.rule("COND-04")
def test_a_reward_counts_in_its_month_and_the_person_is_told(office, rep, supervisor, now):
    given = give(rep, office, supervisor, now)
    assert (given.person, given.amount, given.month, given.given_by) == (rep, 100, date(2026, 3, 1), supervisor)
    assert "资料完整" in Notice.objects.get(user=rep).text
    assert give(rep, office, supervisor, now) == given


@pytest.mark.rule("COND-04")
def test_nobody_rewards_themselves_or_those_above(office, rep, supervisor, manager, now):
    for person, by in (
        (supervisor, supervisor),
        (manager, supervisor),
        (rep, rep),
        (rep, staff_member(Role.SUPERVISOR)),
    ):
        with pytest.raises(RuleError):
            give(person, office, by, now)
    assert Reward.objects.count() == 0


@pytest.mark.parametrize("said", [{"amount": -1}, {"points": 100_001}, {"words": " "}])
def test_what_is_misshapen_is_refused(said, office, rep, supervisor, now):
    with pytest.raises(RuleError):
        give(rep, office, supervisor, now, **said)


def test_praise_in_words_costs_nothing(office, rep, supervisor, now):
    assert give(rep, office, supervisor, now, amount=0).amount == 0


@pytest.mark.rule("COND-04")
def test_the_manager_takes_back_once_with_a_reason(office, rep, supervisor, manager, now):
    given = give(rep, office, supervisor, now)
    for by, reason in ((supervisor, "误发"), (rep, "误发"), (manager, " ")):
        with pytest.raises(RuleError):
            rewards.revoke(given, by=by, reason=reason, now=now)
    assert rewards.revoke(given, by=manager, reason="误发", now=now).revocation == "误发"
    with pytest.raises(RuleError):
        rewards.revoke(given, by=manager, reason="再来", now=now)
    assert Reward.history.filter(id=given.pk).count() == 2


def test_the_database_refuses_what_is_half_taken_back(office, rep, supervisor, now):
    given = give(rep, office, supervisor, now)
    given.revoked_at = now
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save()

"""Two people decide sixteen times at the same instant, for twenty rounds: exactly one wins each step, on either database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from common.errors import RuleError
from staff import approvals
from staff.models import ApprovalEntry, ApprovalRequest, User
from staff.roles import Role
from tests.staff.chain import NOW, Chain
from tests.test_concurrency import together

ROUNDS, PRESSES = 20, 16
HQ, TOP = Role.HQ, Role.CHAIRMAN
pytestmark = [pytest.mark.rule("BULK-05"), pytest.mark.django_db(transaction=True)]
Deciding = Callable[..., ApprovalRequest]


def careless(request: ApprovalRequest, *, by: User, decision: str, now, reason: str) -> ApprovalRequest:
    """The broken twin: it looks, takes its time and writes, without lock or comparison."""
    found = ApprovalRequest.objects.get(pk=request.pk)
    if found.step != request.step:
        raise RuleError("taken", rule="BULK-05")
    ApprovalEntry.objects.create(request=found, decision=decision, by=by, at=now, reason=reason, role=HQ, held=HQ)
    ApprovalRequest.objects.filter(pk=found.pk).update(step=1, waiting_role=TOP)
    return found


def pressed(decide: Deciding, chain: Chain, people: list[User], n: int) -> tuple[int, int]:
    """How many presses of one round won, and how many decisions were put down."""
    asked = chain.ask(HQ, TOP, subject=f"bulk.plan:{n}")
    later, done = NOW + timedelta(minutes=n + 1), ("approve", "refuse", "return")

    def press(k: int) -> str:
        decide(asked, by=people[k % 2], decision=done[k % 3], now=later, reason=str(k))
        return "won"

    told = Counter(together(*(lambda k=k: press(k) for k in range(PRESSES))))
    assert set(told) <= {"won", "BULK-05"}
    return told["won"], ApprovalEntry.objects.filter(request=asked).exclude(decision="open").count()


def rounds(decide: Deciding, many: int = ROUNDS) -> list[tuple[int, int]]:
    """(winners, decisions) of each round."""
    chain = Chain(HQ, TOP)
    people = [chain[HQ], chain.another(HQ)]
    for one in people:
        assert one.posting is not None
    return [pressed(decide, chain, people, n) for n in range(many)]


def test_exactly_one_of_sixteen_presses_by_two_people_wins_in_each_of_twenty_rounds():
    assert rounds(approvals.decide) == [(1, 1)] * ROUNDS


def test_a_decision_without_lock_and_comparison_is_caught():
    found = rounds(careless, many=8)
    assert any(one != (1, 1) for one in found)


def test_deciding_and_withdrawing_at_once_leaves_one_end():
    chain = Chain(HQ)
    for n in range(8):
        asked = chain.ask(HQ, subject=f"bulk.plan:{n}")

        def decide(asked=asked) -> str:
            return str(approvals.decide(asked, by=chain[HQ], decision="approve", now=NOW).state)

        def withdraw(asked=asked) -> str:
            return str(approvals.withdraw(asked, by=chain[Role.REP], reason="", now=NOW).state)

        told = together(decide, withdraw)
        asked.refresh_from_db()
        assert sorted(told) == sorted([asked.state, "BULK-05"])


def test_one_subject_asked_for_at_once_is_one_request():
    chain = Chain(HQ)
    told = together(*[lambda: chain.ask(HQ).state] * 8)
    assert (sorted(told).count("pending"), told.count("BULK-05")) == (1, 7)
    assert ApprovalRequest.objects.count() == 1

"""Many at the same instant: one unit in one contract, one decision a step (BULK-05, BULK-06)."""

from __future__ import annotations

import pytest

from bigaccounts import asking, climb, contracts
from bigaccounts.models import Place
from sales.models import Unit
from staff.models import ApprovalEntry
from staff.roles import Role
from tests.test_concurrency import together

from .conftest import Trade

pytestmark = pytest.mark.django_db(transaction=True)
MANY, ROUNDS = 16, 20


@pytest.mark.rule("BULK-06")
@pytest.mark.rule("DEAL-01")
def test_contracts_over_the_same_units_signed_at_once_are_one():
    trade = Trade()
    cases = [trade.drafted("4") for _n in range(4)]

    def sign(case) -> str:
        contracts.sign(case, by=trade.supervisor, now=trade.now)
        return "won"

    told = together(*(lambda case=case: sign(case) for case in cases))
    assert (told.count("won"), told.count("BULK-06"), len(told)) == (1, 3, 4)
    (signed,) = [case for case in map(trade.fresh, cases) if case.state == "signed"]
    assert set(Unit.objects.exclude(held_for="").values_list("held_for", flat=True)) == {f"bulk:{signed.pk}"}
    assert signed.contract_units.filter(place=Place.LIVE).count() == 12


@pytest.mark.rule("BULK-05")
def test_two_people_at_a_step_decide_it_once_in_twenty_rounds():
    """Two branch managers press sixteen times at the same instant, one to approve, one to refuse."""
    trade = Trade()
    both = [trade.branch_manager, trade.hire("second", Role.BRANCH_MANAGER)]
    case = trade.negotiating()
    for _round in range(ROUNDS):
        climb.ask(trade.fresh(case), by=trade.supervisor, now=trade.now, percent="3")
        shown = asking.seen(climb.waiting(case))

        def decide(n: int, shown: int = shown) -> str:
            said = {"decision": "approve" if n % 2 else "refuse", "reason": "定", "step": shown}
            climb.decide(trade.fresh(case), by=both[n % 2], now=trade.now, **said)
            return "won"

        told = together(*(lambda n=n: decide(n) for n in range(MANY)))
        assert (told.count("won"), told.count("BULK-05")) == (1, MANY - 1)
        assert ApprovalEntry.objects.filter(request=shown // 100, position=1).count() == 1

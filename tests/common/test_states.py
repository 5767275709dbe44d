"""One check and one move for everything that has a state."""

from __future__ import annotations

import pytest

from common.errors import RuleError
from common.states import Machine
from crm.management.commands.state_diagrams import MACHINES
from customers.models import Card, CardState

TABLE = {"draft": frozenset({"submitted"}), "submitted": frozenset()}
MACHINE = Machine(TABLE, "It is %(now)s, so it cannot become %(to)s", rule="CARD-04")


def test_a_state_that_follows_is_set_and_nothing_is_saved():
    card = Card(state="draft")
    MACHINE.move(card, "submitted")
    assert (card.state, card.pk) == ("submitted", None)


def test_one_that_does_not_follow_is_refused_in_the_words_of_the_machine():
    card = Card(state="submitted")
    with pytest.raises(RuleError) as refused:
        MACHINE.move(card, "draft")
    words = f"It is {CardState.SUBMITTED.label}, so it cannot become {CardState.DRAFT.label}"
    assert (str(refused.value), refused.value.rule, card.state) == (words, "CARD-04", "submitted")


def test_a_check_changes_nothing():
    card = Card(state="draft")
    MACHINE.check(card, "submitted")
    assert (card.state, MACHINE.follows(card)) == ("draft", {"submitted"})


@pytest.mark.parametrize("table", [machine[2] for machine in MACHINES])
def test_every_state_that_may_follow_is_itself_in_its_table(table):
    assert {then for follows in table.values() for then in follows} <= set(table)

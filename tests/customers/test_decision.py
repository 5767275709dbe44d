"""Whose customer it is: every precedence of the decision, and what holds for any question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.decision import Asked, Known, Verdict, decide
from customers.models import Decision, LineKind, Relation

A, B = 7, 8
ACTIVE, DEALT = Known(1, "active", A), Known(1, "dealt", A)
LAPSED, DEFEATED, LEAD = Known(1, "lapsed", None), Known(1, "defeated", None), Known(1, "unassigned", None)
RELATIVE = Known(2, "active", B)
VISIT, CALL, WEB = "visit", "call", "web"

KNOWN = st.none() | st.builds(
    lambda number, state, owner: Known(number, state, owner if state in ("active", "dealt") else None),
    st.integers(1, 5),
    st.sampled_from(["active", "dealt", "lapsed", "defeated", "unassigned"]),
    st.integers(10, 14),
)
QUESTIONS = st.builds(
    Asked,
    kind=st.sampled_from(LineKind.values),
    look=st.booleans(),
    known=KNOWN,
    relative=KNOWN,
    relation=st.sampled_from(["", *Relation.values]),
    named=st.none() | st.integers(10, 14),
    referrer=KNOWN,
    assigned=st.booleans(),
)


@pytest.mark.rule("OWN-03")
@pytest.mark.parametrize("kind", [VISIT, CALL, WEB])
def test_a_first_contact_is_new(kind):
    assert decide(Asked(kind)) == Verdict("new")


@pytest.mark.rule("REC-10")
@pytest.mark.parametrize("kind", [VISIT, CALL, WEB])
@pytest.mark.parametrize("known", [ACTIVE, DEALT])
def test_a_valid_registration_is_returning_to_its_owner(kind, known):
    assert decide(Asked(kind, known=known, named=B, assigned=True)) == Verdict("returning", 1, A, opens=False)


@pytest.mark.rule("OWN-07")
@pytest.mark.parametrize("kind", [VISIT, CALL, WEB])
def test_a_lapsed_registration_is_registered_anew(kind):
    assert decide(Asked(kind, known=LAPSED, named=B, assigned=True)) == Verdict("lapsed", 1)


@pytest.mark.rule("OWN-06b")
def test_a_defeated_customer_is_new_under_the_same_record():
    assert decide(Asked(VISIT, known=DEFEATED, named=B)) == Verdict("new", 1)


@pytest.mark.rule("OWN-06c")
@pytest.mark.parametrize("kind", [VISIT, CALL])
def test_an_unassigned_lead_who_comes_or_calls_is_new(kind):
    assert decide(Asked(kind, known=LEAD)) == Verdict("new", 1)


@pytest.mark.rule("OWN-06c")
def test_an_unassigned_lead_who_writes_again_opens_nothing():
    assert decide(Asked(WEB, known=LEAD)) == Verdict("returning", 1, opens=False)


@pytest.mark.rule("OWN-01")
@pytest.mark.parametrize("relation", ["spouse", "parent", "child"])
def test_close_relatives_are_one_customer(relation):
    asked = Asked(VISIT, relative=RELATIVE, relation=relation, named=A)
    assert decide(asked) == Verdict("family", 2, B, opens=False, joins=True)


@pytest.mark.rule("OWN-02")
def test_shareholders_are_one_customer():
    asked = Asked(VISIT, relative=RELATIVE, relation="shareholder")
    assert decide(asked) == Verdict("shareholder", 2, B, opens=False, joins=True)


@pytest.mark.rule("OWN-01")
@pytest.mark.parametrize("relation", ["other", "self", ""])
def test_other_relatives_are_not_one_customer(relation):
    assert decide(Asked(VISIT, relative=RELATIVE, relation=relation)) == Verdict("new")


@pytest.mark.rule("OWN-01")
@pytest.mark.parametrize("known", [LAPSED, DEFEATED, LEAD])
def test_a_valid_registration_of_the_family_goes_before_a_past_one_of_ones_own(known):
    asked = Asked(VISIT, known=known, relative=RELATIVE, relation="spouse")
    assert decide(asked) == Verdict("family", 2, B, opens=False, joins=True)


@pytest.mark.rule("OWN-01")
def test_a_valid_registration_of_ones_own_goes_before_the_familys():
    assert decide(Asked(VISIT, known=ACTIVE, relative=RELATIVE, relation="spouse")).customer == 1


@pytest.mark.rule("OWN-07")
def test_a_relative_of_a_lapsed_customer_joins_it_anew():
    asked = Asked(VISIT, relative=Known(2, "lapsed", None), relation="child")
    assert decide(asked) == Verdict("lapsed", 2, joins=True)


@pytest.mark.rule("OWN-08")
@pytest.mark.parametrize("state", ["active", "dealt"])
def test_a_referral_needs_the_old_customers_own_rep_named(state):
    asked = Asked(VISIT, referrer=Known(3, state, A), named=A)
    assert decide(asked) == Verdict("referred", None, A)
    assert decide(Asked(VISIT, referrer=Known(3, state, A), named=B)) == Verdict("named", None, B)
    assert decide(Asked(VISIT, referrer=Known(3, state, A))) == Verdict("new")


@pytest.mark.rule("OWN-08")
@pytest.mark.parametrize("state", ["lapsed", "defeated", "unassigned"])
def test_a_referrer_whom_nobody_owns_refers_to_nobody(state):
    assert decide(Asked(VISIT, referrer=Known(3, state, None), named=A)) == Verdict("named", None, A)


@pytest.mark.rule("OWN-09")
def test_a_named_rep_owns_a_first_visit_and_no_first_call():
    assert decide(Asked(VISIT, named=B)) == Verdict("named", None, B)
    assert decide(Asked(CALL, named=B)) == Verdict("new")
    assert decide(Asked(WEB, named=B)) == Verdict("new")


@pytest.mark.rule("REC-14")
def test_an_assigned_first_visit_is_assigned_unless_a_rep_was_named():
    assert decide(Asked(VISIT, assigned=True)) == Verdict("assigned")
    assert decide(Asked(VISIT, assigned=True, named=B)).decision == "named"


@pytest.mark.rule("REC-15")
@given(QUESTIONS)
def test_looking_goes_before_everything_but_a_valid_registration_of_ones_own(asked):
    verdict = decide(asked)
    returning = asked.known is not None and asked.known.holds
    assert (verdict.decision == "looking") == (asked.look and not returning)
    if asked.look:
        expected = (
            Verdict("returning", asked.known.id, asked.known.owner, opens=False)
            if returning
            else Verdict("looking", opens=False)
        )
        assert verdict == expected


@pytest.mark.rule("REG-07")
@given(QUESTIONS)
def test_the_same_question_has_the_same_answer(asked):
    assert decide(asked) == decide(asked)


@given(QUESTIONS)
def test_a_registration_is_opened_unless_one_holds_already(asked):
    verdict = decide(asked)
    assert verdict.opens == (verdict.decision not in ("returning", "family", "shareholder", "looking"))


@given(QUESTIONS)
def test_the_rep_is_one_that_was_named_or_owns_already(asked):
    verdict = decide(asked)
    owners = {known.owner for known in (asked.known, asked.relative) if known and known.holds}
    assert verdict.rep is None or verdict.rep in owners | {asked.named}


@given(QUESTIONS)
def test_the_customer_is_the_known_one_or_the_relative(asked):
    verdict = decide(asked)
    ids = {known.id for known in (asked.known, asked.relative) if known}
    assert verdict.customer is None or verdict.customer in ids
    if verdict.joins:
        assert asked.relative
        assert verdict.customer == asked.relative.id


@pytest.mark.rule("REC-10")
@given(QUESTIONS)
def test_nobody_loses_a_customer_whose_registration_holds(asked):
    if asked.known and asked.known.holds and not asked.look:
        assert decide(asked).rep == asked.known.owner


def test_every_decision_can_be_reached():
    reached = {
        decide(asked).decision
        for asked in (
            Asked(VISIT),
            Asked(VISIT, look=True),
            Asked(VISIT, known=ACTIVE),
            Asked(VISIT, known=LAPSED),
            Asked(VISIT, named=A),
            Asked(VISIT, assigned=True),
            Asked(VISIT, referrer=ACTIVE, named=A),
            Asked(VISIT, relative=RELATIVE, relation="spouse"),
            Asked(VISIT, relative=RELATIVE, relation="shareholder"),
        )
    }
    assert reached == set(Decision.values)

"""The decision at the desk in words: one sentence per case, with names of staff and numbers alone."""

from __future__ import annotations

import pytest
from django.utils import translation

from customers.models import Decision, LineKind
from reception.words import Told, sentence

WHOSE = {
    "new": "No valid registration: registered as new.",
    "returning": "Registration no. 3 still holds: customer of B.",
    "lapsed": "Registration no. 3 has lapsed: registered anew.",
    "family": "Same family as no. 3: customer of B.",
    "shareholder": "Same company as no. 3: customer of B.",
    "referred": "Brought by the customer of no. 9, whose rep B was named.",
    "named": "First visit, asked for B by name.",
    "assigned": "Registered as new.",
    "looking": "Only looking: not registered.",
}
WHO = {
    "turn": "Head of the queue is A (round 2, place 4).",
    "own": "A receives, outside the order.",
    "overload": "Nobody was waiting: given to A as overload.",
    "assigned": "The supervisor assigned A: 讲粤语",
    "out_of_turn": "A took the visitor out of turn.",
}


def told(**said: object) -> Told:
    """A decision with everything that a sentence may speak of."""
    base = {
        "decision": "new",
        "kind": "visit",
        "receiver": "A",
        "owner": "B",
        "number": 3,
        "referrer": 9,
        "round": 2,
        "position": 4,
        "note": "讲粤语",
    }
    return Told(**{**base, **said})


@pytest.fixture(autouse=True)
def english():
    """Sentences as they stand in the code."""
    with translation.override("en"):
        yield


@pytest.mark.rule("REG-07")
@pytest.mark.rule("REC-22")
@pytest.mark.parametrize("decision", Decision.values)
@pytest.mark.parametrize("mode", WHO)
def test_every_decision_has_its_sentence(decision, mode):
    said = told(decision=decision, mode=mode, breach=mode == "out_of_turn")
    assert sentence(said) == f"{WHOSE[decision]} {WHO[mode]}"


@pytest.mark.rule("REC-16")
def test_the_head_who_took_the_visitor_is_the_head():
    assert sentence(told(mode="out_of_turn")) == f"{WHOSE['new']} {WHO['turn']}"


@pytest.mark.rule("OWN-15")
def test_an_absent_owner_is_named(english):
    assert sentence(told(decision="returning", mode="own", as_helper=True)) == (
        "Registration no. 3 still holds: customer of B. B is absent: A, head of the queue, receives as helper."
    )


@pytest.mark.rule("OWN-04")
def test_a_call_names_who_answered():
    assert sentence(told(kind=LineKind.CALL)) == "No valid registration: registered as new. A answered the call."


@pytest.mark.rule("OWN-05")
@pytest.mark.parametrize(
    ("decision", "owner", "words"),
    [
        ("new", "", "No valid registration: registered as new. The supervisor gives it out."),
        ("returning", "", "Already known as no. 3, not given out yet. The supervisor gives it out."),
        ("returning", "B", "Registration no. 3 still holds: customer of B."),
    ],
)
def test_a_web_lead_waits_for_the_supervisor(decision, owner, words):
    assert sentence(told(kind=LineKind.WEB, decision=decision, owner=owner)) == words


@pytest.mark.rule("REG-07")
@pytest.mark.parametrize("decision", Decision.values)
def test_every_sentence_is_translated(decision):
    in_english = sentence(told(decision=decision))
    with translation.override("zh-hans"):
        assert sentence(told(decision=decision)) != in_english

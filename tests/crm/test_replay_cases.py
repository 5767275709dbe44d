"""Cases of the replay that an independent model of the rulebook found wrong once."""

import json

import pytest
from django.utils import translation

from crm.replay.log import read
from crm.replay.run import run

pytestmark = pytest.mark.django_db
PEOPLE = [("A", "rep", 1), ("B", "rep", 2), ("S", "supervisor", None)]


def tell(*events, day="2025-03-03"):
    """The state after events given as (clock or day and clock, verb, arguments)."""
    rows: list[dict[str, object]] = [{"at": f"{day}T08:00:00+08:00", "do": "office", "name": "O"}]
    for who, role, number in PEOPLE:
        rows.append(
            {"at": f"{day}T08:00:00+08:00", "do": "hire", "who": who, "name": who, "role": role, "number": number}
        )
    for clock, do, args in events:
        at = clock if "T" in clock else f"{day}T{clock}"
        rows.append({"at": f"{at}:00+08:00", "do": do, **args})
    with translation.override("zh-hans"):
        return run(read(json.dumps(row) for row in rows), policy={}, keep=False)


def sign_in(*codes, at="08:30"):
    return [(at, "sign_in", {"who": code}) for code in codes]


def arrive(key, at, **more):
    return (at, "arrive", {"kind": "visit", "as": key, **more})


def states(state):
    return {row["who"]: row["state"] for row in state["board"]["rows"]}


def refused(state):
    return [row["do"] for row in state["refusals"]]


@pytest.mark.rule("REC-15")
@pytest.mark.parametrize("kind", ["call", "web"])
def test_looking_call_or_web_lead_is_refused(kind):
    state = tell(*sign_in("A"), arrive("l", "09:10", kind=kind, purpose="look", answered_by="A"))
    assert (refused(state), state["register"]) == (["arrive"], [])


@pytest.mark.rule("REC-15", "REC-10")
def test_known_customer_who_only_looks_is_returning_and_can_leave():
    state = tell(
        *sign_in("A", "B"),
        arrive("c1", "09:10"),
        ("09:20", "leave", {"customer": "c1"}),
        ("09:30", "arrive", {"kind": "visit", "customer": "c1", "purpose": "look"}),
        ("09:40", "leave", {"customer": "c1"}),
    )
    assert [line["decision"] for line in state["register"]] == ["new", "returning"]
    assert (states(state), refused(state)) == ({"A": "waiting", "B": "waiting"}, [])


@pytest.mark.rule("REC-15")
def test_lapsed_customer_who_only_looks_frees_the_receiver_on_leaving():
    state = tell(
        *sign_in("A"),
        arrive("c1", "09:10"),
        ("2025-05-01T08:30", "sign_in", {"who": "A"}),
        ("2025-05-01T09:30", "arrive", {"kind": "visit", "customer": "c1", "purpose": "look"}),
        ("2025-05-01T09:40", "leave", {"customer": "c1"}),
    )
    assert (states(state), refused(state), len(state["register"])) == ({"A": "waiting"}, [], 1)


def test_past_month_keeps_the_source_when_the_customer_registers_again():
    state = tell(
        *sign_in("A"),
        arrive("c1", "09:10"),
        ("2025-03-05T10:00", "follow_up", {"customer": "c1", "manner": "phone", "reached": True, "result": "x"}),
        ("2025-05-07T10:00", "arrive", {"kind": "call", "customer": "c1", "answered_by": "A"}),
    )
    assert {source: part["follow_ups"] for source, part in state["months"]["2025-03"]["by_source"].items()} == {
        "walk_in": 1
    }


@pytest.mark.rule("REC-14", "REC-16")
@pytest.mark.parametrize("way", [{"to": "A", "by": "S", "reason": "x"}, {"taken_by": "A"}])
def test_insisting_on_the_absent_owner_is_refused(way):
    state = tell(
        *sign_in("A", "B"),
        arrive("c1", "09:10"),
        ("09:20", "leave", {"customer": "c1"}),
        ("09:21", "sign_out", {"who": "A"}),
        ("09:30", "arrive", {"kind": "visit", "customer": "c1", **way}),
    )
    assert (refused(state), len(state["register"])) == (["arrive"], 1)


@pytest.mark.rule("REC-14")
def test_skip_before_the_opening_concerns_one_person_alone():
    state = tell(
        *sign_in("A"),
        ("08:31", "adjust", {"by": "S", "who": "A", "action": "skip", "reason": "x"}),
        *sign_in("B", at="08:35"),
    )
    assert (state["board"]["next"], [row["round"] for row in state["board"]["rows"]]) == ("B", [1, 2])


@pytest.mark.rule("OWN-06c")
def test_web_lead_who_is_family_of_a_customer_goes_to_the_same_owner():
    state = tell(
        *sign_in("A", "B"),
        arrive("c1", "09:10"),
        ("09:12", "leave", {"customer": "c1"}),
        ("09:15", "arrive", {"kind": "web", "as": "w"}),
        ("09:30", "arrive", {"kind": "visit", "customer": "w", "relation": {"to": "c1", "kind": "spouse"}}),
    )
    assert [(line["customer"], line["decision"]) for line in state["register"]] == [
        ("c1", "new"),
        ("w", "new"),
        ("c1", "family"),
    ]
    lead = state["customers"]["w"]
    assert (lead["owner"], lead["basis"], lead["state"]) == ("A", "web", "active")


@pytest.mark.rule("REC-11")
def test_probationary_staff_are_not_assigned_and_not_named():
    hired = ("08:10", "hire", {"who": "P", "name": "P", "role": "probationary"})
    state = tell(
        hired,
        *sign_in("A", "P"),
        arrive("c1", "09:10", to="P", by="S", reason="x"),
        arrive("c2", "09:20", named="P"),
    )
    assert (refused(state), [line["owner"] for line in state["register"]]) == (["arrive"], ["A"])

"""Disputes and leaving in a log: ownership moves, refusals name their rule, jobs change nothing (OWN-12, HAND-01)."""

from __future__ import annotations

import pytest
from django.core.management import CommandError

from tests.crm.story import event, house, replay

pytestmark = pytest.mark.django_db
NEXT = "2026-03-03"


def calls(count):
    """Calls that A answers."""
    return [
        event(f"09:{n:02d}", "arrive", kind="call", answered_by="A", **{"as": f"c{n}"}) for n in range(1, count + 1)
    ]


def hired():
    return [*house(), event("08:02", "hire", who="M", name="经理", role="marketing_manager")]


def dispute(clock, step, by, on=NEXT, **said):
    return event(clock, "dispute", on, customer="c1", step=step, by=by, **said)


def owned(state):
    return "".join(state["customers"][f"c{n}"]["owner"] or "-" for n in range(1, len(state["customers"]) + 1))


RULED = [
    dispute("10:00", "open", "B", reason="我先接的"),
    dispute("10:10", "rule", "S", to="B", reason="登记为准"),
]


@pytest.mark.rule("OWN-12", "OWN-14")
def test_a_ruling_moves_and_the_manager_overrules_once(tmp_path):
    state = replay(tmp_path, [*hired(), *calls(1), *RULED])
    one = state["customers"]["c1"]
    assert (one["owner"], one["basis"], one["since"], one["valid_until"]) == ("B", "ruling", NEXT, "2026-04-02")
    assert [(e["owner"], e["ended"]) for e in one["episodes"]] == [("A", "ruling"), ("B", None)]
    last = [
        dispute("10:20", "overrule", "S", reason="x"),
        dispute("10:30", "overrule", "M", reason="归原主"),
        dispute("10:40", "overrule", "M", to="C", reason="又改"),
    ]
    state = replay(tmp_path, [*hired(), *calls(1), *RULED, *last])
    assert owned(state) == "A"
    assert [(one["do"], one["why"][-8:]) for one in state["refusals"]] == [("dispute", "(OWN-12)")] * 2


@pytest.mark.rule("OWN-12", "OWN-07")
def test_what_cannot_be_disputed_is_refused_and_changes_nothing(tmp_path):
    late = "2026-04-05"
    events = [
        *hired(),
        *calls(1),
        dispute("10:00", "rule", "S", to="B", reason="x"),
        dispute("10:01", "open", "A", reason="是我的"),
        dispute("10:02", "open", "K", reason="x"),
        dispute("10:03", "open", "B", reason="x"),
        dispute("10:04", "rule", "B", to="B", reason="x"),
        dispute("10:05", "rule", "S", to="B"),
        dispute("10:06", "rule", "S", late, to="B", reason="x"),
        dispute("10:07", "open", "C", late, reason="x"),
    ]
    state = replay(tmp_path, events)
    assert [one["why"].rsplit("(", 1)[1] for one in state["refusals"]] == [
        "OWN-12)",
        "OWN-12)",
        "OWN-12)",
        "OFF-03)",
        "OWN-12)",
        "OWN-07)",
        "OWN-07)",
    ]
    assert (state["customers"]["c1"]["state"], len(state["customers"]["c1"]["episodes"])) == ("lapsed", 1)


@pytest.mark.rule("HAND-01")
def test_a_post_left_is_shared_out_by_number_and_the_leaver_receives_nothing_more(tmp_path):
    events = [
        *hired(),
        event("08:50", "sign_in", who="A"),
        *calls(5),
        event("10:00", "leave_post", NEXT, who="A", by="S", hand_over_to=["C", "B"]),
        event("10:10", "sign_in", NEXT, who="A"),
        event("10:11", "transfer", NEXT, customer="c1", to="A", by="S", reason="x"),
    ]
    state = replay(tmp_path, events)
    assert owned(state) == "CBCBC"
    one = state["customers"]["c2"]
    assert (one["basis"], one["since"], one["valid_until"]) == ("handover", NEXT, "2026-04-02")
    assert [(e["owner"], e["ended"]) for e in one["episodes"]] == [("A", "handover"), ("B", None)]
    assert [(r["do"], r["why"][-8:]) for r in state["refusals"]] == [("sign_in", "(OFF-02)"), ("transfer", "(OFF-02)")]


@pytest.mark.rule("HAND-01")
@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"by": "S", "hand_over_to": []}, "HAND-01"),
        ({"by": "S"}, "HAND-01"),
        ({"by": "S", "hand_over_to": ["A"]}, "HAND-01"),
        ({"by": "S", "hand_over_to": ["K"]}, "OFF-02"),
        ({"by": "B", "hand_over_to": ["C"]}, "OFF-03"),
        ({"by": "S", "hand_over_to": ["B", "B"]}, "HAND-01"),
    ],
)
def test_a_post_that_cannot_be_left_so_changes_nothing(tmp_path, said, rule):
    state = replay(tmp_path, [*hired(), *calls(3), event("10:00", "leave_post", NEXT, who="A", **said)])
    assert owned(state) == "AAA"
    assert state["refusals"][0]["why"].endswith(f"({rule})")


@pytest.mark.rule("HAND-01")
def test_the_only_supervisor_leaves_by_the_managers_hand(tmp_path):
    leave = {"who": "S", "hand_over_to": []}
    state = replay(
        tmp_path,
        [
            *hired(),
            event("10:00", "leave_post", **leave, by="S"),
            event("10:01", "leave_post", **leave, by="M"),
        ],
    )
    assert [one["why"][-9:] for one in state["refusals"]] == ["(HAND-01)"]


@pytest.mark.rule("HAND-01", "OWN-12")
def test_the_state_is_the_same_with_and_without_jobs(tmp_path):
    story = [
        *hired(),
        event("08:50", "sign_in", who="A"),
        *calls(4),
        *RULED,
        event("11:00", "leave_post", NEXT, who="A", by="S", hand_over_to=["B", "C"]),
        event("12:00", "snapshot", "2026-04-20", name="end"),
    ]
    jobs = [
        one
        for line in story
        for one in ([line, {"at": line["at"], "do": "jobs"}] if line["do"] not in ("office", "snapshot") else [line])
    ]
    assert replay(tmp_path, story) == replay(tmp_path, jobs)


@pytest.mark.parametrize("codes", ["B", [1], ["Z"], {"B": 1}])
def test_a_malformed_list_of_receivers_stops_the_replay(tmp_path, codes):
    with pytest.raises(CommandError, match="hand_over_to"):
        replay(tmp_path, [*hired(), event("10:00", "leave_post", who="A", by="S", hand_over_to=codes)])

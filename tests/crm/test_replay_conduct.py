"""The replay's verbs of conduct: warn, fine, object, withdraw, and the measures that follow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm.replay.log import Malformed, read
from tests.crm.story import event, house, replay

pytestmark = pytest.mark.django_db
MANAGER = event("08:02", "hire", who="M", name="演示M", role="marketing_manager")


def warn(clock: str, key: str, on: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    """A warns by S, unless said otherwise."""
    return event(clock, "warn", on, **{"as": key, "who": "A", "by": "S", "kind": "careless", **more})


def rows(state: dict[str, Any]) -> list[tuple[str, str, int, str]]:
    return [(one["kind"], one["reason"], one["amount"], one["state"]) for one in state["measures"]]


@pytest.mark.rule("COND-02")
@pytest.mark.rule("COND-03")
def test_the_fourth_on_the_last_second_of_the_month_and_its_withdrawal_in_the_next(tmp_path):
    log = [
        *house(),
        MANAGER,
        *(warn(f"09:0{n}", f"w{n}") for n in range(3)),
        warn("23:59:59", "w3", on="2026-03-31"),
        event("00:00", "snapshot", "2026-04-01", name="april"),
        event("09:00", "object", "2026-04-01", measure="w3", by="A", reason="当天已补登"),
        event("10:00", "withdraw", "2026-04-01", measure="w3", by="M", reason="属实"),
        warn("11:00", "w4", on="2026-04-01", kind="order"),
    ]
    state = replay(tmp_path, log)
    assert state["refusals"] == []
    three = [("warning", "careless", 0, "standing")] * 3
    fourth = {"who": "A", "kind": "warning", "reason": "careless", "at": "2026-03-31T23:59:59+08:00"}
    april = state["snapshots"]["april"]
    assert april["measures"][3] == {**fourth, "amount": 0, "state": "standing"}
    assert april["measures"][4] == {
        **fourth,
        "kind": "fine",
        "reason": "warnings",
        "amount": 30,
        "state": "standing",
    }
    assert rows(state) == [
        *three,
        ("warning", "careless", 0, "withdrawn"),
        ("fine", "warnings", 30, "fallen"),
        ("warning", "order", 0, "standing"),
    ]


@pytest.mark.rule("COND-02")
def test_fines_by_hand_and_what_the_rules_refuse(tmp_path):
    log = [
        *house(policy={"fine_amount": 50}),
        MANAGER,
        event("09:00", "fine", **{"as": "f", "who": "B", "by": "S", "kind": "quarrel", "reason": "争客户"}),
        event("09:01", "warn", **{"as": "own", "who": "S", "by": "S", "kind": "order"}),
        event("09:02", "warn", who="A", by="B", kind="order"),
        event("09:03", "object", measure="f", by="A", reason="不是我"),
        event("09:04", "object", measure="f", by="B"),
        event("09:05", "object", measure="f", by="B", reason="没有争执"),
        event("09:06", "object", measure="f", by="B", reason="再说一次"),
        event("09:07", "withdraw", measure="f", by="S", reason="算了"),
        event("09:08", "withdraw", measure="own", by="M", reason="算了"),
        event("09:09", "withdraw", measure="f", by="M", reason="证人说没有"),
    ]
    state = replay(tmp_path, log)
    assert rows(state) == [("fine", "quarrel", 50, "withdrawn")]
    assert [one["at"][11:16] for one in state["refusals"]] == [f"09:0{n}" for n in (1, 2, 3, 4, 6, 7, 8)]
    assert all("COND-0" in one["why"] for one in state["refusals"])


@pytest.mark.rule("COND-02")
def test_what_if_the_office_had_counted_points(tmp_path):
    log = [*house(), *(warn(f"09:0{n}", f"w{n}") for n in range(3))]
    state = replay(tmp_path, log, policy={"points_only": True, "warnings_allowed": 2})
    assert rows(state)[-1] == ("fine", "warnings", 0, "standing")


BAD = [
    event("09:00", "warn", who="A", by="S", kind="quarrel"),
    event("09:00", "fine", who="A", by="S", kind="careless"),
    event("09:00", "warn", who="Z", by="S", kind="order"),
    event("09:00", "warn", who="A", kind="order"),
    event("09:00", "object", measure="w", by="A", reason="x"),
    event("09:00", "withdraw", by="S", reason="x"),
    event("09:00", "withdraw", measure=7, by="S", reason="x"),
    event("09:00", "warn", who="A", by="S", kind="order", reason="长" * 201),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_misshapen_line_stops_the_log(bad):
    with pytest.raises(Malformed) as stopped:
        read(json.dumps(one) for one in [*house(), bad])
    assert stopped.value.line == len(house()) + 1

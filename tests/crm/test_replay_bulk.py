"""Bulk buyers in a log: the boundary, the climb, the contract's five parts, filing, changes, freezes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm.replay.log import Malformed, read
from crm.replay.run import run

pytestmark = pytest.mark.django_db
PEOPLE = {
    "R": "rep",
    "S": "supervisor",
    "M": "marketing_manager",
    "C": "clerk",
    "F": "finance",
    "B": "branch_manager",
    "H": "hq",
    "P": "chairman",
}
BUYERS = ["云栖大学", "王小平"]
PARTS = {"buyers": BUYERS, "units": 11, "percent": 8, "payment": "2026-04-01 一次付清", "special": "无"}


def lines(*steps: dict[str, Any]) -> list[str]:
    """An office, its people, and these steps of the account x, a minute apart."""
    head: list[dict[str, Any]] = [{"do": "office", "name": "云栖花园"}]
    head += [{"do": "hire", "who": who, "name": who, "role": role} for who, role in PEOPLE.items()]
    head += [{"do": "bulk", "account": "x", **step} for step in steps]
    return [json.dumps({"at": f"2026-03-02T09:{n:02d}:00+08:00", **one}) for n, one in enumerate(head)]


def played(*steps: dict[str, Any]) -> dict[str, Any]:
    return run(read(lines(*steps)), policy={}, keep=False)


def step(name: str, by: str, **said: Any) -> dict[str, Any]:
    return {"step": name, "by": by, **said}


NEGOTIATING = (step("open", "S", units=11), step("plan", "S", units=11), step("plan_approve", "B"))
APPROVED = (
    *NEGOTIATING,
    step("report", "S"),
    step("discount", "S", percent=8),
    step("decide", "B", decision="approve"),
    step("decide", "H", decision="approve"),
)
SIGNED = (*APPROVED, step("contract", "S", **PARTS), step("sign", "S"))
FILED = (*SIGNED, step("file", "S"), step("acknowledge", "F"))


@pytest.mark.rule("BULK-02")
def test_ten_units_are_refused_and_later_steps_with_them():
    told = played(step("open", "S", units=10), step("plan", "S", units=10))
    assert told["bulk"] == {}
    assert [(one["line"], one["why"][-9:]) for one in told["refusals"]] == [(10, "(BULK-02)"), (11, "(BULK-01)")]


@pytest.mark.rule("BULK-05")
def test_the_climb_is_told_step_by_step():
    climbing = (*NEGOTIATING, step("discount", "S", percent="8"), step("decide", "B", decision="approve"))
    told = played(*climbing)
    approved = {"role": "branch_manager", "by": "B", "decision": "approve"}
    assert told["bulk"] == {"x": {"state": "climbing", "needs": "hq", "decided": [approved]}}
    told = played(*climbing, step("decide", "P"), step("decide", "H", decision="approve"))
    assert [one["why"][-9:] for one in told["refusals"]] == ["(BULK-05)"]
    assert told["bulk"]["x"]["state"] == "approved"
    assert told["bulk"]["x"]["needs"] is None
    assert told["bulk"]["x"]["decided"] == [approved, {"role": "hq", "by": "H", "decision": "approve"}]


@pytest.mark.rule("BULK-03")
def test_a_plan_waits_for_the_branch_manager_and_may_be_returned():
    told = played(step("open", "S", units=11), step("plan", "S", units=11))
    assert told["bulk"]["x"] == {"state": "planned", "needs": "branch_manager", "decided": []}
    told = played(
        step("open", "S", units=11),
        step("plan", "S", units=12),
        step("plan_return", "B", reason="再写"),
        step("discount", "S", percent=3),
    )
    assert told["bulk"]["x"]["state"] == "returned"
    assert [one["why"][-9:] for one in told["refusals"]] == ["(BULK-03)"]


@pytest.mark.rule("BULK-06")
@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_contract_without_one_of_its_parts_is_not_signed(part):
    without = {name: value for name, value in PARTS.items() if name != part}
    told = played(*APPROVED, step("contract", "S", **without), step("sign", "S"))
    assert told["bulk"]["x"]["state"] == "approved"
    assert [one["why"][-9:] for one in told["refusals"]] == ["(BULK-06)"]
    told = played(
        *APPROVED, step("contract", "S", **without), step("contract", "S", **{part: PARTS[part]}), step("sign", "S")
    )
    assert (told["refusals"], told["bulk"]["x"]["state"]) == ([], "signed")


@pytest.mark.rule("BULK-06")
@pytest.mark.parametrize("wrong", [{"percent": 9}, {"percent": 7.5}, {"units": 12}])
def test_a_contract_that_is_not_what_was_approved_is_not_signed(wrong):
    told = played(*APPROVED, step("contract", "S", **{**PARTS, **wrong}), step("sign", "S"))
    assert told["bulk"]["x"]["state"] == "approved"


@pytest.mark.rule("BULK-07")
def test_a_contract_is_filed_and_acknowledged():
    assert played(*SIGNED, step("file", "S"))["bulk"]["x"]["needs"] == "finance"
    told = played(*FILED)
    assert (told["refusals"], told["bulk"]["x"]["state"]) == ([], "acknowledged")


@pytest.mark.rule("BULK-09")
def test_a_change_of_buyers_is_verified_then_approved():
    asked = (*FILED, step("change_buyers", "C", buyers=[*BUYERS, "新人"], reason="调动证明"))
    told = played(*asked, step("decide", "B", decision="approve"), step("verify", "M"))
    assert [one["line"] for one in told["refusals"]] == [9 + len(asked) + 1]
    assert told["bulk"]["x"]["needs"] == "branch_manager"
    told = played(*asked, step("verify", "M"), step("decide", "B", decision="approve"))
    assert [one["role"] for one in told["bulk"]["x"]["decided"]] == ["marketing_manager", "branch_manager"]
    assert (told["refusals"], told["bulk"]["x"]["needs"]) == ([], None)


@pytest.mark.rule("BULK-08")
@pytest.mark.rule("BULK-10", "BULK-06")
def test_a_refused_step_leaves_nothing_half_done():
    told = played(*FILED, step("flip", "S", buyers=[BUYERS[1], BUYERS[1]], reason="转手"))
    assert (len(told["refusals"]), told["bulk"]["x"]["state"]) == (1, "acknowledged")
    named = step("contract", "S", units=11, buyers=["甲", "甲"])
    told = played(*APPROVED, named, step("contract", "S", units=["x-1"]))
    assert [one["why"][-9:] for one in told["refusals"]] == ["(BULK-06)"] * 2


@pytest.mark.rule("BULK-10")
def test_units_change_and_flipping_freezes():
    told = played(*FILED, step("change_units", "C", units=13), step("flip", "F"), step("flip", "R"), step("lift", "S"))
    assert told["bulk"]["x"] | {"decided": []} == {"state": "frozen", "needs": "marketing_manager", "decided": []}
    assert [one["why"][-9:] for one in told["refusals"]] == ["(BULK-10)", "(BULK-10)"]
    assert played(*FILED, step("flip", "C"), step("lift", "M"))["bulk"]["x"]["state"] == "acknowledged"


@pytest.mark.parametrize(
    "wrong",
    [
        {"step": "plan", "by": "S"},
        {"step": "fly", "by": "S"},
        {"step": "open"},
        {"step": "open", "by": "Z"},
        {"step": "open", "by": "S", "units": "11"},
        {"step": "open", "by": "S", "units": 10**7},
        {"step": "open", "by": "S", "percent": []},
        {"step": "open", "by": "S", "buyers": "甲"},
    ],
)
def test_what_is_no_event_stops_the_log(wrong):
    with pytest.raises(Malformed):
        read(lines(wrong))


def test_the_state_is_the_same_with_and_without_jobs():
    plain = lines(*FILED)
    jobs = [json.dumps({"at": "2026-03-30T09:00:00+08:00", "do": "jobs"})]
    states = [run(read(rows), policy={}, keep=False)["bulk"] for rows in (plain, [*plain, *jobs])]
    assert states[0] == states[1]

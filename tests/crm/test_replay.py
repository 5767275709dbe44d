"""A log of events through the rules: the worked example, refusals, policies, what is kept and what is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer, RegisterLine
from customers.registers import fault
from staff.models import Company, Office, User
from tests.crm.story import event, house, replay, rows, signed_in
from tests.house import phone

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def visit(clock: str, key: str | None = None, on: str = "2026-03-02", **args: Any) -> dict[str, Any]:
    """A visitor with a key of the log's own."""
    return event(clock, "arrive", on, kind="visit", **({"as": key} if key else {}), **args)


def leave(clock: str, key: str, on: str = "2026-03-02") -> dict[str, Any]:
    """A visitor leaves."""
    return event(clock, "leave", on, customer=key)


EXAMPLE = [
    *house(),
    event("08:50", "sign_in", who="A"),
    event("08:55", "sign_in", who="B"),
    event("09:00", "sign_in", who="C"),
    visit("09:05", "c1"),
    visit("09:10", "c2"),
    event("09:20", "away", who="C"),
    leave("09:21", "c1"),
    leave("09:22", "c2"),
    visit("09:25", "c3"),
    event("09:30", "back", who="C"),
    event("09:31", "snapshot", name="order"),
    event("09:40", "arrive", kind="visit", customer="c2"),
    visit("09:45", "c4"),
    event("10:00", "leave", customer="c2"),
]


@pytest.mark.rule("REC-07")
@pytest.mark.rule("REC-08")
@pytest.mark.rule("REC-09")
@pytest.mark.rule("REC-10")
def test_the_worked_example_ends_with_the_board_of_the_rulebook(tmp_path):
    state = replay(tmp_path, EXAMPLE)
    assert state["refusals"] == []
    assert [line["receiver"] for line in state["register"]] == list("ABABC")
    assert state["snapshots"]["order"]["board"] == {
        "next": "B",
        "rows": [
            {"who": "B", "position": 2, "round": 2, "state": "waiting"},
            {"who": "C", "position": 3, "round": 2, "state": "waiting"},
            {"who": "A", "position": 1, "round": 3, "state": "receiving"},
        ],
    }
    assert state["board"] == {
        "next": "B",
        "rows": [
            {"who": "B", "position": 2, "round": 2, "state": "waiting"},
            {"who": "A", "position": 1, "round": 3, "state": "receiving"},
            {"who": "C", "position": 3, "round": 3, "state": "receiving"},
        ],
    }
    assert state["turns"]["A"] == {"taken": 2, "passed": 0, "returning": 0, "given_back": 0}
    assert state["turns"]["B"] == {"taken": 1, "passed": 0, "returning": 1, "given_back": 0}
    assert state["turns"]["C"] == {"taken": 1, "passed": 1, "returning": 0, "given_back": 0}
    assert "K" not in state["turns"]


@pytest.mark.rule("REC-08")
def test_the_worked_example_with_c_back_a_minute_earlier(tmp_path):
    events = [one for one in EXAMPLE if one["do"] not in ("back", "snapshot")]
    at = next(n for n, one in enumerate(events) if one["do"] == "arrive" and one.get("as") == "c3")
    state = replay(tmp_path, [*events[:at], event("09:24", "back", who="C"), events[at]])
    assert state["register"][-1]["receiver"] == "C"


def test_a_line_of_the_state_has_every_field_of_the_register(tmp_path):
    line = replay(tmp_path, EXAMPLE)["register"][3]
    reason = line.pop("reason")
    assert line == {
        "number": 4,
        "kind": "visit",
        "at": "2026-03-02T09:40:00+08:00",
        "customer": "c2",
        "first": False,
        "decision": "returning",
        "receiver": "B",
        "owner": "B",
    }
    assert reason


@pytest.mark.rule("OWN-14")
def test_a_customer_of_the_state_has_its_episodes_and_dates(tmp_path):
    row = replay(tmp_path, EXAMPLE)["customers"]["c2"]
    shown = {name: row[name] for name in ("owner", "basis", "since", "valid_until", "state", "number", "episodes")}
    assert shown == {
        "owner": "B",
        "basis": "first_visit",
        "since": "2026-03-02",
        "valid_until": "2026-04-01",
        "state": "active",
        "number": 2,
        "episodes": [
            {"owner": "B", "basis": "first_visit", "from": "2026-03-02T09:10:00+08:00", "until": None, "ended": None}
        ],
    }
    assert row["effective_follow_ups"] == 1


# What is kept


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Company, Office, User, Customer, RegisterLine))


def test_without_keep_nothing_stays(tmp_path):
    replay(tmp_path, EXAMPLE)
    assert counts() == (0, 0, 0, 0, 0)


def test_with_keep_the_office_stays_and_its_register_is_intact(tmp_path):
    replay(tmp_path, EXAMPLE, "--keep")
    assert counts() == (1, 1, 8, 4, 5)
    assert fault(Office.objects.get()) is None


def test_a_log_can_be_kept_twice_as_two_offices(tmp_path):
    assert replay(tmp_path, EXAMPLE, "--keep") == replay(tmp_path, EXAMPLE, "--keep")
    assert Office.objects.count() == 2


def test_the_state_can_be_written_to_a_file(tmp_path):
    out = tmp_path / "state.json"
    assert replay(tmp_path, EXAMPLE, "--out", str(out)) == {}
    assert json.loads(out.read_text(encoding="utf-8")) == replay(tmp_path, EXAMPLE)


def test_the_same_log_gives_the_same_state(tmp_path):
    assert replay(tmp_path, EXAMPLE) == replay(tmp_path, EXAMPLE)


# Malformed logs


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("{", 2),
        ({"at": "2026-03-02T12:00:00+08:00", "do": "dance"}, 2),
        (event("12:00", "sign_in", who="Z"), 2),
        (event("12:00", "leave", customer="c9"), 2),
        (event("07:00", "jobs"), 2),
        (event("12:00", "office", name="又一间"), 2),
    ],
)
@pytest.mark.parametrize("keep", [[], ["--keep"]])
def test_a_malformed_line_stops_with_its_number_and_keeps_nothing(tmp_path, line, number, keep):
    with pytest.raises(CommandError) as stopped:
        replay(tmp_path, [event("08:00", "office", name="演示案场"), line, event("13:00", "jobs")], *keep)
    assert stopped.value.returncode == 2
    assert str(stopped.value).startswith(f"Line {number}: ")
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "office",
    [
        {"timezone": "Mars/Olympus"},
        {"policy": {"valid_days": 0}},
        {"policy": {"valid_days": float("inf")}},
        {"policy": {"no_such_field": 1}},
        {"policy": {"strategy": "by_mood"}},
        {"policy": {"opens_at": "noon"}},
        {"policy": "strict"},
        {"policy": [1]},
        {"name": ""},
        {"name": "长" * 101},
    ],
)
def test_a_misshapen_office_is_malformed(tmp_path, office):
    with pytest.raises(CommandError) as stopped:
        replay(tmp_path, house(**office))
    assert (stopped.value.returncode, str(stopped.value)[:8]) == (2, "Line 1: ")
    assert counts() == (0, 0, 0, 0, 0)


NESTED, LONG_NUMBER = pytest.param("[" * 100_000, id="nested"), pytest.param("1" * 5000, id="long number")


@pytest.mark.parametrize("policy", ["{", "[]", "7", NESTED, LONG_NUMBER, {"no_such_field": 1}, {"valid_days": "many"}])
def test_a_misshapen_policy_stops(tmp_path, policy):
    with pytest.raises(CommandError) as stopped:
        replay(tmp_path, EXAMPLE, policy=policy)
    assert stopped.value.returncode == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b""])
def test_a_file_that_cannot_be_read_stops(tmp_path, content):
    path = tmp_path / "events.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CommandError) as stopped:
        call_command("replay", str(path))
    assert stopped.value.returncode == 2


def test_the_exit_status_of_the_command_is_two(tmp_path):
    log = tmp_path / "events.jsonl"
    log.write_text("\n".join(rows([event("08:00", "office", name="演示案场"), "{"])), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "manage.py", "replay", str(log)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Line 2: this is not JSON" in done.stderr
    assert "Traceback" not in done.stderr


# Refusals


def test_a_refused_event_changes_nothing_and_is_listed(tmp_path):
    bad = [
        visit("09:10", "c9", phone="1381234"),
        event("09:11", "sign_out", who="A"),
        event("09:12", "sign_in", who="T"),
        event("09:13", "sign_in", who="K"),
        event("09:14", "leave", customer="c9"),
        event("09:15", "adjust", by="S", who="B", action="skip"),
        event("09:16", "adjust", by="S", who="B", action="move", reason="补轮"),
        event("09:17", "adjust", by="K", who="B", action="skip", reason="补轮"),
        event("09:18", "unfit", who="B", by="A"),
        event("09:19", "on_duty", who="B", by="S"),
        event("09:20", "assign", customer="c1", who="B", by="S"),
        event("09:21", "transfer", customer="c1", to="A", by="S", reason="好"),
        event("09:22", "transfer", customer="c1", to="B", by="S"),
        event("09:23", "follow_up_sign", customer="c1", by="S"),
        event("09:24", "follow_up", customer="c1", manner="phone", reached=True, who="B", result="好"),
        event("09:25", "follow_up", customer="c1", manner="phone", reached=True, next_on="someday", result="好"),
        visit("09:26", "c8", party=0),
        visit("09:27", "c8", overload="B"),
        visit("09:28", "c8", to="B", by="K", reason="好"),
        event("09:29", "hire", who="N", name="新", role="rep", number=1),
    ]
    good = [*signed_in(), visit("09:05", "c1")]
    state = replay(tmp_path, [*good, *bad])
    assert [one["line"] for one in state["refusals"]] == list(range(len(good) + 1, len(good) + len(bad) + 1))
    assert [one["do"] for one in state["refusals"]] == [one["do"] for one in bad]
    assert [one["at"] for one in state["refusals"]] == [one["at"] for one in bad]
    assert all(one["why"] for one in state["refusals"])
    without = replay(tmp_path, [*good, event("09:29", "jobs")])
    assert {**state, "refusals": []} == without


def test_a_key_whose_arrival_was_refused_names_no_customer_until_it_comes(tmp_path):
    events = [
        *signed_in(),
        visit("09:10", "c1", phone="1"),
        event("09:11", "arrive", kind="visit", customer="c1"),
        visit("09:12", "c1", phone=phone(1)),
        leave("09:13", "c1"),
        event("09:14", "arrive", kind="visit", customer="c1"),
    ]
    state = replay(tmp_path, events)
    assert [one["line"] for one in state["refusals"]] == [len(signed_in()) + 1, len(signed_in()) + 2]
    assert [line["decision"] for line in state["register"]] == ["new", "returning"]


def test_whoever_could_not_be_hired_does_nothing(tmp_path):
    events = [
        *signed_in(),
        event("09:00", "hire", who="N", name="新", role="rep", number=1),
        event("09:01", "sign_in", who="N"),
        visit("09:02", "c1", named="N"),
    ]
    assert len(replay(tmp_path, events)["refusals"]) == 3


@pytest.mark.parametrize("number", [-1, 0])
def test_a_staff_number_below_one_is_refused(tmp_path, number):
    state = replay(tmp_path, [*signed_in(), event("09:00", "hire", who="N", name="新", role="rep", number=number)])
    assert [one["do"] for one in state["refusals"]] == ["hire"]


@pytest.mark.parametrize("length", [200, 201])
def test_the_longest_texts_that_the_log_lets_through_have_a_place(tmp_path, length):
    long = "长" * length
    events = [
        *signed_in(),
        event("09:00", "hire", who="N" * 60, name="长" * 60, role="rep"),
        event("09:01", "adjust", by="S", who="B", action="skip", reason=long),
        event("09:02", "on_duty", by="S", who="C", reason=long),
        visit("09:03", "c1", to="B", by="S", reason=long),
        visit("09:04", "c2", name="长" * 60, source="referral"),
        event("09:05", "transfer", customer="c1", to="A", by="S", reason=long),
        event("09:06", "follow_up", customer="c1", manner="phone", reached=True, result=long * 9, **{"as": long}),
        event("09:07", "follow_up_reject", customer="c1", by="S", reason=long),
        event("09:08", "snapshot", name=long),
    ]
    if length > 200:
        with pytest.raises(CommandError) as stopped:
            replay(tmp_path, events)
        assert str(stopped.value) == f"Line {len(signed_in()) + 2}: adjust: 'reason' has at most 200 characters"
        return
    assert replay(tmp_path, events)["refusals"] == []


# Looking, jobs, policy, time


@pytest.mark.rule("REC-15")
def test_a_looking_visitors_key_serves_for_leave_alone(tmp_path):
    events = [
        *signed_in(),
        visit("09:10", "look", purpose="look"),
        event("09:11", "follow_up", customer="look", manner="phone", reached=True, result="好"),
        leave("09:12", "look"),
        visit("09:13", "c1", referrer="look", named="B"),
    ]
    state = replay(tmp_path, events)
    assert [one["do"] for one in state["refusals"]] == ["follow_up", "arrive"]
    assert (state["register"], state["customers"], state["turns"]["A"]["given_back"]) == ([], {}, 1)
    assert state["board"]["next"] == "A"


LONG = [
    *signed_in(policy={"strategy": "number"}),
    visit("09:10", "c1", phone=phone(1)),
    visit("09:11", "c2", phone=phone(2), taken_by="C"),
    event("09:12", "arrive", kind="web", **{"as": "w1"}, phone=phone(3)),
    event("09:13", "assign", customer="w1", who="B", by="S"),
    event(
        "10:00", "follow_up", on="2026-03-20", customer="c1", manner="phone", reached=True, result="好", **{"as": "f1"}
    ),
    event(
        "10:00", "follow_up", on="2026-03-25", customer="c2", manner="phone", reached=True, result="好", **{"as": "f2"}
    ),
    event("11:00", "follow_up_reject", on="2026-03-26", follow_up="f2", by="S", reason="无通话"),
    event("09:00", "sign_in", on="2026-04-03", who="B"),
    visit("09:10", "c3", on="2026-04-03", phone=phone(2)),
    event("09:00", "sign_in", on="2026-04-25", who="A"),
    visit("09:10", "c1", on="2026-04-25"),
    event("12:00", "assign", on="2026-04-25", customer="w1", who="C", by="S"),
]


def with_jobs(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same log with the jobs run after every event."""
    return [one for line in events for one in (line, {"at": line["at"], "do": "jobs"})]


@pytest.mark.rule("OWN-07")
def test_the_state_is_the_same_with_and_without_jobs(tmp_path):
    plain, worked = replay(tmp_path, LONG), replay(tmp_path, with_jobs(LONG))
    assert plain["refusals"] == worked["refusals"] == []
    assert plain == worked
    assert [line["decision"] for line in plain["register"]] == ["new", "new", "new", "lapsed", "lapsed"]
    assert plain["customers"]["w1"]["episodes"][0]["ended"] == "lapsed"
    assert plain["breaches"] == [{"who": "C", "kind": "order", "at": "2026-03-02T09:11:00+08:00", "customer": "c2"}]


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(("policy", "decision"), [(None, "returning"), ({"valid_days": 20}, "lapsed")])
def test_what_if_the_office_had_used_twenty_days(tmp_path, policy, decision):
    events = [
        *signed_in(policy={"valid_days": 30}),
        visit("09:10", "c1"),
        event("09:00", "sign_in", on="2026-03-23", who="B"),
    ]
    state = replay(tmp_path, [*events, visit("09:30", "c1", on="2026-03-23")], policy=policy)
    assert state["register"][-1]["decision"] == decision


@pytest.mark.rule("OWN-06")
@pytest.mark.parametrize(
    ("zone", "at", "state"),
    [
        ("Asia/Shanghai", "2026-04-01T15:59:59+00:00", "active"),
        ("Asia/Shanghai", "2026-04-01T16:00:00+00:00", "lapsed"),
        ("UTC", "2026-04-01T23:59:59+00:00", "active"),
        ("UTC", "2026-04-02T00:00:00+00:00", "lapsed"),
        ("America/New_York", "2026-04-01T03:59:59+00:00", "active"),
        ("America/New_York", "2026-04-01T04:00:00+00:00", "lapsed"),
    ],
)
def test_the_thirtieth_day_ends_at_the_offices_own_midnight(tmp_path, zone, at, state):
    events = [*signed_in(timezone=zone), visit("09:10", "c1"), {"at": at, "do": "jobs"}]
    assert replay(tmp_path, events)["customers"]["c1"]["state"] == state


@pytest.mark.parametrize("year", [1999, 2028, 2099])
def test_the_clock_is_the_logs_own_whatever_year_it_is(tmp_path, year):
    on = f"{year}-03-02"
    events = [*signed_in(on), visit("09:10", "c1", on=on), visit("09:11", "c2", on=on, to="C", by="S", reason="好")]
    events += [event("10:00", "follow_up", on, customer="c1", manner="phone", reached=True, result="好")]
    state = replay(tmp_path, [*events, event("10:01", "follow_up_sign", on, customer="c1", by="S")])
    assert state["refusals"] == []
    assert [line["receiver"] for line in state["register"]] == ["A", "C"]


@pytest.mark.rule("OFF-04")
def test_a_trainee_signs_in_once_declared_fit(tmp_path):
    events = [*house(), event("08:50", "sign_in", who="T"), event("08:51", "fit", who="T", by="S")]
    state = replay(tmp_path, [*events, event("08:52", "sign_in", who="T")])
    assert [one["line"] for one in state["refusals"]] == [len(house()) + 1]
    assert state["board"]["rows"] == [{"who": "T", "position": 1, "round": 1, "state": "waiting"}]


@pytest.mark.rule("REC-11")
def test_probationary_staff_are_on_the_board_without_a_place(tmp_path):
    state = replay(tmp_path, [*house(), event("08:50", "sign_in", who="P")])
    assert state["board"] == {
        "next": None,
        "rows": [{"who": "P", "position": None, "round": None, "state": "waiting"}],
    }


def test_months_add_up(tmp_path):
    months = replay(tmp_path, LONG)["months"]
    assert list(months) == ["2026-03", "2026-04"]
    for row in months.values():
        gone = row["deals"] + row["defeats"] + row["lapsed"]
        assert row["open_start"] + row["new"] - gone + row.get("reopened", 0) == row["open_end"]
    assert (months["2026-03"]["visits"], months["2026-03"]["web"], months["2026-03"]["new"]) == (2, 1, 3)
    assert (months["2026-04"]["new"], months["2026-04"]["lapsed"], months["2026-04"]["reopened"]) == (2, 3, 1)


@pytest.mark.rule("OWN-06c")
def test_a_lead_who_comes_counts_as_new_once(tmp_path):
    events = [
        *signed_in(),
        event("09:10", "arrive", kind="web", **{"as": "w1"}, phone=phone(3)),
        visit("09:20", "w1"),
    ]
    state = replay(tmp_path, events)
    assert [line["decision"] for line in state["register"]] == ["new", "new"]
    assert state["months"]["2026-03"]["new"] == 1
    assert state["customers"]["w1"]["number"] == 2

"""Reading a log: each kind of malformed line stops it with its number, before anything runs."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.replay.log import SHAPES, Malformed, read
from tests.crm.story import event, rows, signed_in

START = signed_in()
ARRIVAL = event("09:30", "arrive", kind="visit", **{"as": "c1"})
CONTACT = event("10:00", "follow_up", customer="c1", manner="phone", reached=True, **{"as": "f1"})


def broken(line: object, before: list | None = None) -> str:
    """What is said of a bad line that comes after good ones; the number is that of the line."""
    good = [*START, ARRIVAL, CONTACT] if before is None else before
    with pytest.raises(Malformed) as stopped:
        read(rows([*good, line]))
    assert stopped.value.line == len(good) + 1
    assert str(stopped.value).startswith(f"Line {len(good) + 1}: ")
    return str(stopped.value).split(": ", 1)[1]


NESTED, LONG_NUMBER = pytest.param("[" * 100_000, id="nested"), pytest.param("1" * 5000, id="long number")


@pytest.mark.parametrize(
    "text", ["{", "nonsense", "{'at': 1}", '{"at": "x"} trailing', "\ufeff{}", NESTED, LONG_NUMBER]
)
def test_bad_json_is_malformed(text):
    assert broken(text).startswith("this is not JSON")


@pytest.mark.parametrize("text", ["[]", "1", '"text"', "null", "true"])
def test_json_that_is_no_object_is_malformed(text):
    assert broken(text) == "an event is a JSON object"


@pytest.mark.parametrize("verb", ["dance", "", None, [], {}, 7, "Arrive", "sign_in "])
def test_an_unknown_verb_is_malformed(verb):
    assert broken({"at": "2026-03-02T12:00:00+08:00", "do": verb}) == f"unknown verb {verb!r}"


@pytest.mark.parametrize("at", [None, "", "noon", 7, [], "2026-13-01T00:00:00+08:00"])
def test_a_time_that_is_none_is_malformed(at):
    assert broken({"at": at, "do": "jobs"}) == f"'at' is no ISO 8601 time: {at!r}"


@pytest.mark.parametrize("at", ["2026-03-02T12:00:00", "2026-03-02"])
def test_a_time_without_offset_is_malformed(at):
    assert broken({"at": at, "do": "jobs"}) == f"'at' lacks its offset from UTC: {at!r}"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00", "1899-12-31T00:00:00+08:00"])
def test_a_time_beyond_all_calendars_is_malformed(at):
    line = {"at": at, "do": "office", "name": "演示案场"}
    assert broken(line, before=[]).startswith("'at' lies outside")


def test_time_running_backwards_is_malformed_whatever_the_offset():
    assert broken({"at": "2026-03-02T01:59:59+00:00", "do": "jobs"}).startswith("time runs backwards")
    assert len(read(rows([*START, ARRIVAL, CONTACT, {"at": "2026-03-02T02:00:00Z", "do": "jobs"}]))) == len(START) + 3


@pytest.mark.parametrize("do", sorted(set(SHAPES) - {"office"}))
def test_the_first_line_opens_the_office(do):
    assert broken({**START[0], "do": do}, before=[]) == "the office is opened once, on the first line"


def test_the_office_is_opened_once():
    assert broken({**START[0], "at": "2026-03-02T12:00:00+08:00"}) == "the office is opened once, on the first line"


def test_an_empty_log_is_malformed():
    for text in ([], ["", "  "]):
        with pytest.raises(Malformed) as stopped:
            read(text)
        assert stopped.value.line == 1


@pytest.mark.parametrize(
    ("do", "args", "name"),
    [
        ("sign_in", {"who": "Z"}, "who"),
        ("unfit", {"who": "A", "by": "Z"}, "by"),
        ("arrive", {"kind": "call", "answered_by": "Z"}, "answered_by"),
        ("arrive", {"kind": "visit", "named": "Z"}, "named"),
        ("arrive", {"kind": "visit", "taken_by": "Z"}, "taken_by"),
        ("transfer", {"customer": "c1", "to": "Z", "by": "S"}, "to"),
    ],
)
def test_an_unknown_person_is_malformed(do, args, name):
    assert broken(event("12:00", do, **args)) == f"{do}: unknown person 'Z' in '{name}'"


@pytest.mark.parametrize(
    ("do", "args", "name"),
    [
        ("leave", {"customer": "c9"}, "customer"),
        ("arrive", {"kind": "visit", "customer": "c9"}, "customer"),
        ("arrive", {"kind": "visit", "referrer": "c9"}, "referrer"),
        ("arrive", {"kind": "visit", "relation": {"to": "c9", "kind": "spouse"}}, "relation"),
        ("assign", {"customer": "c9", "who": "A", "by": "S"}, "customer"),
    ],
)
def test_an_unknown_key_is_malformed(do, args, name):
    assert broken(event("12:00", do, **args)) == f"{do}: unknown customer 'c9' in '{name}'"


def test_an_unknown_follow_up_is_malformed():
    assert broken(event("12:00", "follow_up_sign", by="S", follow_up="f9")) == "follow_up_sign: unknown follow-up 'f9'"
    assert broken(event("12:00", "follow_up_reject", by="S")) == "follow_up_reject: lacks 'follow_up' or 'customer'"


def test_somebody_is_hired_once():
    line = event("12:00", "hire", who="A", name="又一个", role="rep")
    assert broken(line) == "hire: 'A' was hired before"


@pytest.mark.parametrize("do", sorted(name for name, shape in SHAPES.items() if shape.needs and name != "office"))
def test_what_a_verb_needs_must_be_there(do):
    for name in SHAPES[do].needs:
        given_all = {"customer": "c1", "who": "A", "by": "S", "to": "B"}
        line = event("12:00", do, **{key: value for key, value in given_all.items() if key in SHAPES[do].needs})
        line[name] = None
        assert broken(line) == f"{do}: lacks '{min(SHAPES[do].needs, key=lambda n: n in line and line[n] is not None)}'"


@pytest.mark.parametrize(
    ("do", "args"),
    [
        ("hire", {"who": "N", "name": "新", "role": "admin"}),
        ("hire", {"who": "N", "name": "新", "role": "king"}),
        ("hire", {"who": "N", "name": 7, "role": "rep"}),
        ("hire", {"who": ["N"], "name": "新", "role": "rep"}),
        ("hire", {"who": "N", "name": "新", "role": "rep", "number": "1"}),
        ("hire", {"who": "N", "name": "新", "role": "rep", "number": True}),
        ("sign_in", {"who": {"A": 1}}),
        ("unfit", {"who": "A", "by": "S", "reason": "lazy"}),
        ("arrive", {"kind": "letter"}),
        ("arrive", {"kind": ["visit"]}),
        ("arrive", {"kind": "visit", "purpose": "sell"}),
        ("arrive", {"kind": "visit", "source": "moon"}),
        ("arrive", {"kind": "visit", "party": "2"}),
        ("arrive", {"kind": "visit", "party": 1.5}),
        ("arrive", {"kind": "visit", "helpers": True}),
        ("arrive", {"kind": "visit", "consent": "yes"}),
        ("arrive", {"kind": "visit", "phone": 15400000001}),
        ("arrive", {"kind": "visit", "as": 7}),
        ("arrive", {"kind": "visit", "relation": "spouse"}),
        ("arrive", {"kind": "visit", "relation": {"to": "c1", "kind": "cousin"}}),
        ("arrive", {"kind": "visit", "relation": {"to": ["c1"], "kind": "spouse"}}),
        ("arrive", {"kind": "visit", "name": "王\x00"}),
        ("arrive", {"kind": "visit", "name": "王\ud800"}),
        ("adjust", {"by": "S", "who": "A", "action": "fire"}),
        ("adjust", {"by": "S", "who": "A", "action": "move", "place": "1"}),
        ("adjust", {"by": "S", "who": "A", "action": "move", "place": 10**12}),
        ("follow_up", {"customer": "c1", "manner": "telepathy", "reached": True}),
        ("follow_up", {"customer": "c1", "manner": "phone", "reached": 1}),
        ("snapshot", {"name": 1}),
        ("snapshot", {"name": "长" * 100_001}),
        ("hire", {"who": "N", "name": "长" * 61, "role": "rep"}),
        ("hire", {"who": "N" * 61, "name": "新", "role": "rep"}),
        ("follow_up_reject", {"customer": "c1", "by": "S", "reason": "长" * 201}),
        ("hire", {"who": "N", "name": "新", "role": "rep", "number": 10**12}),
    ],
)
def test_a_value_of_the_wrong_sort_is_malformed(do, args):
    line = json.dumps(event("12:00", do, **args))
    assert broken(line).startswith(f"{do}: ")


def test_what_is_null_is_absent():
    line = event("09:30", "arrive", kind="visit", party=None, helpers=None, consent=None, named=None, relation=None)
    read_line = read(rows([*START, line]))[-1]
    assert set(read_line.args) == {"at", "do", "kind"}


def test_blank_lines_are_passed_over_and_counted():
    lines = read(["", json.dumps(START[0]), "  ", json.dumps(START[1])])
    assert [line.number for line in lines] == [2, 4]


def test_a_key_is_known_from_the_arrival_on_that_brings_it():
    assert broken(event("12:00", "leave", customer="c2"), before=[*START, ARRIVAL]).startswith(
        "leave: unknown customer"
    )
    assert len(read(rows([*START, ARRIVAL, event("12:00", "leave", customer="c1")]))) == len(START) + 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
ARGUMENTS = sorted(
    {name for shape in SHAPES.values() for name in (*shape.needs, *shape.texts, *shape.counts, *shape.people)}
)


@example("jobs", {"measure": []})
@given(st.sampled_from(sorted(SHAPES)), st.dictionaries(st.sampled_from([*ARGUMENTS, "relation"]), JSON, max_size=6))
def test_any_line_is_read_or_malformed_and_never_breaks_the_reader(do, args):
    line = rows([*START, ARRIVAL, json.dumps({**event("12:00", do), **args})])
    with suppress(Malformed):
        assert len(read(line)) == len(line)


@pytest.mark.parametrize("code", ["\0", "\ud800", "长" * 41, ["U1"], None])
def test_a_unit_has_a_code_that_can_be_kept(code):
    broken(event("12:00", "units", units=[{"code": "U1", "list_price": 1}, {"code": code, "list_price": 1}]))


def test_characters_that_no_database_keeps_are_found_however_deep():
    bulk = {"account": "x", "step": "open", "by": "S", "buyers": [{"name": {"first": ["\ud800"]}}]}
    assert "characters" in broken(event("12:00", "bulk", **bulk))
    assert "characters" in broken(event("12:00", "jobs", **{"\0": 1}))

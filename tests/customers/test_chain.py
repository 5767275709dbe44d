"""The chain of digests as a pure function."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.chain import GENESIS, canonical, commitment, digest, first_fault, sealed_details, stamp

VALUES = st.dictionaries(
    st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=20), max_size=6
)
Entry = tuple[int, str, str, dict]


def chain(*publics: dict) -> list[Entry]:
    """A whole chain of these public parts."""
    entries: list[Entry] = []
    before = GENESIS
    for number, public in enumerate(publics, 1):
        entries.append((number, before, digest(before, public), public))
        before = entries[-1][2]
    return entries


def fault(entries: list[Entry], whole: list[Entry]) -> tuple[int, str] | None:
    """What is wrong with ``entries`` where the counter says that ``whole`` was written."""
    return first_fault(entries, last=len(whole), head=whole[-1][2] if whole else GENESIS)


@pytest.mark.rule("REG-05")
@given(st.lists(VALUES, max_size=6))
def test_a_whole_chain_has_no_fault(publics):
    entries = chain(*publics)
    assert fault(entries, entries) is None


@pytest.mark.rule("REG-05")
@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
def test_any_changed_entry_is_named(publics, data):
    entries = chain(*publics)
    n = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(VALUES.filter(lambda value: canonical(value) != canonical(publics[n])))
    number, prev, claimed, _public = entries[n]
    broken = [*entries[:n], (number, prev, claimed, other), *entries[n + 1 :]]
    assert fault(broken, entries) == (n + 1, "was altered")


@pytest.mark.rule("REG-05")
@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
def test_any_missing_entry_is_named(publics, data):
    entries = chain(*publics)
    n = data.draw(st.integers(0, len(entries) - 1))
    assert fault(entries[:n] + entries[n + 1 :], entries) == (n + 1, "missing")


@pytest.mark.rule("REG-05")
@given(st.lists(VALUES, min_size=1, max_size=6))
def test_an_entry_beyond_the_counter_is_named(publics):
    entries = chain(*publics)
    for written in range(len(entries)):
        assert fault(entries, entries[:written]) == (written + 1, "beyond the counter")


@pytest.mark.rule("REG-05")
@given(st.lists(VALUES, min_size=2, max_size=6), st.data())
def test_an_entry_rewritten_with_its_digest_is_found_behind_it(publics, data):
    entries = chain(*publics)
    n = data.draw(st.integers(0, len(entries) - 2))
    other = data.draw(VALUES.filter(lambda value: canonical(value) != canonical(publics[n])))
    number, prev, _claimed, _public = entries[n]
    broken = [*entries[:n], (number, prev, digest(prev, other), other), *entries[n + 1 :]]
    assert fault(broken, entries) == (n + 2, "does not follow the one before it")


@pytest.mark.rule("REG-05")
def test_the_last_entry_rewritten_with_its_digest_is_found_by_the_counter():
    entries = chain({"a": 1}, {"a": 2})
    forged = chain({"a": 1}, {"a": 3})
    assert fault(forged, entries) == (2, "is not the last one written")


def test_an_empty_chain_ends_with_the_beginning():
    assert first_fault([], last=0, head=GENESIS) is None
    assert first_fault([], last=0, head="f" * 64) == (0, "is not the last one written")


def test_the_first_entry_follows_the_beginning():
    entries = chain({"a": 1})
    assert first_fault([(1, "f" * 64, entries[0][2], {"a": 1})], last=1, head=entries[0][2]) == (
        1,
        "does not follow the one before it",
    )


def test_canonical_json_has_one_spelling():
    assert canonical({"b": 1, "a": "王"}) == '{"a":"王","b":1}'.encode()
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_a_digest_is_plain_sha256_of_the_canonical_entry():
    entry = '[1,"' + GENESIS + '",{"a":1}]'
    assert digest(GENESIS, {"a": 1}) == hashlib.sha256(entry.encode()).hexdigest()


def test_a_time_is_written_in_utc_with_microseconds():
    moment = datetime(2026, 3, 1, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert stamp(moment) == "2026-03-01T00:00:00.000000Z"
    assert stamp(moment.astimezone(UTC)) == stamp(moment)


@pytest.mark.rule("REG-05")
@given(st.dictionaries(st.sampled_from(["name", "phone", "needs"]), st.text(max_size=30)))
def test_a_commitment_is_proven_by_the_details_with_their_random_value(details):
    text, commit = sealed_details(details)
    opened = json.loads(text)
    salt = opened.pop("r")
    assert opened == details
    assert commitment(details, salt) == commit
    assert commitment({**details, "name": "另一人示例"}, salt) != commit


@pytest.mark.rule("REG-05")
def test_equal_details_have_different_commitments():
    assert sealed_details({"name": "王示例"})[1] != sealed_details({"name": "王示例"})[1]

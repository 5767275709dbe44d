"""A real log of approvals through the engine: a sample here, the whole by ``python -m bench.approval_log``.

The log lies beside the repository, not in it. CI has it and must find it; elsewhere this file is empty without it.
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from bench import approval_log as bpic
from bench.approval_log import Event

if bpic.DATA.exists() or os.environ.get("CI"):

    @pytest.fixture(scope="module")
    def log():
        return list(bpic.cases())

    def of_the_table(log) -> dict:
        """The figures counted straight from the table, for comparison."""
        rejected, times, never = Counter(), Counter(), 0
        for _case, events in log:
            kinds = [(one.what, one.level) for one in events]
            rejected.update(
                level for what, level in kinds if what == "rejected" and level not in ("EMPLOYEE", bpic.PAYS)
            )
            times[[what for what, _level in kinds].count("submitted")] += 1
            never += ("approved", "SUPERVISOR") not in kinds
        submissions = dict(sorted(times.items() | ({(0, 0)} if 0 not in times else set())))
        return {"cases": len(log), "rejected": dict(rejected), "never approved": never, "submissions": submissions}

    @pytest.fixture(scope="module")
    def sample(log):
        """The first case of every course that the log knows, and every four-hundredth."""
        courses = {tuple((one.what, one.level) for one in events): case for case, events in reversed(log)}
        chosen = set(courses.values()) | {case for case, _events in log[::400]}
        return [(case, events) for case, events in log if case in chosen]

    def test_the_table_says_what_was_published(log):
        assert of_the_table(log) == bpic.PUBLISHED

    @pytest.mark.django_db
    @pytest.mark.rule("BULK-05")
    def test_every_course_of_the_log_goes_through_the_engine(sample):
        told = bpic.staffed().run(sample)
        assert bpic.counted(len(sample)) == of_the_table(sample)
        # The only two declarations that the log pays although nobody had approved them.
        assert [(one.what, one.level) for _case, one in told.refused] == [
            ("asked_payment", bpic.PAYS),
            ("paid", bpic.PAYS),
        ] * 2
        unpaid = {case for case, _one in told.refused}
        assert all(
            ("approved", "SUPERVISOR") not in [(one.what, one.level) for one in events]
            for case, events in sample
            if case in unpaid
        )

    @pytest.mark.django_db
    @pytest.mark.rule("BULK-05")
    def test_nobody_out_of_turn_is_let_through(sample):
        few = sample[::16]
        assert bpic.staffed().run(few, intrude=True).let_through == 0
        assert bpic.counted(len(few)) == of_the_table(few)

    @pytest.mark.django_db
    @pytest.mark.rule("BULK-05")
    def test_a_log_whose_decisions_change_places_is_caught(sample):
        case, events = next(
            (case, events)
            for case, events in sample
            if [one.level for one in events[1:3]] == ["ADMINISTRATION", "SUPERVISOR"]
        )
        turned: list[Event] = [events[0], events[2], events[1], *events[3:]]
        assert [one.level for _case, one in bpic.staffed().run([(case, turned)]).refused][:1] == ["SUPERVISOR"]

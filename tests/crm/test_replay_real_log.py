"""A bank's real lead-to-deal log through the rules: every month agrees with figures counted by another program.

The log lies beside the repository, not in it. CI has it and must find it; elsewhere this file is empty without it.
"""

import gzip
import json
import os
from pathlib import Path

import pytest
from django.utils import translation

from crm.replay.log import read
from crm.replay.run import run

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"

if DATA.exists() or os.environ.get("CI"):

    @pytest.fixture(scope="module")
    def state(django_db_setup, django_db_blocker):
        with gzip.open(DATA / "bpic2012_504.jsonl.gz", "rt", encoding="utf-8") as rows:
            lines = read(rows)
        with django_db_blocker.unblock(), translation.override("zh-hans"):
            return run(lines, policy={}, keep=False)

    @pytest.mark.rule("LOST-04", "DEAL-02", "OWN-05")
    def test_the_real_log_gives_the_months_that_were_counted_independently(state):
        expected = json.loads((DATA / "bpic2012_504.months.json").read_text(encoding="utf-8"))
        got = {key: {name: state["months"][key][name] for name in figures} for key, figures in expected.items()}
        assert got == expected

    def test_the_rules_refuse_nothing_of_the_real_log(state):
        assert state["refusals"] == []

    @pytest.mark.rule("CARD-05")
    def test_cards_of_the_real_log_are_protected_when_filed_on_the_day(state):
        levels = {row["level"] for row in state["customers"].values() if row["protected"]}
        assert levels == {"H"}

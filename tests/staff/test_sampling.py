"""The sample as a pure function: random by its seed, the same for everybody who knows it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staff.sampling import draw

REFS = st.lists(st.text(min_size=1, max_size=8), max_size=30)


@pytest.mark.rule("COND-04")
@given(REFS, st.text(max_size=8), st.integers(0, 40), st.randoms(use_true_random=False))
def test_a_sample_is_drawn_again_from_the_same_records_in_any_order(refs, seed, size, random):
    shuffled = list(refs)
    random.shuffle(shuffled)
    sample = draw(refs, seed=seed, size=size)
    assert sample == draw(shuffled, seed=seed, size=size)
    assert len(sample) == len(set(sample)) == min(size, len(set(refs)))
    assert set(sample) <= set(refs)


@given(REFS, st.text(max_size=8), st.integers(0, 39))
def test_a_larger_sample_holds_the_smaller(refs, seed, size):
    assert draw(refs, seed=seed, size=size + 1)[:size] == draw(refs, seed=seed, size=size)


def test_every_record_has_the_same_chance():
    refs = [f"line:{n}" for n in range(20)]
    drawn = Counter(ref for seed in range(4000) for ref in draw(refs, seed=str(seed), size=5))
    assert set(drawn) == set(refs)
    assert all(850 < count < 1150 for count in drawn.values())  # 1000 expected, five deviations either way

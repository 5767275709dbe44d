"""Codes sort as people count."""

import pytest

from common.natural import natural

COUNTED = ["1-1-2", "1-1-10", "1-1-101", "1-1-101b", "1-1-1001", "1-2-101", "2-1-101", "10-1-101", "3号楼-2-501"]


@pytest.mark.rule("DEAL-01")
def test_codes_sort_as_people_count():
    assert sorted(COUNTED[-2::-1], key=natural) == COUNTED[:-1]
    assert sorted(["12号楼-1", COUNTED[-1], "3号楼-2-1501"], key=natural) == [COUNTED[-1], "3号楼-2-1501", "12号楼-1"]


def test_zeros_before_a_number_do_not_count_and_the_longest_code_fits():
    assert natural("01-0") == natural("1-00")
    assert len(natural("1-" * 20)) <= 120
    assert sorted(["1" + "0" * 39, "9" * 39], key=natural) == ["9" * 39, "1" + "0" * 39]

"""Numbers that come with an address: taken when they are plain, passed over when they are anything else."""

import pytest

from common.whole import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_plain_digits_are_a_number(text, number):
    assert whole(text) == number


@pytest.mark.parametrize("text", [None, "", " ", "-1", "+1", "1.0", "1e3", "٣", "²", "七", "1\n", "0x1", "9" * 19])
def test_anything_else_is_none(text):
    assert whole(text) is None


def test_the_digits_can_be_fewer():
    assert (whole("9" * 9, digits=9), whole("9" * 10, digits=9)) == (10**9 - 1, None)

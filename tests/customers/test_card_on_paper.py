"""What a card says, cut to one page: short ones as they are, of long ones the longest give way first (CARD-07)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.card_content import on_paper

pytestmark = pytest.mark.rule("CARD-07")


def fields(*texts: str) -> list[tuple[str, str, str]]:
    return [(f"f{n}", f"F{n}", text) for n, text in enumerate(texts)]


def test_a_short_card_is_printed_as_it_is():
    said = fields("三房", "", "一行\n两行")
    assert on_paper(said, 100) == (said, False)


def test_the_longest_field_gives_way_first_and_the_cut_is_seen():
    shown, cut = on_paper(fields("短", "长" * 300, "中" * 50), 151)
    assert ([len(text) for *_, text in shown], cut) == ([1, 100, 50], True)
    assert shown[1][2].endswith("长…")


def test_many_lines_are_joined_before_anything_is_cut():
    assert on_paper(fields("甲\n乙\n丙\n丁"), 100) == (fields("甲 乙 丙 丁"), False)


@given(st.lists(st.text("字 \n", max_size=400), max_size=12), st.integers(min_value=12, max_value=900))
def test_it_never_holds_more_than_the_page(texts, room):
    shown, cut = on_paper(fields(*texts), room)
    assert sum(len(text) for *_, text in shown) <= room
    assert [name for name, *_ in shown] == [f"f{n}" for n in range(len(texts))]
    assert cut == any(text.endswith("…") for *_, text in shown)

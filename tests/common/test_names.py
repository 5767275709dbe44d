"""Names: kept as typed, found by what a person would type, masked to the surname."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import names
from common.errors import RuleError

HAN = "王李张曾欧阳尉迟单解小明国伟娟丽𠮷㐂"
chinese = st.text(st.sampled_from(HAN), min_size=1, max_size=6)
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


def found_by(name: str, typed: str) -> bool:
    return bool(names.tokens(name) & set(names.query_tokens(typed)))


# Cleaning


@pytest.mark.parametrize(
    "name", ["王", "王小明", "欧阳 小明", "买买提·艾力", "𠮷田", "王😀", "José Müller", "O’Brien", "字" * 60]
)
def test_proper_name_is_kept_as_typed(name):
    assert names.clean(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  王\u3000\u3000小\t明\n", "王 小 明"),
        ("王\u200b小\u202e明\ufeff\u2066", "王小明"),
        ("王\x00小明", "王小明"),
        ("Jose\u0301", "José"),
        ("王\ud800小明", "王小明"),
        ("\u3164\u2800", ""),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_spaces_and_invisible_characters_are_put_in_order(typed, kept):
    assert names.clean(typed) == kept


@pytest.mark.parametrize("typed", ["字" * 61, "x" * 100_000, "a" + "\u0301\u0316" * 50_000])
def test_name_of_more_than_sixty_characters_is_refused(typed, settings):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(RuleError) as refused:
        names.clean(typed)
    assert str(refused.value) == "A name has at most 60 characters: put the rest into the needs."
    assert refused.value.rule == "REG-03"


@given(anything)
def test_cleaning_twice_changes_nothing(typed):
    try:
        once = names.clean(typed)
    except RuleError:
        return
    assert names.clean(once) == once
    assert len(once) <= 60
    assert not {unicodedata.category(mark) for mark in once} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


# Finding


def test_tokens_of_a_compound_surname():
    assert names.tokens("欧阳小明") == {
        ("name", "欧阳小明"),
        *(("prefix", part) for part in ("欧", "欧阳", "欧阳小", "欧阳小明")),
        *(("pinyin", part) for part in ("ou", "ouyang", "ouyangxiao", "ouyangxiaoming")),
        *(("initials", part) for part in ("oy", "oyx", "oyxm")),
    }


def test_tokens_of_a_latin_name():
    assert names.tokens("Jo Smith") == {
        ("name", "josmith"),
        *(("prefix", part) for part in ("jo", "jos", "josm", "josmi", "josmit", "josmith")),
        *(("prefix", part) for part in ("sm", "smi", "smit", "smith")),
    }


@pytest.mark.parametrize(
    ("surname", "pinyin"),
    [
        ("曾", "zeng"), ("解", "xie"), ("仇", "qiu"), ("朴", "piao"), ("查", "zha"), ("乐", "yue"), ("盖", "ge"),
        ("单", "shan"), ("区", "ou"), ("任", "ren"), ("华", "hua"), ("种", "chong"), ("覃", "qin"), ("召", "shao"),
        ("翟", "zhai"), ("员", "yun"), ("缪", "miao"), ("尉迟", "yuchi"), ("万俟", "moqi"), ("单于", "chanyu"),
        ("澹台", "tantai"), ("令狐", "linghu"), ("吕", "lv"), ("歐陽", "ouyang"), ("單", "shan"),
    ],
)  # fmt: skip
def test_surname_is_found_as_it_is_read(surname, pinyin):
    assert found_by(f"{surname}小明", f"{pinyin}xiaoming")
    assert found_by(f"{surname}小明", pinyin)


@pytest.mark.parametrize("typed", ["ceng", "cengxiao", "cxm", "zeng", "zxm", "zx", "曾", "曾小", "曾小明"])
def test_surname_is_found_by_its_everyday_reading_too(typed):
    assert found_by("曾小明", typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王小明", "Wang Xiao"), ("王小明", "ｗａｎｇ"), ("王小明", "wáng xiǎo"), ("王小明", "王 小明"),
        ("王 小明", "王小"), ("陈宇", "chenyu"),
        ("王小明", "WXM"), ("王小明", "wx"), ("吕布", "lü bu"), ("吕布", "LYU BU"), ("吕布", "lv"),
        ("西门安", "xi'men"), ("买买提·艾力", "买买提艾力"), ("买买提·艾力", "买买提•艾"),
        ("𠮷田", "𠮷"), ("𠮷田", "jitian"),
        ("José Müller", "jose muller"), ("José Müller", "MÜL"), ("Jean-Luc", "luc"), ("J", "j"), ("王", "王"),
        ("王Tom", "wangtom"), ("王😀", "王😀"), ("😀", "😀"), ("Straße", "strasse"),
        ("佐藤", "佐"), ("さくら", "さ"), ("김철수", "김철"),
        ("Bartholomew Longfellow", "bartholomew"), ("字" * 60, "字" * 60),
    ],
)  # fmt: skip
def test_name_is_found(name, typed):
    assert found_by(names.clean(name), typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("王小明", "小明"),
        ("王小明", "w"),
        ("王小明", "李"),
        ("王小明", "wangda"),
        ("王小明", "xm"),
        ("王小明", ""),
        ("王小明", "·"),
    ],
)
def test_name_is_not_found(name, typed):
    assert not found_by(name, typed)


@given(chinese, st.data())
def test_chinese_name_is_found_by_each_beginning(name, data):
    assert found_by(name, name[: data.draw(st.integers(1, len(name)))])


@given(anything)
def test_tokens_are_few_and_plain(name):
    found = names.tokens(name)
    assert len(found) <= 40
    assert {kind for kind, _ in found} <= {"name", "prefix", "pinyin", "initials"}
    assert all(value for _, value in found)


@given(st.text(st.sampled_from("曾解仇朴单区欧阳尉迟abc X"), min_size=40, max_size=60))
def test_tokens_of_a_long_name_are_few(name):
    assert len(names.tokens(name)) <= 40


@given(st.text())
def test_any_query_is_answered_with_few_tokens(text):
    assert len(names.query_tokens(text)) <= 3


@pytest.mark.parametrize(
    "hostile", ["字" * 100_000, "a" + "\u0301\u0316" * 50_000, "ﷺ" * 100_000, "\x00" * 100_000, "\ud800"]
)
def test_huge_query_is_answered(hostile):
    assert len(names.query_tokens(hostile)) <= 3


def test_digits_are_looked_up_as_beginning_only():
    assert names.query_tokens("154 0000 0001") == [("prefix", "15400000")]


def test_names_are_not_kept_in_memory():
    names.tokens("王小明")
    assert names.reading.cache_parameters() == {"maxsize": 8192, "typed": False}
    names.reading.cache_clear()
    names.tokens("王小明")
    assert names.reading.cache_info().currsize == len("王小明")


# Masking


@pytest.mark.parametrize(
    ("name", "masked", "surname"),
    [
        ("王小明", "王**", "王"),
        ("王伟", "王*", "王"),
        ("王", "王*", "王"),
        ("欧阳小明", "欧阳**", "欧阳"),
        ("欧阳", "欧*", "欧"),
        ("尉迟恭", "尉迟*", "尉迟"),
        ("爱新觉罗溥仪", "爱***", "爱"),
        ("买买提·艾力", "买***", "买"),
        ("𠮷田茂", "𠮷**", "𠮷"),
        (" 王 小明", "王**", "王"),
        ("John Smith", "J***", "J."),
        ("jo", "J*", "J."),
        ("O’Brien", "O***", "O."),
        ("王Tom", "王***", "王"),
        ("😀小明", "***", "*"),
        ("·", "*", ""),
        ("", "", ""),
    ],
)
def test_mask_shows_the_surname_alone(name, masked, surname):
    assert names.mask(name) == masked
    assert names.surname(name) == surname


@given(chinese)
def test_mask_of_a_chinese_name_keeps_its_given_name(name):
    head = names.mask(name).rstrip("*")
    assert name.startswith(head)
    assert len(head) == (2 if len(name) > 2 and name[:2] in {"欧阳", "尉迟"} else 1)


@given(anything.filter(bool))
def test_mask_never_shows_more_than_two_characters_and_never_all(name):
    masked = names.mask(name)
    assert masked.endswith("*")
    assert 1 <= masked.count("*") <= 3 or "*" in name
    assert len(masked.rstrip("*")) <= 2
    assert masked.rstrip("*") != name or len(name) == 1

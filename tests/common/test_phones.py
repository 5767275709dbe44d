"""Phone numbers: any usual spelling is taken, anything else is refused in words that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import phones
from common.errors import RuleError

pytestmark = pytest.mark.rule("REG-06")

WIDE = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")
mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
separators = st.sampled_from(
    ["", " ", "-", ".", "  ", "\u00a0", "\u3000", "\u2013", "—", "(", ")", "\u200b", "\u202d", "\t"]
)


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """A mobile number, and one of the ways people type it."""
    number = draw(mobiles)
    typed = draw(st.sampled_from(["", "+86", "0086", "86", "0", "+86 0", "(+86)"]))
    for digit in number:
        typed += draw(separators) + digit
    typed += draw(separators)
    return number, typed.translate(WIDE) if draw(st.booleans()) else typed


@given(spellings())
def test_any_spelling_gives_the_one_number(case):
    number, typed = case
    assert phones.normalise(typed) == number
    assert phones.normalise(phones.normalise(typed)) == number
    assert phones.is_complete(typed)


@given(st.text())
def test_anything_typed_is_a_number_nothing_or_a_refusal_in_words(typed):
    if phones.is_complete(typed) or not phones.strip(typed):
        number = phones.normalise(typed)
        assert phones.normalise(number) == number
        assert bool(number) == phones.is_complete(typed)
    else:
        with pytest.raises(RuleError) as refused:
            phones.normalise(typed)
        assert str(refused.value).strip()
        assert refused.value.rule == "REG-06"


@pytest.mark.parametrize("typed", ["", "  ", "\u3000", "-", "+86", "0086 "])
def test_nothing_typed_is_no_number(typed):
    assert phones.normalise(typed) == ""
    assert not phones.is_complete(typed)


ABROAD = "This number is from abroad: leave the phone empty and put the number into the needs."
LANDLINE = "This is a landline number: type a mobile number, and put the landline into the needs."
NO_DIGITS = "A phone number has digits only: type the 11 digits of the mobile number."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("154", "A mobile number has 11 digits, this one has 3: look at it again."),
        ("+86 1540000000", "A mobile number has 11 digits, this one has 10: look at it again."),
        ("154-0000-00012", "A mobile number has 11 digits, this one has 12: look at it again."),
        ("1" * 100_000, "A mobile number has 11 digits, this one has 100000: look at it again."),
        ("12800000000", "No mobile number begins with 128: look at the first three digits again."),
        ("26800000000", "No mobile number begins with 268: look at the first three digits again."),
        ("+852 9000 0000", ABROAD),
        ("001 212 555 0100", ABROAD),
        ("＋１ 212 555 0100", ABROAD),
        ("0755-8000 0000", LANDLINE),
        ("010 8000 0000", LANDLINE),
        ("154O0000001", NO_DIGITS),
        ("王小明", NO_DIGITS),
        ("١٥٤٠٠٠٠٠٠٠١", NO_DIGITS),
        ("15400000001 / 15400000002", "A mobile number has 11 digits, this one has 22: look at it again."),
        ("a" + "\u0301\u0316" * 20_000, NO_DIGITS),
    ],
)
def test_refusal_says_what_is_wrong_and_what_to_do(typed, sentence, settings):
    settings.LANGUAGE_CODE = "en"
    with pytest.raises(RuleError) as refused:
        phones.normalise(typed)
    assert str(refused.value) == sentence


def test_number_is_complete_at_its_eleventh_digit():
    assert [phones.is_complete("154 0000 00012"[:size]) for size in range(15)].index(True) == len("154 0000 0001")


@given(mobiles)
def test_mask_hides_the_four_digits_in_the_middle(number):
    assert phones.mask(number) == f"{number[:3]}****{number[7:]}"


@given(st.text(min_size=1))
def test_mask_of_anything_else_shows_nothing(text):
    assert phones.mask(f"x{text}") == "****"
    assert phones.mask("") == ""


def test_last_four_are_those_of_a_full_number_only():
    assert phones.last_four("15400001234") == "1234"
    assert phones.last_four("001234") == ""
    assert phones.last_four("") == ""

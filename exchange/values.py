"""Cells as people and office programs write them: days, clocks, phones, money, words. Pure; refusals in words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from common import phones
from common.errors import RuleError

SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d{1,2}")
PHONE_DIGITS = 11


def refused(sentence: str) -> RuleError:
    """A refusal of an import."""
    return RuleError(sentence, rule="REG-10")


def plain(text: str) -> str:
    """Text with full-width digits and signs made plain, in lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def phone(text: str) -> str:
    """The 11 digits, also where a spreadsheet turned them into a number; empty for empty."""
    said = plain(text)
    if SCIENTIFIC.fullmatch(said):
        digits = said.partition("e")[0].replace(".", "")
        if len(digits) < PHONE_DIGITS:
            raise refused(_("The spreadsheet shortened this number: format the column as text and enter it again"))
        said = str(int(Decimal(said)))
    said = re.sub(r"\.0+$", "", said)
    return phones.normalise(said)


def whole(text: str, *, least: int = 1, most: int = 999_999_999) -> int:
    """A whole number; ``12.0``, ``1,200`` and ``No. 12`` are fine."""
    said = re.sub(r"^(no\.?|#|第)\s*|号$|[,\s]", "", plain(text))
    said = re.sub(r"\.0+$", "", said)
    if not said.isascii() or not said.isdigit() or not least <= int(said) <= most:
        raise refused(_("Enter a whole number from %(least)s") % {"least": least})
    return int(said)


def money(text: str) -> Decimal:
    """An amount in yuan: 1,234,567.80, ¥1234567, 123.4万."""
    said = re.sub(r"[¥￥,\s]|元$|rmb", "", plain(text))
    times = 10_000 if said.endswith("万") else 1
    try:
        value = Decimal(said.removesuffix("万")) * times
    except InvalidOperation:
        raise refused(_("Enter an amount in yuan, for example 1234567.80")) from None
    if not value.is_finite() or not 0 < value < Decimal(10) ** 10 or value != value.quantize(Decimal("0.01")):
        raise refused(_("Enter an amount in yuan, for example 1234567.80"))
    return value.quantize(Decimal("0.01"))


def number(text: str) -> Decimal:
    """A measure such as an area, with at most two decimals."""
    said = re.sub(r"[,\s]|㎡|m2|平(方)?米?$", "", plain(text))
    try:
        value = Decimal(said)
    except InvalidOperation:
        raise refused(_("Enter a number, for example 89.50")) from None
    if not value.is_finite() or not 0 <= value < 1_000_000:
        raise refused(_("Enter a number, for example 89.50"))
    return value.quantize(Decimal("0.01"))

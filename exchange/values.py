"""Cells as people and office programs write them: days, clocks, phones, money, words. Pure; refusals in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from common import phones
from common.errors import RuleError

SERIAL_ZERO = date(1899, 12, 30)
EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(r"(上午|下午|am|pm)?\s*(\d{1,2})[:点时](\d{1,2})?(?:[:分](\d{1,2}))?[分秒]?\s*(am|pm)?")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
SCIENTIFIC = re.compile(r"\d(\.\d+)?e\+?\d{1,2}")
PHONE_DIGITS = 11


def refused(sentence: str) -> RuleError:
    """A refusal of an import."""
    return RuleError(sentence, rule="REG-10")


def plain(text: str) -> str:
    """Text with full-width digits and signs made plain, in lower case."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def day(text: str) -> date:
    """A day: 2026-03-01, 2026/3/1, 2026年3月1日, 20260301, or a serial number of a spreadsheet."""
    said = plain(text)
    found = DAY.match(said) or COMPACT.fullmatch(said)
    try:
        if found:
            value = date(*(int(part) for part in found.groups()))
        elif SERIAL.fullmatch(said):
            value = SERIAL_ZERO + timedelta(days=int(float(said)))
        else:
            raise ValueError
    except ValueError:
        raise refused(_("No such day: write it as 2026-03-01")) from None
    if not EARLIEST <= value <= LATEST:
        raise refused(_("The day lies outside the years 1990 to 2099: look at it again"))
    return value


def clock(text: str) -> time | None:
    """A time of day: 09:30, 9点30分, 下午2:05, or the fraction of a serial number; None without one."""
    said = plain(text)
    rest = DAY.sub("", said, count=1).strip(" t") if DAY.match(said) else said
    if not rest:
        return None
    if re.fullmatch(r"(\d{5})?(0)?\.\d+", rest):
        seconds = round(float(f"0.{rest.rpartition('.')[2]}") * 86_400) % 86_400
        return time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    found = CLOCK.fullmatch(rest)
    if not found:
        if SERIAL.fullmatch(rest) or COMPACT.fullmatch(rest):
            return None
        raise refused(_("No such time: write it as 09:30"))
    half = found[1] or found[5] or ""
    hour = int(found[2]) + (12 if half in ("下午", "pm") and int(found[2]) < 12 else 0)
    try:
        return time(hour, int(found[3] or 0), int(found[4] or 0))
    except ValueError:
        raise refused(_("No such time: write it as 09:30")) from None


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


def word(text: str, words: Mapping[str, str]) -> str:
    """The value for a word: ``words`` maps what people write, in plain form, to what is kept."""
    said = plain(text)
    if said in words:
        return words[said]
    for known, value in words.items():
        if len(known) > 1 and known in said:
            return value
    raise refused(
        _("“%(text)s” is not known here: choose one of %(words)s")
        % {"text": said[:20], "words": "、".join(sorted(set(words), key=list(words).index)[:8])}
    )


YES = {
    "是": "yes",
    "有": "yes",
    "y": "yes",
    "yes": "yes",
    "1": "yes",
    "√": "yes",
    "true": "yes",
    "否": "no",
    "无": "no",
    "没有": "no",
    "n": "no",
    "no": "no",
    "0": "no",
    "×": "no",
    "x": "no",
    "未": "no",
    "false": "no",
}


def yes(text: str, *, otherwise: bool) -> bool:
    """Yes or no as people tick it."""
    said = plain(text)
    if not said:
        return otherwise
    return False if said.startswith(("未", "没", "不")) else word(said, YES) == "yes"

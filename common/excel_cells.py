"""One value into one cell of a sheet, as its XML: text stays text, whatever it begins with (REP-07)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

LONGEST = 32_767
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
EPOCH = date(1899, 12, 30)
FIRST_DAY = date(1900, 3, 1)  # before it, spreadsheets count a day that never was
DIGITS = 15  # what a spreadsheet keeps of a number
EXACT = 10**DIGITS
DAY_SECONDS = 86_400

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")

GENERAL, TEXT, INTEGER, MONEY, PERCENT, RATIO = "General", "@", "#,##0", "#,##0.00", "0.0%", "0.00"
DAY, MOMENT, CLOCK = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"


class Look(NamedTuple):
    """What a cell looks like. ``kind`` is the part of the sheet; ``quoted`` text is never taken for a formula."""

    form: str = GENERAL
    wrap: bool = False
    kind: str = ""
    quoted: bool = False


@lru_cache(maxsize=512)
def formed(look: Look, form: str) -> Look:
    """The look with the number format of a date or time, where the column has none of its own."""
    return look._replace(form=form) if look.form == GENERAL else look


@lru_cache(maxsize=512)
def quoted(look: Look) -> Look:
    """The look of text that begins like a formula."""
    return look._replace(quoted=True)


Style = Callable[[Look], int]


def plain(text: str) -> str:
    """The text as a cell may hold it: no control characters, no more than 32,767 characters, cut with a mark."""
    clean = text if text.isprintable() else _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(clean) * 2 <= LONGEST or _units(clean) <= LONGEST:
        return clean
    mark = _("… (cut: a cell holds 32,767 characters)")
    kept = clean[: LONGEST - len(mark)]
    while _units(kept) > LONGEST - len(mark):
        kept = kept[: -max(1, (_units(kept) - LONGEST + len(mark)) // 2)]
    return kept + mark


def _units(text: str) -> int:
    """The length as a spreadsheet counts it: a character beyond the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def begins_like_formula(text: str) -> bool:
    """Whether a spreadsheet that is typed this text would compute something."""
    return text.startswith(FORMULA_STARTS)


@lru_cache(maxsize=4096)
def serial_day(day: date) -> int:
    """The number by which a spreadsheet knows a day."""
    return (day - EPOCH).days


def serial_time(moment: time) -> float:
    """The part of a day that has gone by."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) / DAY_SECONDS


@lru_cache(maxsize=1024)
def letters(column: int) -> str:
    """``1`` is A."""
    return get_column_letter(column)


class Cells:
    """Draws the cells of one book. ``style(look)`` gives the index of a cell style."""

    def __init__(self, style: Style, zone: str) -> None:
        self._style, self._zone = style, ZoneInfo(zone)
        self._drawn: dict[type, Callable[[str, Any, Look], str]] = {
            str: self._text,
            int: self._whole,
            float: self._real,
            Decimal: self._decimal,
            bool: self._bool,
            datetime: self._moment,
            date: self._day,
            time: self._time,
        }

    def draw(self, place: str, value: Any, look: Look) -> str:
        """The XML of one cell at ``place`` (``B7``)."""
        draw = self._drawn.get(type(value))
        return draw(place, value, look) if draw else self._text(place, str(value), look)

    def _text(self, place: str, value: str, look: Look) -> str:
        text = plain(value)
        style = self._style(quoted(look) if begins_like_formula(text) else look)
        inner = text if text.isalnum() else escape(_ESCAPED.sub("_x005F_", text))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>'

    def _number(self, place: str, value: object, look: Look) -> str:
        return f'<c r="{place}" s="{self._style(look)}"><v>{value}</v></c>'

    def _as(self, place: str, value: object, look: Look, form: str) -> str:
        return self._number(place, value, formed(look, form))

    def _whole(self, place: str, value: int, look: Look) -> str:
        exact = -EXACT < value < EXACT
        return self._number(place, value, look) if exact else self._text(place, str(value), look)

    def _real(self, place: str, value: float, look: Look) -> str:
        return self._number(place, repr(value), look) if isfinite(value) else self._text(place, str(value), look)

    def _decimal(self, place: str, value: Decimal, look: Look) -> str:
        if not value.is_finite() or len(value.as_tuple().digits) > DIGITS:
            return self._text(place, str(value), look)
        return self._number(place, f"{value:f}", look)

    def _bool(self, place: str, value: bool, look: Look) -> str:
        return f'<c r="{place}" s="{self._style(look)}" t="b"><v>{value:d}</v></c>'

    def _moment(self, place: str, value: datetime, look: Look) -> str:
        local = value.astimezone(self._zone) if value.tzinfo else value
        if local.date() < FIRST_DAY:
            return self._text(place, f"{local:%Y-%m-%d %H:%M}", look)
        return self._as(place, repr(serial_day(local.date()) + serial_time(local.time())), look, MOMENT)

    def _day(self, place: str, value: date, look: Look) -> str:
        if value < FIRST_DAY:
            return self._text(place, value.isoformat(), look)
        return self._as(place, serial_day(value), look, DAY)

    def _time(self, place: str, value: time, look: Look) -> str:
        return self._as(place, repr(serial_time(value)), look, CLOCK)

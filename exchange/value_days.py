"""Days and clocks as people and office programs write them. Pure; refusals in words."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from django.utils.translation import gettext as _

from .values import plain, refused

SERIAL_ZERO = date(1899, 12, 30)


EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)


DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")


COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")


CLOCK = re.compile(r"(上午|下午|am|pm)?\s*(\d{1,2})[:点时](\d{1,2})?(?:[:分](\d{1,2}))?[分秒]?\s*(am|pm)?")


WEEKDAY = re.compile(r"\(?(星期|周)[一二三四五六日天]\)?")


SERIAL = re.compile(r"\d{5}(\.\d+)?")


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
    said = WEEKDAY.sub(" ", plain(text))
    rest = DAY.sub("", said, count=1).strip(" t") if DAY.match(said) else said.strip()
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

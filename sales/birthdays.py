"""Birthdays and festivals on their solar days, whether counted by the solar or by the lunar calendar 农历 (DEAL-05)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from borax.calendars.lunardate import LCalendars, LunarDate
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

SOLAR, LUNAR = "solar", "lunar"
CALENDARS = [(SOLAR, gettext_lazy("solar")), (LUNAR, gettext_lazy("lunar"))]
LEAP_YEAR = 2024
LUNAR_MONTH = 30
LUNAR_YEARS = range(1900, 2101)  # of the tables that the calendar is worked out from
FESTIVALS: list[tuple[str, int, int, Promise]] = [
    (SOLAR, 1, 1, gettext_lazy("New Year")),
    (LUNAR, 1, 1, gettext_lazy("Spring Festival")),
    (LUNAR, 1, 15, gettext_lazy("Lantern Festival")),
    (LUNAR, 5, 5, gettext_lazy("Dragon Boat Festival")),
    (LUNAR, 8, 15, gettext_lazy("Mid-Autumn Festival")),
    (SOLAR, 10, 1, gettext_lazy("National Day")),
]


def check(calendar: str, month: int, day: int, *, leap: bool = False) -> None:
    """Refuse a day that no year of the calendar has."""
    longest = monthrange(LEAP_YEAR, month)[1] if calendar == SOLAR else LUNAR_MONTH
    if not 1 <= day <= longest or (leap and calendar == SOLAR):
        raise RuleError(_("This day is not in the calendar: look at month, day and calendar again"), rule="DEAL-05")


def in_year(calendar: str, month: int, day: int, year: int, *, leap: bool = False) -> date:
    """The solar day of a birthday in a year of its calendar.

    29 February is kept on the 28th, the 30th of a lunar month of 29 days on the 29th, and one of a leap month in the
    month of the same number where the year has no such leap month.
    """
    if calendar == SOLAR:
        return date(year, month, min(day, monthrange(year, month)[1]))
    leap = leap and LCalendars.leap_month(year) == month
    last = LCalendars.ndays(year, month, int(leap))
    return LunarDate(year, month, min(day, last), int(leap)).to_solar_date()


def next_on(calendar: str, month: int, day: int, *, today: date, leap: bool = False) -> date:
    """The first solar day from ``today`` on that the birthday falls on; ``date.max`` beyond the lunar calendar's tables."""
    years = [year for year in range(today.year - 1, today.year + 2) if calendar == SOLAR or year in LUNAR_YEARS]
    days = (in_year(calendar, month, day, year, leap=leap) for year in years)
    return min((found for found in days if found >= today), default=date.max)


def festival_on(today: date) -> Promise | None:
    """The great festival of a day, if it is one."""
    for calendar, month, day, words in FESTIVALS:
        if next_on(calendar, month, day, today=today) == today:
            return words
    return None

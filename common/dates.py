"""Local days and months of an office, and the count of days of a registration."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_day(moment: datetime, zone: str) -> date:
    """The local calendar day of an aware ``moment`` in the time zone named ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The first instant of the local ``day``, as an aware time."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone))


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """First instant of the local ``day`` and first instant of the next (half open)."""
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def month_of(day: date) -> str:
    """``2026-03`` for any day of March 2026."""
    return f"{day:%Y-%m}"


def first_of_month(day: date) -> date:
    """The first day of the month of ``day``."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_valid_day(counted_from: date, days: int) -> date:
    """The last day of a period of ``days`` counted from a day (OWN-06, Civil Code 201 and 203).

    The day itself does not count; the last day counts to its end: 1 March + 30 days = 31 March.
    """
    return counted_from + timedelta(days=days)

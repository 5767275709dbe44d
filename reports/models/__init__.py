"""Closed months, meetings, daily and weekly reports, stock-taking."""

from .archive import MonthArchive, Receipt
from .meeting import Problem
from .persons import DayReport, WeekReport
from .stock import StockTaking, StockTick

__all__ = ["DayReport", "MonthArchive", "Problem", "Receipt", "StockTaking", "StockTick", "WeekReport"]

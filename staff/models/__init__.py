"""Offices, people and what concerns them."""

from .jobs import ScheduledRun
from .log import AccessLog
from .notices import Notice
from .offices import Branch, Company, Office, OfficePolicy, Strategy
from .people import Fitness, Posting, UnfitReason, User

__all__ = [
    "AccessLog",
    "Branch",
    "Company",
    "Fitness",
    "Notice",
    "Office",
    "OfficePolicy",
    "Posting",
    "ScheduledRun",
    "Strategy",
    "UnfitReason",
    "User",
]

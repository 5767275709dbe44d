"""Offices, people and what concerns them."""

from .jobs import ScheduledRun
from .log import AccessLog
from .notices import Notice
from .offices import Branch, Company, Office, OfficePolicy, Strategy
from .outbox import Message, MessageState
from .people import Fitness, Posting, UnfitReason, User

__all__ = [
    "AccessLog",
    "Branch",
    "Company",
    "Fitness",
    "Message",
    "MessageState",
    "Notice",
    "Office",
    "OfficePolicy",
    "Posting",
    "ScheduledRun",
    "Strategy",
    "UnfitReason",
    "User",
]

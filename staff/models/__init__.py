"""Offices, people and what concerns them."""

from .conduct import (
    FINED_FOR,
    WARNED_FOR,
    Answer,
    Evidence,
    Fault,
    Measure,
    MeasureKind,
    MeasureState,
    Objection,
    Proposal,
    ProposalState,
)
from .jobs import ScheduledRun
from .log import AccessLog
from .notices import Notice
from .offices import Branch, Company, Office, OfficePolicy, Strategy
from .outbox import Message, MessageState
from .people import Fitness, Posting, UnfitReason, User

__all__ = [
    "FINED_FOR",
    "WARNED_FOR",
    "AccessLog",
    "Answer",
    "Branch",
    "Company",
    "Evidence",
    "Fault",
    "Fitness",
    "Measure",
    "MeasureKind",
    "MeasureState",
    "Message",
    "MessageState",
    "Notice",
    "Objection",
    "Office",
    "OfficePolicy",
    "Posting",
    "Proposal",
    "ProposalState",
    "ScheduledRun",
    "Strategy",
    "UnfitReason",
    "User",
]

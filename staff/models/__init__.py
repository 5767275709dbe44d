"""Offices, people and what concerns them."""

from .approvals import ApprovalEntry, ApprovalRequest, ApprovalState, Decision, Delegation
from .bots import Bot, BotKind
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
from .inspections import Inspection, InspectionItem, PaySheet, Record, Reward
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
    "ApprovalEntry",
    "ApprovalRequest",
    "ApprovalState",
    "Bot",
    "BotKind",
    "Branch",
    "Company",
    "Decision",
    "Delegation",
    "Evidence",
    "Fault",
    "Fitness",
    "Inspection",
    "InspectionItem",
    "Measure",
    "MeasureKind",
    "MeasureState",
    "Message",
    "MessageState",
    "Notice",
    "Objection",
    "Office",
    "OfficePolicy",
    "PaySheet",
    "Posting",
    "Proposal",
    "ProposalState",
    "Record",
    "Reward",
    "ScheduledRun",
    "Strategy",
    "UnfitReason",
    "User",
]

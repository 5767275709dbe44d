"""Bulk buyers 大客户: cases, plans, discounts, contracts, papers, changes."""

from .cases import EXECUTION, NEGOTIATION, BuyerKind, Case, CaseKey, CaseState, Event, Happened, Report
from .changes import BuyerChange, ChangeState, Freeze
from .contracts import Buyer, ContractUnit, Instalment, Place
from .papers import Paper, PaperKind, Purpose
from .plans import Ask, AskState, Plan, PlanState

__all__ = [
    "EXECUTION",
    "NEGOTIATION",
    "Ask",
    "AskState",
    "Buyer",
    "BuyerChange",
    "BuyerKind",
    "Case",
    "CaseKey",
    "CaseState",
    "ChangeState",
    "ContractUnit",
    "Event",
    "Freeze",
    "Happened",
    "Instalment",
    "Paper",
    "PaperKind",
    "Place",
    "Plan",
    "PlanState",
    "Purpose",
    "Report",
]

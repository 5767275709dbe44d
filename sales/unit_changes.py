"""What happened to a unit: each price and state, who set it and when (DEAL-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from staff.models import User

from .models import Unit


@dataclass(frozen=True)
class Change:
    """One change of a unit: when, by whom, its price and state from then on."""

    at: datetime
    by: User | None
    list_price: Decimal
    state: str


def changes(unit: Unit, limit: int = 20) -> list[Change]:
    """What happened to a unit, newest first."""
    rows = unit.history.select_related("history_user").order_by("-history_date", "-history_id")[:limit]
    return [Change(row.history_date, row.history_user, row.list_price, row.state) for row in rows]

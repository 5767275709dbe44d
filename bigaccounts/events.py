"""What happened to a case, written down once and for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from staff.models import User

from .models import Case, Event


def note(
    case: Case, kind: str, *, by: User | None, now: datetime, words: str = "", secret: dict[str, Any] | None = None
) -> Event:
    """Write an event down; ``secret`` holds what only those may read who see the prices."""
    role = by.posting.role if by is not None and by.posting is not None else ""
    event = Event(case=case, kind=kind, by=by, role=role, at=now)
    event.words, event.secret = words.strip(), secret or {}
    event.save(force_insert=True)
    return event

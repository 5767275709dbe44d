"""Leaving a post, seen from the top: nothing that hangs on somebody is left behind (HAND-01, HAND-02, ADR 19).

What waits for a role waits for its next holder; what is a person's own goes to somebody by name before they go.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from bigaccounts import leaving as bulk
from customers import leaving
from staff import posting
from staff.models import Posting, User


def check_end(user: User, *, now: datetime) -> None:
    """Whether the posting of ``user`` may end: customers, requests, claims and bulk cases are seen to (HAND-01)."""
    leaving.check_end(user, now=now)
    bulk.check_runs_none(user)


def check_close(user: User, *, by: User, now: datetime) -> None:
    """Whether the account may be closed: by whom, and nothing hangs on it any more (HAND-02)."""
    leaving.check_close(user, by=by, now=now)
    bulk.check_runs_none(user)


@transaction.atomic
def end_posting(user: User, *, last_day: date, by: User, now: datetime) -> Posting:
    """End the posting of somebody who has handed everything over."""
    posting.lock(user)
    bulk.check_runs_none(user)
    return leaving.end_posting(user, last_day=last_day, by=by, now=now)


@transaction.atomic
def change_posting(user: User, *, role: str, by: User, now: datetime) -> Posting:
    """Change the post: whoever will not sell, or not run bulk cases, any more hands over first (004 5.3)."""
    posting.lock(user)
    if role not in bulk.RUNS:
        bulk.check_runs_none(user)
    return leaving.change_posting(user, role=role, by=by, now=now)


@transaction.atomic
def close_account(user: User, *, by: User, now: datetime) -> User:
    """Close the account with all its grants; its sessions end with the next request."""
    posting.lock(user)
    bulk.check_runs_none(user)
    return leaving.close_account(user, by=by, now=now)

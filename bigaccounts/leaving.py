"""Who runs a bulk case goes after somebody else runs it (BULK-03, HAND-01)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import User

from .models import Case, CaseState
from .who import RUNS

__all__ = ["RUNS", "check_runs_none", "run_by"]


def run_by(user: User) -> QuerySet[Case]:
    """The cases that ``user`` runs, oldest first."""
    return Case.objects.filter(supervisor=user).exclude(state=CaseState.DROPPED).order_by("pk")


def check_runs_none(user: User) -> None:
    """Refuse while ``user`` runs a bulk case: the marketing manager gives it to another, or takes it."""
    count = run_by(user).count()
    if count:
        words = {"person": user, "count": count}
        raise RuleError(
            _("%(person)s runs %(count)s bulk cases: the marketing manager gives them to another first") % words,
            rule="HAND-01",
        )

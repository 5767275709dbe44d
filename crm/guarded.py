"""Which tables are append-only, their triggers put on after migrate and looked for by a system check."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.utils import DatabaseError

from common import append_only

GUARDED_MODELS = (
    "customers.RegisterLine",
    "customers.RegisterCorrection",
    "customers.Consent",
    "customers.HistoricalPerson",
    "customers.HistoricalEpisode",
    "customers.HistoricalFollowUp",
    "customers.Ruling",
    "reports.MonthArchive",
    "reports.Receipt",
    "reception.RotationEvent",
    "reception.Breach",
    "staff.AccessLog",
    "staff.HistoricalMeasure",
    "staff.ApprovalEntry",
    "staff.HistoricalOfficePolicy",
    "staff.HistoricalPosting",
    "staff.HistoricalReward",
    "staff.PaySheet",
    "sales.HistoricalResult",
    "bigaccounts.Event",
    "bigaccounts.Report",
)


def tables() -> list[str]:
    """The database tables that nobody may change."""
    return [apps.get_model(label)._meta.db_table for label in GUARDED_MODELS]


def guard(using: str = "default", **kwargs: Any) -> None:
    """After migrate: put the triggers on (a table rebuilt by SQLite has lost them)."""
    append_only.install(connections[using], tables())


def check_guards(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """System check with ``--database``: every append-only table has its triggers."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            lacking = append_only.unguarded(connections[alias], tables())
        except DatabaseError as error:
            return [Error(f"The database cannot be asked: {type(error).__name__}", id="crm.E002")]
        found += [
            Error(f"{table} can be altered: its triggers are missing", hint="Run migrate.", id="crm.E001")
            for table in lacking
        ]
    return found

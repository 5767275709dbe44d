"""Bulk buyers: the list of their cases, in which no price ever stands (BULK-11)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from bigaccounts.forms import BulkFilter
from bigaccounts.views import lists
from staff.roles import Duty

from .listed import STATE, Asked, Listed, columns, plain, without_total


def _cases(asked: Asked) -> QuerySet:
    chosen = BulkFilter.read(asked.query).chosen.get("state")
    return lists.cases_of(asked.user, chosen, lists.offices_of(asked.user), now=asked.now).order_by(*lists.ORDER)


def _rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    offices = {office.pk: office for office in lists.offices_of(asked.user)}
    shown = [lists.row_of(row, offices, asked.now) for row in chunk]
    return [{**row, "flags": "、".join(map(plain, row["flags"]))} for row in shown]


BULK: dict[str, Listed] = {
    "bulk": Listed(
        _("Bulk buyers"), (Duty.SEE_BULK,),
        columns((_("Case"), 8), (_("Buyer"), 24), (STATE, 14), (_("To look at"), 24), (_("Kind of buyer"), 14),
                (_("Number of units"), 10), (_("Run by"), 12), (_("Office"), 16), (_("Written down on"), 12)),
        _cases, without_total(lists.FIELDS), _rows,
        ("pk", "name", "state", "flags", "kind", "units", "who", "office", "day"),
    ),
}  # fmt: skip

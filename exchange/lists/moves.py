"""Whose a customer is: disputes and handovers (OWN-12, HAND-01)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.whole import whole
from customers.models import Handover, HandoverItem
from customers.views import disputes, handovers
from staff.roles import Duty

from .listed import STATE, Asked, Listed, columns

PARTY = (Duty.SUPERVISE, Duty.SEE_OWN)


def _dispute_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    supervises = asked.user.has(Duty.SUPERVISE)
    return [disputes.row_of(row, asked.user, supervises=supervises) for row in chunk]


def _items(asked: Asked) -> QuerySet:
    """The customers of one plan, as far as the viewer may know of them."""
    pk = whole(asked.query.get("handover"))
    plan = Handover.objects.visible_to(asked.user).filter(pk=pk).first()
    return handovers.items_of(plan, asked.user).order_by("pk") if plan is not None else HandoverItem.objects.none()


MOVES: dict[str, Listed] = {
    "disputes": Listed(
        _("Disputes"), PARTY,
        columns((_("Dispute"), 9), (_("Raised"), 17), (_("Customer no."), 10), (_("Claims"), 12), (_("Holds"), 12),
                (STATE, 14)),
        lambda asked: disputes.found(asked.user, asked.query).order_by(*disputes.ORDER), disputes.FIELDS, _dispute_rows,
        ("pk", "at", "number", "claimant", "respondent", "state"),
    ),
    "handovers": Listed(
        _("Handovers"), PARTY,
        columns((_("Whose customers"), 14), (_("Started"), 17), (_("Opened by"), 12), (STATE, 14)),
        lambda asked: Handover.objects.visible_to(asked.user).order_by(*handovers.ORDER), handovers.FIELDS,
        lambda chunk, asked: [handovers.row_of(row) for row in chunk],
        ("giver__name", "at", "opened_by__name", "badge"),
    ),
    "handover_items": Listed(
        _("Customers of a handover"), PARTY,
        columns((_("Customer no."), 10), (_("Level"), 7), (_("Next follow-up"), 13), (_("Takes over"), 12), (STATE, 20)),
        _items, handovers.ITEM_FIELDS, lambda chunk, asked: handovers.item_rows(chunk, linked=False),
        ("number", "level", "due", "receiver", "outcome"), "handovers",
    ),
}  # fmt: skip

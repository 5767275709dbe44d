"""The intent sheet 意向客户确度表: every active customer by level, last and next follow-up, days left (REP-03)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from customers import rows
from customers.models import Customer, FollowUp, Level, Signature
from staff.models import User

from . import stocktaking
from .forms_meeting import IntentFilter
from .models import StockTaking, StockTick

ORDER = ("-number",)
FIELDS = (*rows.CUSTOMER_FIELDS, "level", "next_due", "last_day", "ticked")


def sheet(user: User, *, now: datetime) -> QuerySet[Customer]:
    """The active customers within the viewer's scope."""
    assert user.office is not None
    mine = Customer.objects.visible_to(user).values("pk")
    return stocktaking.active(user.office, now=now).filter(pk__in=mine)


def filtered(found: QuerySet[Customer], form: IntentFilter, taking: StockTaking | None) -> QuerySet[Customer]:
    """Those that are asked for."""
    chosen = form.chosen
    if "level" in chosen:
        found = found.filter(level="" if chosen["level"] == "none" else chosen["level"])
    if "owner" in chosen:
        found = found.filter(owner=chosen["owner"])
    if "ticked" in chosen and taking is not None:
        ticks = Exists(StockTick.objects.filter(taking=taking, customer=OuterRef("pk")))
        found = found.filter(ticks if chosen["ticked"] == "yes" else ~ticks)
    return found


def with_contacts(found: QuerySet[Customer], taking: StockTaking | None) -> QuerySet[Customer]:
    """With the day of the last contact that counts, the first person, and whether ticked off."""
    contacts = FollowUp.objects.filter(customer=OuterRef("pk"), reached=True).exclude(signature=Signature.REJECTED)
    ticks = StockTick.objects.filter(taking=taking.pk if taking else 0, customer=OuterRef("pk"))
    last = Subquery(contacts.order_by("-at").values("day")[:1])
    return rows.with_first_person(found).annotate(last_day=last, ticked=Exists(ticks))


def levels(found: QuerySet[Customer]) -> list[tuple[str, str, int]]:
    """(level, its words, how many) for each level, and for those not judged yet."""
    counts = dict(found.order_by().values_list("level").annotate(Count("pk")))
    words = [(str(level), str(level.label)) for level in Level]
    return [
        *((level, label, counts.get(level, 0)) for level, label in words),
        ("none", _("not judged yet"), counts.get("", 0)),
    ]


def shown(found: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Rows of FIELDS as sheet and export print them."""
    plain = rows.customer_rows(found, today)
    return [
        {
            **row,
            "level": raw["level"] or "—",
            "last": raw["last_day"].isoformat() if raw["last_day"] else "—",
            "next": raw["next_due"].isoformat() if raw["next_due"] else "—",
            "late": bool(raw["next_due"] and raw["next_due"] < today),
            "ticked": raw["ticked"],
        }
        for raw, row in zip(found, plain, strict=True)
    ]

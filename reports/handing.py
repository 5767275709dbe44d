"""Each rep's customers, put in order for the planner: by register number, never by name (HAND-03, 000/40)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from common.excel import Column
from common.excel_cells import DAY, INTEGER, TEXT
from customers.models import Customer
from staff.models import Office

from . import events, standing
from .events import Span
from .figures import MonthFigures


def columns() -> list[Column]:
    """What stands in the sheet."""
    return [
        Column(_("Rep"), 14, TEXT),
        Column(_("Number"), 10, INTEGER),
        Column(_("Level"), 8, TEXT),
        Column(_("Registered"), 13, DAY),
        Column(_("Last contact"), 13, DAY),
        Column(_("Contacts"), 10, INTEGER),
    ]


def rows(over: Span, found: MonthFigures, *, now: datetime) -> Iterator[list[Any]]:
    """Every customer open at the end of the month, rep by rep; leads that nobody was given come last."""
    office, moment = over.office, min(over.ends, now + timedelta(microseconds=1))
    order = {person.who: (at, person.name) for at, person in enumerate(found.people)}
    nobody = (len(order), "—")
    contacts = _contacts(office, moment)
    kept = {one.customer: one for one in standing.open_at(office, moment, signings=events.signings(office))}
    numbers = Customer.objects.filter(office=office).order_by("number").values_list("pk", "number", "registered_at")
    found_rows = []
    for pk, number, registered in numbers.iterator(chunk_size=5000):
        if one := kept.get(pk):
            at, name = order.get(one.owner or 0, nobody)
            last, count = contacts.get(pk, (None, 0))
            told = [name, number, one.level or None, office.today(registered), last and office.today(last), count]
            found_rows.append((at, told))
    return (row for _at, row in sorted(found_rows, key=lambda pair: pair[0]))


def _contacts(office: Office, moment: datetime) -> dict[int, tuple[datetime, int]]:
    """(last contact, how many) by customer, from what staff recorded before ``moment``."""
    counted = events.known(moment).filter(customer__office=office).order_by()
    grouped = counted.values_list("customer").annotate(last=Max("at"), n=Count("pk"))
    return {customer: (last, n) for customer, last, n in grouped.iterator(chunk_size=5000)}

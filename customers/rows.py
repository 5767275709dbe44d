"""Rows of lists as plain dicts: opened, masked and formatted here, so that a template only prints them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import crypto, phones
from common.templatetags.ui import badge

from . import registers
from .models import Decision, LineKind, Person, RegisterCorrection, Source, Standing
from .models.register import CorrectionKind
from .ownership import state_words

KEY = ("customer__uuid", "customer__key__kek", "customer__key__wrapped")
LINE_FIELDS = (
    *("pk", "number", "at", "kind", "customer_id", "decision", "first", "source", "party"),
    *("receiver__name", "owner__name", "details_sealed", "total", *KEY),
)
CUSTOMER_FIELDS = (
    *(
        "pk",
        "number",
        "is_key",
        "standing",
        "since",
        "valid_until",
        "registered_at",
        "owner_id",
        "owner__name",
        "total",
    ),
    *("name_sealed", "phone_sealed", "uuid", "key__kek", "key__wrapped"),
)
DECISION_COLOURS = {
    Decision.NEW: "approved",
    Decision.RETURNING: "serving",
    Decision.LAPSED: "pending",
    Decision.ASSIGNED: "pending",
}
STATE_COLOURS = {"active": "approved", "lapsed": "returned", "unassigned": "pending", "dealt": "serving"}
SOON = 7


class Opener:
    """Opens sealed texts of dict rows, each customer's data key unwrapped once for a page."""

    def __init__(self) -> None:
        self.keys: dict[str, bytes | None] = {}

    def key(self, subject: str, kek: str | None, wrapped: Any) -> bytes | None:
        """The data key of the customer ``subject``; None after erasure."""
        if subject not in self.keys:
            self.keys[subject] = crypto.unwrap(kek, bytes(wrapped)) if kek else None
        return self.keys[subject]

    def text(self, row: Mapping[str, Any], blob: Any, *, model: str, field: str, of: str = "customer__") -> str:
        """The text of ``blob``; empty without one and after erasure."""
        subject = str(row[f"{of}uuid"])
        key = self.key(subject, row[f"{of}key__kek"], row[f"{of}key__wrapped"])
        if key is None or not blob:
            return ""
        return crypto.unseal(key, bytes(blob), model=model, field=field, subject=subject)


def line_rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines of LINE_FIELDS as the register shows them, later entries laid over them; one query for those."""
    opener, later = Opener(), _later_entries(found)
    words = _page_words()
    return [_line_row(row, opener, later.get(row["pk"], []), words) for row in found]


def _page_words() -> dict[str, dict[Any, Any]]:
    """The words and badges that every row of a page chooses from, translated once."""
    shown: dict[str, dict[Any, Any]] = {
        name: {str(value): str(label) for value, label in enum.choices}
        for name, enum in (("kind", LineKind), ("source", Source))
    }
    shown["decision"] = {str(one): badge(DECISION_COLOURS.get(one, "draft"), one.label) for one in Decision}
    shown["visit"] = {True: _("first"), False: _("repeat")}
    return shown


def _line_row(row: dict[str, Any], opener: Opener, entries: list[dict[str, Any]], words: Any) -> dict[str, Any]:
    """One line, in the words of its page."""
    said, at = _said(opener, row, entries), moment(row["at"])
    return {
        "number": row["number"],
        "url": f"/register/{row['number']}/",
        "customer_url": f"/customers/{row['customer_id']}/",
        "at": at,
        "clock": at[-5:],
        "kind": words["kind"][row["kind"]],
        "visit": words["visit"][row["first"]],
        "name": said.get("name") or "—",
        "phone": phones.mask(said.get("phone", "")) or "—",
        "companions": said.get("companions", ""),
        "needs": said.get("needs", ""),
        "decision": words["decision"][row["decision"]],
        "source": words["source"][row["source"]],
        "party": row["party"],
        "receiver": row["receiver__name"] or "—",
        "owner": row["owner__name"] or "—",
        "marks": _marks(said, entries),
    }


def _later_entries(found: list[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Corrections, completions and records by line, in order."""
    rows = RegisterCorrection.objects.filter(line__in=[row["pk"] for row in found]).order_by("seq")
    later: dict[int, list[dict[str, Any]]] = {}
    for entry in rows.values("line_id", "kind", "details_sealed"):
        later.setdefault(entry["line_id"], []).append({**entry})
    return later


def _said(opener: Opener, row: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What the line says now; empty after erasure, which ``erased`` tells."""
    said: dict[str, str] = {}
    for model, blob in [
        ("RegisterLine", row["details_sealed"]),
        *(("RegisterCorrection", entry["details_sealed"]) for entry in entries),
    ]:
        text = opener.text(row, blob, model=model, field="details")
        said |= json.loads(text) if text else {"erased": "1"}
    return said


def _marks(said: Mapping[str, str], entries: list[dict[str, Any]]) -> SafeString:
    """What a glance should tell: still lacking something, corrected, with a reception record."""
    kinds = {entry["kind"] for entry in entries}
    lacking = [] if "erased" in said else registers.missing(said)
    if not lacking and not kinds:
        return SafeString()
    words = {"name": _("no name"), "phone": _("no phone")}
    found = [badge("pending", words[field]) for field in lacking]
    if CorrectionKind.CORRECTION in kinds:
        found.append(badge("draft", _("corrected")))
    if CorrectionKind.RECORD in kinds:
        found.append(badge("approved", _("recorded")))
    return format_html_join(" ", "{}", ((mark,) for mark in found))


def with_first_person(customers: QuerySet) -> QuerySet:
    """The customers with the sealed name and number of the person by whose name they go."""
    first = Person.objects.filter(customer=OuterRef("pk")).order_by("pk")
    return customers.annotate(
        name_sealed=Subquery(first.values("name_sealed")[:1]), phone_sealed=Subquery(first.values("phone_sealed")[:1])
    )


def customer_rows(found: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Customers of CUSTOMER_FIELDS as the lists show them."""
    opener, shown = Opener(), []
    key_badge = badge("key", _("key"))
    for row in found:
        state, left = state_and_left(row["standing"], row["valid_until"], today)
        shown.append(
            {
                "pk": row["pk"],
                "key": str(row["pk"]),
                "number": row["number"],
                "url": f"/customers/{row['pk']}/",
                "name": opener.text(row, row["name_sealed"], model="Person", field="name", of="") or "—",
                "phone": phones.mask(opener.text(row, row["phone_sealed"], model="Person", field="phone", of=""))
                or "—",
                "key_badge": key_badge if row["is_key"] else "",
                "state": state_badge(state),
                "left": "—" if left is None or left < 0 else left,
                "soon": is_soon(left),
                "until": row["valid_until"].isoformat() if row["valid_until"] and left is not None else "—",
                "owner": (row["owner__name"] if state in ("active", "dealt") else "") or "—",
                "registered": moment(row["registered_at"]),
            }
        )
    return shown


def state_and_left(standing: str, valid_until: date | None, today: date) -> tuple[str, int | None]:
    """A customer's state on a day, and the days that remain where something runs."""
    if standing != Standing.ACTIVE or valid_until is None:
        return ("active" if standing == Standing.SUBSCRIBED else standing), None
    left = (valid_until - today).days
    return ("lapsed" if left < 0 else "active"), left


def is_soon(left: int | None) -> bool:
    """Whether the registration ends within a week."""
    return left is not None and 0 <= left <= SOON


def state_badge(state: str) -> SafeString:
    """A customer's state in colour and word."""
    return badge(STATE_COLOURS.get(state, "draft"), state_words(state))


def moment(at: datetime) -> str:
    """``2026-11-22 14:08`` on the office's clock."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"

"""What an A-card says, as one sealed JSON text: its fields, their words, their order (CARD-01)."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _

PURPOSES = [
    ("first", _("first home")),
    ("better", _("a better home")),
    ("invest", _("investment")),
    ("family", _("for parents or children")),
    ("school", _("schools nearby")),
    ("business", _("business premises")),
]
PAYMENTS = [
    ("full", _("in full")),
    ("mortgage", _("mortgage")),
    ("fund", _("housing fund loan")),
    ("instalments", _("instalments")),
]
LABELS = {
    "unit": _("Unit type"),
    "area": _("Area (㎡)"),
    "floor": _("Floor"),
    "purpose": _("Purpose of the purchase"),
    "budget": _("Budget (10,000 yuan)"),
    "payment": _("Way of paying"),
    "compares": _("Compares with"),
    "favourable": _("Favourable conditions"),
    "unfavourable": _("Unfavourable conditions"),
    "support": _("Support needed"),
    "reception": _("First reception in words"),
    "plan": _("Next follow-up plan"),
}
CHOSEN = {"purpose": dict(PURPOSES), "payment": dict(PAYMENTS)}


def read(text: str) -> dict[str, str]:
    """The fields of a card's content; none after erasure."""
    return json.loads(text) if text else {}


def write(fields: dict[str, Any]) -> str:
    """The content to seal: the fields that were filled in."""
    return json.dumps({name: value for name, value in fields.items() if value}, ensure_ascii=False)


def shown(said: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name, label, text) of each field in the order of the paper form; text is empty where nothing was written."""
    return [
        (name, str(label), str(CHOSEN.get(name, {}).get(said.get(name, ""), said.get(name, ""))))
        for name, label in LABELS.items()
    ]

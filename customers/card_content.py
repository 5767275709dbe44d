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


def on_paper(said: list[tuple[str, str, str]], room: int) -> tuple[list[tuple[str, str, str]], bool]:
    """The fields as one page holds them, and whether any was cut: the longest give way first (CARD-07)."""
    joined = [(name, label, " ".join(text.split())) for name, label, text in said]
    if sum(len(text) for _name, _label, text in said) <= room and all(text.count("\n") < 2 for *_, text in said):
        return said, False
    most = max((len(text) for *_, text in joined), default=0)
    while sum(min(len(text), most) for *_, text in joined) > room:
        most -= 1
    return [(name, label, text if len(text) <= most else f"{text[: most - 1]}…") for name, label, text in joined], any(
        len(text) > most for *_, text in joined
    )

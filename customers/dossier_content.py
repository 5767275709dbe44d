"""What a customer's record says: its fields, their words, their order, what is lacking (REG-11, 000/36)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SEXES = [("female", gettext_lazy("female")), ("male", gettext_lazy("male"))]
INCOMES = [
    ("100", gettext_lazy("below 100,000 yuan a year")),
    ("200", gettext_lazy("100,000 to 200,000 yuan a year")),
    ("500", gettext_lazy("200,000 to 500,000 yuan a year")),
    ("1000", gettext_lazy("500,000 to 1,000,000 yuan a year")),
    ("more", gettext_lazy("above 1,000,000 yuan a year")),
]
EDUCATIONS = [
    ("school", gettext_lazy("secondary school or below")),
    ("college", gettext_lazy("junior college")),
    ("bachelor", gettext_lazy("bachelor's degree")),
    ("master", gettext_lazy("master's degree or above")),
]
CHOSEN: dict[str, dict[str, Any]] = {"sex": dict(SEXES), "income": dict(INCOMES), "education": dict(EDUCATIONS)}
SECTIONS: dict[str, dict[str, Any]] = {
    "basics": {
        "birthday": gettext_lazy("Birthday"),
        "age": gettext_lazy("Age"),
        "sex": gettext_lazy("Sex"),
        "wechat": gettext_lazy("WeChat"),
        "email": gettext_lazy("E-mail"),
        "home": gettext_lazy("Home address"),
        "income": gettext_lazy("Household income"),
        "education": gettext_lazy("Education"),
    },
    "character": {
        "occupation": gettext_lazy("Occupation"),
        "hobbies": gettext_lazy("Hobbies"),
        "needs": gettext_lazy("Needs"),
        "family": gettext_lazy("Family"),
        "source": gettext_lazy("How they came to us"),
        "habits": gettext_lazy("Habits of spending"),
    },
    "company": {
        "representative": gettext_lazy("Legal representative"),
        "company_address": gettext_lazy("Company address"),
        "field": gettext_lazy("Field of business"),
        "capital": gettext_lazy("Registered capital (10,000 yuan)"),
        "company_contacts": gettext_lazy("Company contacts"),
    },
}
TITLES = {
    "basics": gettext_lazy("Basics"),
    "character": gettext_lazy("Character"),
    "company": gettext_lazy("Company"),
}
LABELS: dict[str, Any] = {name: label for section in SECTIONS.values() for name, label in section.items()}
# What completeness asks for; one of several is enough.
ASKED: dict[str, tuple[Any, tuple[str, ...]]] = {
    "name": (gettext_lazy("Name"), ("name",)),
    "born": (gettext_lazy("Birthday or age"), ("birthday", "age")),
    "sex": (LABELS["sex"], ("sex",)),
    "contacts": (gettext_lazy("Ways to reach them"), ("phone", "wechat", "email")),
    **{name: (LABELS[name], (name,)) for name in ("home", "income", "education")},
    **{name: (label, (name,)) for name, label in SECTIONS["character"].items()},
}
ASKED_OF_COMPANIES = {name: (label, (name,)) for name, label in SECTIONS["company"].items()}


def read(text: str) -> dict[str, str]:
    """The fields of a content; none after erasure."""
    return json.loads(text) if text else {}


def write(said: Mapping[str, str]) -> str:
    """The content to seal: the fields that were filled in."""
    return json.dumps({name: text for name, text in said.items() if text}, ensure_ascii=False, sort_keys=True)


def stamped(said: Mapping[str, str], before: Mapping[str, str], today: date) -> dict[str, str]:
    """``said`` with the day on which an age was told: an age grows old."""
    kept = {name: said.get(name, "") for name in LABELS}
    if kept["age"]:
        same = kept["age"] == before.get("age") and before.get("age_on")
        kept["age_on"] = before["age_on"] if same else today.isoformat()
    return kept


def words(name: str, said: Mapping[str, str]) -> str:
    """A field as people read it."""
    text = said.get(name, "")
    if name == "age" and text and said.get("age_on"):
        return _("%(age)s (said on %(day)s)") % {"age": text, "day": said["age_on"]}
    return str(CHOSEN.get(name, {}).get(text, text))


def shown(said: Mapping[str, str], *, company: bool) -> list[tuple[Any, list[tuple[Any, str]]]]:
    """(title, [(label, text)]) of each section; a company's only where there is one."""
    return [
        (TITLES[section], [(label, words(name, said)) for name, label in fields.items()])
        for section, fields in SECTIONS.items()
        if section != "company" or company or any(said.get(name) for name in fields)
    ]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of what may be known is known."""

    filled: int
    asked: int
    missing: list[Any]


def completeness(said: Mapping[str, str], *, company: bool) -> Completeness:
    """What is there and what is lacking; ``said`` also tells ``name`` and ``phone`` of the person, filled or not."""
    asked = ASKED | (ASKED_OF_COMPANIES if company or any(said.get(name) for name in ASKED_OF_COMPANIES) else {})
    missing = [label for label, names in asked.values() if not any(said.get(name) for name in names)]
    return Completeness(len(asked) - len(missing), len(asked), missing)


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The names of the fields in which two contents differ."""
    return [name for name in LABELS if before.get(name, "") != after.get(name, "")]


def merged(base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> dict[str, str]:
    """What I typed where I changed something, else what is there by now."""
    touched = set(changed(base, mine))
    return {name: (mine if name in touched else theirs).get(name, "") for name in LABELS}

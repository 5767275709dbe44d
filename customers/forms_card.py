"""What is typed about A-cards, signatures and returns."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm

from . import card_content
from .card_content import LABELS, PAYMENTS, PURPOSES
from .cards import Findings
from .forms import reason_field
from .models import Card, Level

LINE, WORDS = 60, 1000
UNKNOWN = ("", _("not known yet"))
YES_NO = [("yes", _("yes")), ("no", _("no"))]
FINDINGS = ("need", "confidence", "power")
NEEDED = {
    **dict.fromkeys(FINDINGS, _("Say yes or no: the level follows from it")),
    "reception": _("Write down the first reception"),
    "plan": _("Write down what comes next"),
}


def _line(name: str, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=LABELS[name], max_length=LINE, required=False, widget=widget)


def _words(name: str, rows: int = 2) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=LABELS[name], max_length=WORDS, required=False, widget=widget)


def _choice(name: str, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=LABELS[name], choices=[UNKNOWN, *choices], required=False)


def _finding(label: Any, hint: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        choices=YES_NO,
        required=False,
        empty_value=None,
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )


class CardForm(PlainForm):
    """An A-card in hand. A draft may lack anything; ``submitting`` asks for findings, words and a plan."""

    unit = _line("unit")
    area = _line("area", inputmode="decimal")
    floor = _line("floor")
    purpose = _choice("purpose", PURPOSES)
    budget = _line("budget", inputmode="decimal")
    payment = _choice("payment", PAYMENTS)
    compares = _line("compares")
    favourable = _words("favourable")
    unfavourable = _words("unfavourable")
    support = _words("support")
    reception = _words("reception", 4)
    need = _finding(_("Is there a need"), _("They look for a home such as ours"))
    confidence = _finding(_("Is there confidence"), _("They believe in the project and in you"))
    power = _finding(_("Is there purchasing power"), _("They can pay for it"))
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("as proposed")), *Level.choices])
    reason = reason_field(_("Why another level than proposed"), required=False)
    plan = _words("plan")

    def __init__(self, *args: Any, submitting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in NEEDED.items():
            self.fields[name].required = submitting or not self.is_bound
            self.fields[name].error_messages["required"] = words

    @classmethod
    def of(cls, card: Card | None) -> CardForm:
        """The form with what the card's draft says."""
        said: dict[str, Any] = {**card_content.read(card.content)} if card else {}
        for name in FINDINGS:
            value = getattr(card, name, None)
            said[name] = None if value is None else "yes" if value else "no"
        return cls(initial=said)

    @property
    def content(self) -> str:
        """What is sealed on the card."""
        return card_content.write({name: self.cleaned_data[name] for name in (*LABELS, "level", "reason")})

    @property
    def found(self) -> dict[str, bool | None]:
        """The findings, each yes, no or not said."""
        return {name: self.cleaned_data[name] for name in FINDINGS}

    @property
    def findings(self) -> Findings:
        """The findings as the rule takes them; what was not said counts as no."""
        return Findings(**{name: bool(value) for name, value in self.found.items()})


def _seen() -> forms.CharField:
    """Which submission the page showed."""
    return forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class SignForm(PlainForm):
    """Guidance that goes with a signature (CARD-04)."""

    seen = _seen()
    guidance = forms.CharField(
        label=_("Guidance for the rep"), max_length=WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReturnForm(PlainForm):
    """Why a card goes back (CARD-04)."""

    seen = _seen()
    reason = forms.CharField(
        label=_("Why it is returned"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the A-card is returned: the rep reads it")},
    )

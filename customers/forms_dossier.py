"""What is typed about a customer's record and opinions (REG-11). Every field is optional."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from common.dates import first_of_month
from common.forms import PlainForm

from .dossier_content import EDUCATIONS, INCOMES, LABELS, SECTIONS, SEXES
from .filters import ANY, Filter, day_field
from .models import Sentiment, Theme

LINE, WORDS = 100, 1000
UNKNOWN = ("", _("not known yet"))
OLDEST, OLDEST_AGE = date(1900, 1, 1), 120
MONTHS = 24


def _line(name: str, **attrs: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=LABELS[name], max_length=LINE, required=False, widget=widget)


def _words(name: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=LABELS[name], max_length=WORDS, required=False, widget=widget)


def _choice(name: str, choices: list[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=LABELS[name], choices=[UNKNOWN, *choices], required=False)


class DossierForm(PlainForm):
    """The record in hand. ``version``: the one that was read; lost or odd, it counts as none."""

    version = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    birthday = forms.DateField(
        label=LABELS["birthday"],
        required=False,
        validators=[MinValueValidator(OLDEST)],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    age = forms.IntegerField(
        label=LABELS["age"],
        help_text=_("Where the birthday is not known"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(OLDEST_AGE)],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    sex = _choice("sex", SEXES)
    wechat = _line("wechat")
    email = _line("email", inputmode="email")
    home = _line("home")
    income = _choice("income", INCOMES)
    education = _choice("education", EDUCATIONS)
    occupation = _line("occupation")
    source = _line("source")
    hobbies = _words("hobbies")
    needs = _words("needs")
    family = _words("family")
    habits = _words("habits")
    representative = _line("representative")
    company_address = _line("company_address")
    field = _line("field")
    capital = _line("capital", inputmode="decimal")
    company_contacts = _words("company_contacts")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @classmethod
    def of(cls, said: Mapping[str, str], version: int, *, today: date, bound: bool = False) -> DossierForm:
        """The form with what is known; ``bound`` where it goes back with what was typed."""
        filled = {**said, "version": version}
        return cls(filled, today=today) if bound else cls(initial=filled, today=today)

    def clean_birthday(self) -> date | None:
        """Nobody is born tomorrow."""
        day = self.cleaned_data["birthday"]
        if day and day > self.today:
            raise forms.ValidationError(_("The birthday lies in the future: look at the year again"))
        return day

    def clean_version(self) -> int:
        """The version that was read."""
        text = self.cleaned_data["version"]
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def said(self) -> dict[str, str]:
        """The fields as the record keeps them: text, empty where nothing is known."""
        found = {name: self.cleaned_data.get(name) for name in LABELS}
        return {name: "" if value is None else str(value) for name, value in found.items()}

    def part(self, section: str) -> list[forms.BoundField]:
        """The fields of one section, lines before paragraphs."""
        fields = [self[name] for name in self.fields if name in SECTIONS[section]]
        return sorted(fields, key=lambda field: isinstance(field.field.widget, forms.Textarea))


class FeedbackForm(PlainForm):
    """One opinion, and the day it was heard."""

    theme = forms.ChoiceField(label=_("About"), choices=Theme.choices, widget=forms.RadioSelect)
    sentiment = forms.ChoiceField(label=_("Opinion"), choices=Sentiment.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("In the customer's words"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    day = day_field(_("Heard on"))


def months(today: date) -> list[date]:
    """The first days of this month and of those before it."""
    found = [first_of_month(today)]
    while len(found) < MONTHS:
        last = found[-1]
        found.append(
            last.replace(year=last.year - 1, month=12) if last.month == 1 else last.replace(month=last.month - 1)
        )
    return found


class FeedbackFilter(Filter):
    """Opinions of a month, by theme and way."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    theme = forms.ChoiceField(label=_("About"), required=False, choices=[*ANY, *Theme.choices])
    sentiment = forms.ChoiceField(label=_("Opinion"), required=False, choices=[*ANY, *Sentiment.choices])

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {f"{month:%Y-%m}": month for month in months(today)}
        self.fields["month"].choices = [(key, key) for key in self.known]  # type: ignore[attr-defined]
        self.fields["month"].initial = next(iter(self.known))

    @property
    def month_asked(self) -> date:
        """The month that is asked for, else the present one."""
        return self.known.get(self.chosen.get("month", ""), next(iter(self.known.values())))

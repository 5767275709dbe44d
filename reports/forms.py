"""What may be asked of a month's pages in the address."""

from __future__ import annotations

import re
from datetime import date

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from customers.filters import day_field
from customers.models import Ground, Level, Source

from .rows import Asked

MONTH = r"20[0-9]{2}-(0[1-9]|1[0-2])"


def month_from(text: str) -> date:
    """The first day of a month written ``2026-03``; 404 for anything else."""
    if not re.fullmatch(MONTH, text):
        raise Http404
    return date(int(text[:4]), int(text[5:]), 1)


def day_in_address(text: str) -> date:
    """A day written ``2026-03-02`` that the calendar of the office can hold; 404 for anything else."""
    try:
        return day_field("").clean(text)
    except forms.ValidationError:
        raise Http404 from None


class BehindForm(PlainForm):
    """Which of the lines behind a figure: of one rep (0: of nobody), source, day, ground, level, up to which month."""

    rep = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    source = forms.ChoiceField(required=False, choices=[("", ""), *Source.choices])
    day = day_field("")
    ground = forms.ChoiceField(required=False, choices=[("", ""), *Ground.choices])
    level = forms.ChoiceField(required=False, choices=[("", ""), *Level.choices, ("none", _("no level yet"))])
    until = forms.RegexField(required=False, regex=MONTH)

    def asked(self) -> Asked:
        """The choice as rules take it."""
        told = self.cleaned_data
        return Asked(**told | {"until": month_from(told["until"]) if told["until"] else None})

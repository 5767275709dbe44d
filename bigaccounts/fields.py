"""Fields of the forms about bulk cases: a percent, and lists typed one entry a line."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.errors import RuleError
from common.forms import worded
from sales.forms import PriceField
from sales.models import Unit

from .figures import percent_of
from .lists import BuyerLine, InstalmentLine
from .models import Case

MOST_LINES = 100_000
SPLIT = re.compile(r"[\s,，、;；]+")


def area(rows: int, **attrs: str) -> forms.Textarea:
    """Room for several lines."""
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off", **attrs})


class PercentField(forms.CharField):
    """A discount in percent, as digits."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """The percent; None where it was left empty and may be."""
        typed = super().clean(value).replace("％", "").replace("%", "").strip()
        if not typed:
            return None
        try:
            return percent_of(typed)
        except RuleError as error:
            raise forms.ValidationError(worded(error)) from None


class LinesField(forms.CharField):
    """A list, one entry a line."""

    def __init__(self, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_LINES, widget=area(rows, spellcheck="false"), **kwargs)

    def lines(self, value: Any) -> list[tuple[int, str]]:
        """(number, text) of each line with something on it."""
        typed = super().clean(value)
        return [(n, line.strip()) for n, line in enumerate(typed.splitlines(), 1) if line.strip()]


class BuyersField(LinesField):
    """Buyers, one a line: the name, and after a comma what tells two of one name apart."""

    def clean(self, value: Any) -> Any:
        """The lines."""
        found = []
        for _n, line in self.lines(value):
            name, _comma, identity = line.replace("，", ",").partition(",")
            found.append(BuyerLine(name.strip(), identity.strip()))
        return found


class InstalmentsField(LinesField):
    """Instalments, one a line: the day, and the amount where one is agreed."""

    def clean(self, value: Any) -> Any:
        """The lines."""
        return [self._line(n, line) for n, line in self.lines(value)]

    def _line(self, n: int, line: str) -> InstalmentLine:
        day, _space, amount = line.partition(" ")
        try:
            due = date.fromisoformat(day)
            money = PriceField(required=False).clean(amount.replace("元", "").replace("¥", ""))
        except (ValueError, forms.ValidationError):
            raise forms.ValidationError(
                _("Line %(line)s: write a day like 2026-04-01, a space, and the amount if there is one"),
                params={"line": n},
            ) from None
        if not 2000 <= due.year <= 2099:
            raise forms.ValidationError(_("Line %(line)s: this year cannot be meant"), params={"line": n})
        return InstalmentLine(due, money)


class UnitsField(LinesField):
    """Units by their codes."""

    def codes(self, value: Any) -> list[str]:
        """The codes as they were typed."""
        return [code for code in SPLIT.split(super().clean(value)) if code]


def units_of(case: Case, codes: list[str]) -> list[Unit]:
    """The units of these codes; ValidationError naming those that the office does not have."""
    rows = Unit.objects.filter(office=case.office_id, code__in=codes).select_related("office")
    found = {unit.code: unit for unit in rows}
    unknown = [code[:40] for code in codes if code not in found]
    if unknown:
        raise forms.ValidationError(_("No unit has this code: %(codes)s"), params={"codes": ", ".join(unknown[:5])})
    return [found[code] for code in codes]

"""What the manager enters about results."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import first_of_month, next_month
from common.forms import PlainForm
from customers.filters import day_field
from staff.models import User

from .results import Results

DEALS_MOST = 999


class PeriodForm(PlainForm):
    """A month or a day, named by any day in it."""

    period = forms.ChoiceField(
        label=_("Period"), required=False, choices=[("month", _("month")), ("day", _("day"))], initial="month"
    )
    day = day_field(_("Day in it"))

    def bounds(self, today: date) -> tuple[date, date]:
        """First and last day: by default the month before this one, on which this month's order rests (REC-04)."""
        asked = self.cleaned_data if self.is_valid() else {}
        if asked.get("period") == "day":
            day = asked.get("day") or today
            return day, day
        first = first_of_month(asked.get("day") or first_of_month(today) - timedelta(days=1))
        return first, next_month(first) - timedelta(days=1)


class ResultsForm(PlainForm):
    """Deals and amount of each rep; a row left empty says nothing, zero says zero."""

    def __init__(self, *args: Any, people: list[User], known: Results, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for person in people:
            deals, amount = known.get(person.pk, (None, None))
            self.fields[f"deals_{person.pk}"] = forms.IntegerField(
                label=_("Deals"), min_value=0, max_value=DEALS_MOST, required=False, initial=deals
            )
            self.fields[f"amount_{person.pk}"] = forms.DecimalField(
                label=_("Amount (yuan)"),
                min_value=0,
                max_digits=14,
                decimal_places=2,
                required=False,
                initial=amount,
                localize=False,
            )

    def rows(self) -> list[tuple[User, forms.BoundField, forms.BoundField]]:
        """Each rep with the two fields."""
        return [(person, self[f"deals_{person.pk}"], self[f"amount_{person.pk}"]) for person in self.people]

    def entered(self) -> Iterator[tuple[User, int, Decimal]]:
        """The rows that say something."""
        for person in self.people:
            deals = self.cleaned_data.get(f"deals_{person.pk}")
            amount = self.cleaned_data.get(f"amount_{person.pk}")
            if deals is not None or amount is not None:
                yield person, deals or 0, amount or Decimal(0)

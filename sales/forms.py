"""What is typed about results, units, deals and discounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.dates import first_of_month, next_month
from common.errors import RuleError
from common.forms import PlainForm
from customers.filters import ANY, Filter, day_field
from staff.models import Office, User
from staff.roles import Role

from .birthdays import CALENDARS
from .deals import money
from .models import Deal, DealState, Unit, UnitState
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


class PriceField(forms.CharField):
    """A price in yuan as the rules of deals read it, thousands separators allowed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """The amount; None where it was left empty and may be."""
        typed = super().clean(value).replace(",", "").replace("，", "").strip()
        if not typed:
            return None
        try:
            return money(typed)
        except RuleError as error:
            raise forms.ValidationError(f"{error} ({error.rule})") from None


class UnitForm(PlainForm):
    """A new unit."""

    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("As the price list names it, for example 3-1-1201")
    )
    building = forms.CharField(label=_("Building"), max_length=20, required=False)
    entrance = forms.CharField(label=_("Entrance"), max_length=20, required=False)
    floor = forms.IntegerField(label=_("Floor"), min_value=-9, max_value=200, required=False)
    room = forms.CharField(label=_("Room"), max_length=20, required=False)
    layout = forms.CharField(label=_("Type"), max_length=40, required=False)
    area = forms.DecimalField(
        label=_("Area (㎡)"), min_value=Decimal("0.01"), max_digits=8, decimal_places=2, required=False
    )
    list_price = PriceField(label=_("List price (yuan)"))


class ListPriceForm(PlainForm):
    """Another list price."""

    list_price = PriceField(label=_("List price (yuan)"))


class UnitFilter(Filter):
    """Units by state."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[*ANY, *UnitState.choices])


class DealFilter(Filter):
    """Deals by stage."""

    state = forms.ChoiceField(label=_("Stage"), required=False, choices=[*ANY, *DealState.choices])


class SubscribeForm(PlainForm):
    """Which unit a customer subscribes, and at which price if not the list price."""

    unit = forms.CharField(
        label=_("Unit (home)"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "units-for-sale"}),
    )
    price = PriceField(label=_("Price (yuan)"), required=False, help_text=_("Leave it empty to sell at the list price"))

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office

    def clean_unit(self) -> Unit:
        """The unit with this code."""
        unit = Unit.objects.filter(office=self.office, code=self.cleaned_data["unit"]).first()
        if unit is None:
            raise forms.ValidationError(_("No unit has this code: look it up among the units"))
        return unit


class ContractForm(PlainForm):
    """The price of the contract, where it is not the one subscribed at."""

    price = PriceField(
        label=_("Price of the contract (yuan)"),
        required=False,
        help_text=_("As the signed paper says; it stays the subscribed price if left empty"),
    )
    certain = forms.BooleanField(label=_("The contract is dearer than the list price"), required=False)

    def __init__(self, *args: Any, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.list_price = deal.list_price
        if not self.is_bound:
            del self.fields["certain"]

    def clean(self) -> dict[str, Any]:
        """A price above the list price has to be meant: once the contract is confirmed it does not change."""
        price = self.cleaned_data.get("price")
        if price is None or price <= self.list_price:
            del self.fields["certain"]
        elif not self.cleaned_data["certain"]:
            words = {"price": f"{self.list_price:,.2f}"}
            self.add_error("certain", _("The list price is %(price)s: correct the price, or tick this") % words)
        return self.cleaned_data


class CancelForm(PlainForm):
    """Why a deal is cancelled."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class DiscountForm(PlainForm):
    """The greatest discount of each role, and why it changes."""

    def __init__(self, *args: Any, percents: dict[str, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles = list(percents)
        for role, percent in percents.items():
            self.fields[role] = forms.DecimalField(
                label=Role(role).label, min_value=0, max_value=100, decimal_places=4, initial=f"{percent.normalize():f}"
            )
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=100)

    def percents(self) -> dict[str, Decimal]:
        """What was typed, by role."""
        return {role: self.cleaned_data[role] for role in self.roles}


class CareForm(PlainForm):
    """What the clerk writes on a retained-customer card."""

    calendar = forms.ChoiceField(label=_("Birthday by the calendar"), choices=CALENDARS, required=False)
    month = forms.IntegerField(label=_("Month"), min_value=1, max_value=12, required=False)
    day = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=31, required=False)
    leap = forms.BooleanField(label=_("In a leap month"), required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    payment = forms.CharField(label=_("How it is paid"), max_length=200, required=False)

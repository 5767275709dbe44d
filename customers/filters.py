"""The filters of the lists: what may be asked for in the address, and which rows it leaves."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Self

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from common.dates import day_bounds, midnight
from common.forms import DrawnSelect, PlainForm
from staff.models import Office

from . import reps
from .models import Decision, LineKind, Source, Standing, Tag
from .models.party import CustomerQuerySet
from .models.register import LineQuerySet

ANY = [("", _("all"))]
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


def day_field(label: Any) -> forms.DateField:
    """A day that the calendar of the office can hold."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    bounds = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]
    return forms.DateField(label=label, required=False, widget=widget, validators=bounds)


class Filter(PlainForm):
    """A form of filters; what cannot be understood is left out rather than shown again."""

    find = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter_%s", **kwargs)

    @classmethod
    def read(cls, query: QueryDict, **kwargs: Any) -> Self:
        """The valid part of what the address asks for."""
        form = cls(query, **kwargs)
        if not form.is_valid():
            kept = query.copy()
            for name in form.errors:
                kept.pop(name, None)
            form = cls(kept, **kwargs)
            form.is_valid()
        return form

    @property
    def chosen(self) -> dict[str, Any]:
        """What is asked for, by name."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}


class LineFilter(Filter):
    """Lines of the register by day, kind, source, decision, receiver."""

    kind = forms.ChoiceField(required=False, choices=[*ANY, *LineKind.choices], widget=forms.HiddenInput)
    since = day_field(_("From"))
    until = day_field(_("To"))
    decision = forms.ChoiceField(
        label=_("Decision"),
        required=False,
        widget=DrawnSelect,
        choices=[*ANY, *(choice for choice in Decision.choices if choice[0] != Decision.LOOKING)],
    )
    source = forms.ChoiceField(label=_("Source"), required=False, widget=DrawnSelect, choices=[*ANY, *Source.choices])
    receiver = forms.TypedChoiceField(
        label=_("Receiver"), required=False, widget=DrawnSelect, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.fields["receiver"].choices = [*ANY, *reps.ever_sold(office)]  # type: ignore[attr-defined]

    def filter(self, lines: LineQuerySet) -> LineQuerySet:
        """The lines that are asked for."""
        chosen = self.chosen
        for name in ("kind", "decision", "source", "receiver"):
            if name in chosen:
                lines = lines.filter(**{name: chosen[name]})
        if "since" in chosen:
            lines = lines.filter(at__gte=midnight(chosen["since"], self.office.timezone))
        if "until" in chosen:
            lines = lines.filter(at__lt=day_bounds(chosen["until"], self.office.timezone)[1])
        return lines


class CustomerFilter(Filter):
    """Customers by state, days left, owner and tag."""

    STATES = [
        ("active", _("active")),
        ("lapsed", _("lapsed")),
        ("unassigned", _("unassigned")),
        ("dealt", _("with a deal")),
        ("defeated", _("defeated")),
    ]
    LEFT = [("1", _("at most 1 day left")), ("3", _("at most 3 days left")), ("7", _("at most 7 days left"))]

    state = forms.ChoiceField(label=_("State"), required=False, widget=DrawnSelect, choices=[*ANY, *STATES])
    left = forms.TypedChoiceField(
        label=_("Days left"), required=False, choices=[*ANY, *LEFT], widget=DrawnSelect, coerce=int, empty_value=None
    )
    owner = forms.TypedChoiceField(label=_("Owner"), required=False, widget=DrawnSelect, coerce=int, empty_value=None)
    tag = forms.TypedChoiceField(label=_("Tag"), required=False, widget=DrawnSelect, coerce=int, empty_value=None)

    def __init__(self, *args: Any, office: Office, today: date, by_owner: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        tags = Tag.objects.filter(office=office).order_by("name").values_list("pk", "name")
        self.fields["tag"].choices = [*ANY, *tags]  # type: ignore[attr-defined]
        if by_owner:
            self.fields["owner"].choices = [*ANY, *reps.ever_sold(office)]  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]

    def filter(self, customers: CustomerQuerySet) -> CustomerQuerySet:
        """The customers that are asked for."""
        chosen = self.chosen
        if "state" in chosen:
            customers = customers.filter(in_state(chosen["state"], self.today))
        if "left" in chosen:
            last = self.today + timedelta(days=chosen["left"])
            customers = customers.filter(standing=Standing.ACTIVE, valid_until__range=(self.today, last))
        if "owner" in chosen:
            customers = customers.filter(owner=chosen["owner"])
        if "tag" in chosen:
            customers = customers.filter(tags__tag=chosen["tag"])
        return customers


def in_state(state: str, today: date) -> Q:
    """The customers who are in ``state`` on the day ``today``: what ``Customer.state`` tells one by one."""
    if state == "lapsed":
        return Q(standing=Standing.ACTIVE, valid_until__lt=today)
    if state == "active":
        return Q(standing=Standing.ACTIVE, valid_until__gte=today) | Q(standing=Standing.SUBSCRIBED)
    return Q(standing=state)


def found_lines(lines: LineQuerySet, customers: QuerySet, text: str) -> LineQuerySet:
    """Those of ``lines`` that are of ``customers``, or have the number typed as ``text``."""
    wanted = Q(customer__in=customers.values("pk"))
    if re.fullmatch(r"#?[1-9][0-9]{0,8}", text):
        wanted |= Q(number=int(text.lstrip("#")))
    return lines.filter(wanted)

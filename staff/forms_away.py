"""What is typed about an absence: whose, from when to when, who decides meanwhile, why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm

from . import delegations
from .models import User

DAY = {"type": "date"}


class AwayForm(PlainForm):
    """Somebody is away for some days (BULK-05)."""

    person = forms.ModelChoiceField(label=_("Who is away"), queryset=User.objects.none(), empty_label=None)
    first = forms.DateField(label=_("From (day)"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    last = forms.DateField(label=_("To (day, included)"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    to = forms.ModelChoiceField(
        label=_("Who decides meanwhile"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody: the next rung up decides"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=delegations.MOST_WORDS)

    def __init__(self, *args: Any, user: User, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        below = delegations.people_below(user, on=on)
        people: Any = self.fields["person"]
        people.queryset = User.objects.filter(pk__in=[user.pk, *below.values_list("pk", flat=True)]).order_by(
            "name", "pk"
        )
        chosen: Any = self.fields["to"]
        chosen.queryset = delegations.candidates(user, on=on)
        chosen.label_from_instance = people.label_from_instance = str

"""What is typed about customers given up, and what the defeat register is filtered by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from common.dates import day_bounds, midnight
from common.forms import PlainForm
from staff.models import Office

from . import defeat_analysis as analysis
from . import reps
from .filters import ANY, Filter, day_field
from .forms import WORDS, reason_field
from .models import DefeatState, Ground, Level

MOST_PRICE = Decimal("9999999999.99")
LOST = "lost"
COLUMNS = {"state": "state", "ground": "ground", "level": "level", "rep": "rep", "rival": "lost_to"}
STATES = [(LOST, _("approved, closed or not yet")), *DefeatState.choices]


class DefeatForm(PlainForm):
    """Why a customer is given up (LOST-01, LOST-02)."""

    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices, widget=forms.RadioSelect)
    lost_to = forms.CharField(label=_("Lost to which project"), max_length=60, required=False)
    price = forms.DecimalField(
        label=_("Its price (yuan per ㎡)"),
        required=False,
        max_digits=12,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_PRICE)],
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    analysis = forms.CharField(
        label=_("Analysis of the reason"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        """A customer who bought elsewhere bought somewhere."""
        data = super().clean() or self.cleaned_data
        if data.get("ground") == Ground.ELSEWHERE and not data.get("lost_to") and "lost_to" not in self.errors:
            self.add_error("lost_to", _("Say which project they bought"))
        return data


class ConfirmForm(PlainForm):
    """What the clerk's own call brought (LOST-04)."""

    result = forms.CharField(label=_("Result of your call"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 2}))


class ApproveForm(PlainForm):
    """A word that goes with the approval."""

    reason = reason_field(_("Remark"), required=False)


class RefuseForm(PlainForm):
    """Why a defeat is refused (LOST-04)."""

    reason = reason_field(
        _("Why it is refused"), error_messages={"required": _("Say why the defeat is refused: the rep reads it")}
    )


class DefeatFilter(Filter):
    """Defeats by what they are analysed by (LOST-05)."""

    since = day_field(_("From"))
    until = day_field(_("To"))
    state = forms.ChoiceField(label=_("State"), required=False, choices=[*ANY, *STATES])
    ground = forms.ChoiceField(label=_("Ground"), required=False, choices=[*ANY, *Ground.choices])
    level = forms.ChoiceField(label=_("Level reached"), required=False, choices=[*ANY, *Level.choices])
    rep = forms.TypedChoiceField(label=_("Rep"), required=False, coerce=int, empty_value=None)
    rival = forms.CharField(label=_("Project"), required=False, max_length=60)
    price = forms.ChoiceField(
        label=_("Price (yuan per ㎡)"), required=False, choices=[*ANY, *analysis.PRICES.choices()]
    )
    held = forms.ChoiceField(label=_("Days held"), required=False, choices=[*ANY, *analysis.HELD.choices()])

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.fields["rep"].choices = [*ANY, *reps.ever_sold(office)]  # type: ignore[attr-defined]

    def filter(self, requests: Any) -> Any:
        """The requests that are asked for."""
        chosen = self.chosen
        if chosen.get("state") == LOST:
            requests = requests.filter(state__in=[DefeatState.APPROVED, DefeatState.CLOSED])
            del chosen["state"]
        for name, column in COLUMNS.items():
            if name in chosen:
                requests = requests.filter(**{column: chosen[name]})
        if "since" in chosen:
            requests = requests.filter(requested_at__gte=midnight(chosen["since"], self.office.timezone))
        if "until" in chosen:
            requests = requests.filter(requested_at__lt=day_bounds(chosen["until"], self.office.timezone)[1])
        for bands in (analysis.PRICES, analysis.HELD):
            if bands.name in chosen:
                requests = requests.filter(bands.q(chosen[bands.name]))
        return requests

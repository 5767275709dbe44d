"""What is typed about disputes: a claim, a dispute that a supervisor opens, a ruling, an appeal."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from staff.models import Office

from . import reps
from .forms import WORDS, SellerField
from .models import Dispute
from .models.disputes import Ground

TYPED = 40
STAYS, NOBODY = "stays", "nobody"


def said_field(label: Any, required: Any, **kwargs: Any) -> forms.CharField:
    """A few sentences that may not be left out; ``required``: what to do about an empty field."""
    messages = {"required": required}
    return forms.CharField(
        label=label, max_length=WORDS, widget=forms.Textarea(attrs={"rows": 4}), error_messages=messages, **kwargs
    )


class ClaimForm(PlainForm):
    """A rep's claim: by a number of the register or a phone number."""

    typed = forms.CharField(
        label=_("Register number or phone number of the customer"),
        max_length=TYPED,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
        error_messages={"required": _("Enter a register number or a phone number")},
    )
    words = said_field(_("Why the customer is yours"), _("Say why the customer is yours"))
    request_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class DisputeForm(PlainForm):
    """A dispute that a supervisor opens for a rep, or before anybody claims."""

    claimant = SellerField(label=_("Who claims the customer"), required=False)
    claim = said_field(_("What the dispute is about"), _("Say what the dispute is about"))

    def __init__(self, *args: Any, office: Office, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claimant"].queryset = reps.sellers(office, today)  # type: ignore[attr-defined]
        self.fields["claimant"].empty_label = _("Nobody yet")  # type: ignore[attr-defined]


class RulingForm(PlainForm):
    """A ruling in writing: to whom, on what ground, in words, with a warning or without."""

    to = forms.ChoiceField(label=_("The customer goes to"), initial=STAYS)
    ground = forms.ChoiceField(
        label=_("What the ruling rests on"), choices=Ground.choices, widget=forms.RadioSelect, initial=Ground.REGISTER
    )
    text = said_field(
        _("The ruling in writing"),
        _("Give the ruling in writing: both parties read it"),
        help_text=_("Both parties read it"),
    )
    warn = forms.ChoiceField(label=_("Warning for causing the dispute"), initial=NOBODY)

    def __init__(self, *args: Any, dispute: Dispute, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = dispute.customer.owner if dispute.customer else None
        self.sellers = {str(one.pk): one for one in reps.sellers(dispute.office, today) if one != owner}
        to: Any = self.fields["to"]
        to.choices = [
            (STAYS, _("stays with %(person)s") % {"person": owner or "—"}),
            *((pk, str(one)) for pk, one in self.sellers.items()),
        ]
        self.parties = {str(one.pk): one for one in (dispute.claimant, dispute.respondent) if one is not None}
        choices: Any = self.fields["warn"]
        choices.choices = [(NOBODY, _("nobody")), *((pk, str(one)) for pk, one in self.parties.items())]

    def clean_to(self) -> Any:
        """Whom the customer goes to; None where it stays."""
        return self.sellers.get(self.cleaned_data["to"])

    def clean_warn(self) -> Any:
        """The party who is warned, if any."""
        return self.parties.get(self.cleaned_data["warn"])


class AppealForm(PlainForm):
    """What is wrong with the ruling."""

    reason = said_field(
        _("What is wrong with the ruling"), _("Say what is wrong with the ruling: the manager reads it")
    )

"""What is typed about consent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm

from .models import Channel, Purpose

# On the web the customers say it themselves.
HEARD = [choice for choice in Channel.choices if choice[0] != Channel.WEB]


def channel_field(label: Any) -> forms.ChoiceField:
    """How it was said to us."""
    return forms.ChoiceField(label=label, choices=HEARD, initial=Channel.DESK, widget=forms.RadioSelect)


class ConsentForm(PlainForm):
    """What the customer agrees to, and how they said it (PRIV-01)."""

    purposes = forms.MultipleChoiceField(
        label=_("The customer agrees to"),
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick what the customer agrees to")},
    )
    channel = channel_field(_("How it was said"))

    def __init__(self, *args: Any, open_to: list[Any], **kwargs: Any) -> None:
        """``open_to``: the (value, words) that are not agreed to yet."""
        super().__init__(*args, **kwargs)
        self.fields["purposes"].choices = open_to  # type: ignore[attr-defined]


class WithdrawForm(PlainForm):
    """What the customer takes back, and how they said it (PRIV-03)."""

    purpose = forms.ChoiceField(choices=Purpose.choices, widget=forms.HiddenInput)
    channel = channel_field(_("How it was said"))

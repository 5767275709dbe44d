"""What is typed about web leads: by the officer, by the public, and by the manager who opens ways for them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from customers import reps
from customers.forms import ManyField
from customers.models import LineKind
from staff.models import Office, User

from .arrival import Arrival
from .forms import ContactForm
from .models import ChannelKind


class WebForm(ContactForm):
    """A lead that the officer collected."""

    field_order = ["phone", "name", "needs", "consent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["source"]

    def arrival(self) -> Arrival:
        """The lead as the check-in takes it."""
        return Arrival(kind=LineKind.WEB, **self.shared())


class LeadForm(WebForm):
    """The public form: name and number are needed, consent is asked for; ``website`` is left empty by people."""

    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, office=office, user=User(), people={}, **kwargs)
        for name, label in (("phone", _("Your mobile number")), ("name", _("Your name"))):
            self.fields[name].required, self.fields[name].label = True, label
            self.fields[name].error_messages["required"] = _("Enter: {label}").format(label=label)
        self.fields["needs"].label = _("What are you looking for?")
        self.fields["consent"].required = True
        self.fields["consent"].label = _("I agree that this sales office keeps my name and number and contacts me")
        self.fields["consent"].error_messages["required"] = _("Tick that we may contact you, or call us instead")


class GiveForm(PlainForm):
    """Among whom the waiting leads are given out."""

    reps = ManyField(User.objects.none(), label=_("Give to"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, office: Office, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reps"]
        field.queryset = reps.sellers(office, today)
        field.error_messages["required"] = _("Choose at least one rep")


class ChannelForm(PlainForm):
    """A new way for leads."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ChannelKind.choices, widget=forms.RadioSelect, initial="form")
    label = forms.CharField(label=_("Used for"), max_length=40)

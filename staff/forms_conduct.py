"""What is typed about conduct: a warning or a fine, an objection, a decision."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm

from .measures import LONGEST
from .models import FINED_FOR, WARNED_FOR, Fault

BY_NUMBER = _("Name customers by their number only")


def words_field(label: Any, required: Any = "", **kwargs: Any) -> forms.CharField:
    """A few sentences; ``required`` says what to do where they are compulsory."""
    widget = forms.Textarea(attrs={"rows": 3})
    messages = {"required": required} if required else {}
    return forms.CharField(
        label=label, max_length=LONGEST, required=bool(required), widget=widget, error_messages=messages, **kwargs
    )


class GiveForm(PlainForm):
    """Whom a warning or a fine is given, and what for (000/41)."""

    FAULTS = [
        (_("Warning"), [(fault.value, fault.label) for fault in WARNED_FOR]),
        (_("Fine"), [(fault.value, fault.label) for fault in FINED_FOR]),
    ]

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    kind = forms.ChoiceField(label=_("What for"), choices=[("", _("Choose one")), *FAULTS])
    reason = words_field(_("What happened"), _("Say what happened: the person concerned reads it"), help_text=BY_NUMBER)
    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        kwargs["initial"] = {"request_id": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose a person")), *people]  # type: ignore[attr-defined]

    def clean_request_id(self) -> UUID:
        """A request that lost its id is a request of its own."""
        return self.cleaned_data["request_id"] or uuid4()

    @property
    def is_fine(self) -> bool:
        """Whether what was chosen is fined at once."""
        return Fault(self.cleaned_data["kind"]) in FINED_FOR


class ConfirmForm(PlainForm):
    """A word that goes with the warning."""

    reason = words_field(_("Remark"), help_text=BY_NUMBER)


class DismissForm(PlainForm):
    """Why no warning arises."""

    reason = words_field(_("Why it is dismissed"), _("Say why it is dismissed"))


class UpholdForm(PlainForm):
    """Why the measure stands."""

    reason = words_field(_("Why it is upheld"), _("Say why it is upheld: the person concerned reads it"))


class WithdrawForm(PlainForm):
    """Why the measure counts no more."""

    reason = words_field(_("Why it is withdrawn"), _("Say why it is withdrawn: the person concerned reads it"))


class ObjectForm(PlainForm):
    """What the person concerned says."""

    words = words_field(_("Your objection"), _("Say what you object to: the manager reads it"), help_text=BY_NUMBER)

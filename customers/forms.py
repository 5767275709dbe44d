"""What is typed about lines, contacts, owners and people."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from staff.models import Office, User

from . import reps
from .filters import EARLIEST, LATEST, day_field
from .finding import LONGEST
from .models import Customer, Level, Manner

REASON = 200
WORDS = 2000


def reason_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A reason in a line of text."""
    return forms.CharField(label=label, max_length=REASON, **kwargs)


def words_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A few sentences, optional."""
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, max_length=WORDS, required=False, widget=widget, **kwargs)


class FindForm(PlainForm):
    """Who is looked for, and in which list."""

    q = forms.CharField(
        label=_("Name, phone, last four digits, pinyin or number"),
        max_length=LONGEST,
        error_messages={"required": _("Enter a name, a phone number, its last four digits or a register number")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    where = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class CompleteForm(PlainForm):
    """What was left out at arrival (REG-08)."""

    name = forms.CharField(label=_("Customer's name"), max_length=60, required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=40, required=False)
    companions = forms.CharField(label=_("Companions"), max_length=REASON, required=False)
    needs = words_field(_("Needs"))


class CorrectForm(CompleteForm):
    """What was written wrongly; the original stays (REG-04)."""

    summary = words_field(_("Summary"))
    reason = reason_field(_("Why the line is corrected"))


class RecordForm(PlainForm):
    """The daily reception record (REG-09)."""

    shown = forms.CharField(label=_("What was shown"), max_length=REASON, required=False)
    companions = forms.CharField(label=_("Companions"), max_length=REASON, required=False)
    summary = words_field(_("Summary"))
    intent = forms.CharField(label=_("Intent"), max_length=REASON, required=False)


class ContactForm(PlainForm):
    """One contact: how, whether reached, what came of it, when next (FUP-03)."""

    manner = forms.ChoiceField(
        label=_("Manner"), choices=Manner.choices, widget=forms.RadioSelect, initial=Manner.PHONE
    )
    reached = forms.TypedChoiceField(
        label=_("Was the customer reached"),
        choices=[("yes", _("reached")), ("no", _("not reached"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    result = words_field(_("Result"), help_text=_("A contact without a result does not extend the registration"))
    objections = words_field(_("Objections"))
    level = forms.ChoiceField(
        label=_("Level, judged anew"), choices=Level.choices, required=False, widget=forms.RadioSelect
    )
    next_on = day_field(_("Next contact on"))

    def __init__(
        self, *args: Any, level: str = "", latest: dict[str, date | None] | None = None, **kwargs: Any
    ) -> None:
        """``level``: the present one. ``latest``: by when the next contact is due at each level (FUP-02).

        Whoever was reached is judged anew.
        """
        super().__init__(*args, **kwargs)
        self.fields["level"].initial = level
        self.fields["level"].required = not self.is_bound or self.data.get("reached") != "no"
        self.fields["level"].error_messages["required"] = _("Judge the level anew: choose one")
        days = {name: day.isoformat() if day else "" for name, day in (latest or {}).items()}
        self.fields["next_on"].initial = days.get(level, "")
        self.fields["next_on"].widget.attrs["data-latest"] = json.dumps(days)
        self.fields["next_on"].help_text = _("The rhythm of the level proposes it; earlier is fine, later is not")


class RejectForm(PlainForm):
    """Why a contact does not count."""

    reason = reason_field(_("Why it is rejected"))


class RevealForm(PlainForm):
    """What the number is needed for (PRIV-02)."""

    PURPOSES = [
        ("follow_up", _("follow-up call")),
        ("appointment", _("arranging an appointment")),
        ("checking", _("checking the record")),
        ("other", _("another reason")),
    ]
    purpose = forms.ChoiceField(label=_("What for"), choices=PURPOSES)
    note = forms.CharField(label=_("Details"), max_length=REASON, required=False)

    def clean(self) -> dict[str, Any]:
        """Another reason has to be named."""
        data = super().clean() or self.cleaned_data
        if data.get("purpose") == "other" and not data.get("note", "").strip():
            self.add_error("note", _("Say what you need the phone number for"))
        return data

    @property
    def reason(self) -> str:
        """The purpose and its details, as the log keeps them."""
        label = str(dict(self.PURPOSES)[self.cleaned_data["purpose"]])
        note = self.cleaned_data["note"].strip()
        return f"{label}: {note}" if note else label


class SellerField(forms.ModelChoiceField):
    """One of the sales staff of the office, by staff number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), empty_label=_("Choose a rep"), **kwargs)


class TransferForm(PlainForm):
    """To whom a customer goes, and why (OWN-14)."""

    to = SellerField(label=_("New owner"))
    reason = reason_field(_("Why the customer is transferred"))

    def __init__(self, *args: Any, office: Office, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = reps.sellers(office, today)  # type: ignore[attr-defined]


class JoinForm(PlainForm):
    """Who is joined to a customer, and why (OWN-01)."""

    name = forms.CharField(label=_("Name"), max_length=60, required=False)
    phone = forms.CharField(label=_("Phone number"), max_length=40, required=False)
    reason = reason_field(_("Why they are one buyer"))


class ManyField(forms.ModelMultipleChoiceField):
    """Several rows; what cannot be the id of a row (too large for the database, too) is no choice."""

    def clean(self, value: Any) -> Any:
        """The chosen rows."""
        if any(not re.fullmatch(r"[0-9]{1,18}", str(one)) for one in value or ()):
            raise forms.ValidationError(_("Choose one from the list"), code="invalid_choice")
        return super().clean(value)


class AssignForm(PlainForm):
    """Which customers go to which reps, in turn (OWN-05, OWN-07)."""

    customers = ManyField(
        label=_("Customers"),
        queryset=Customer.objects.none(),
        error_messages={"required": _("Choose at least one customer")},
    )
    reps = ManyField(
        label=_("Given to"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several reps get them in turn"),
        error_messages={"required": _("Choose at least one rep")},
    )

    def __init__(self, *args: Any, office: Office, today: date, customers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customers"].queryset = customers  # type: ignore[attr-defined]
        self.fields["reps"].queryset = reps.sellers(office, today)  # type: ignore[attr-defined]


class PrintForm(PlainForm):
    """Which day of the register is printed."""

    day = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_day(self) -> date:
        """A day that the calendar of the office can hold."""
        day: date = self.cleaned_data["day"]
        if not EARLIEST <= day <= LATEST:
            raise forms.ValidationError(_("Choose a day between 2000 and 2099"))
        return day

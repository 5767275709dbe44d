"""What is typed about people, postings, fitness and policy."""

from datetime import date
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm, PlainModelForm, speak_plainly

from .models import OfficePolicy, UnfitReason
from .roles import OFFICE_ROLES, Role

OFFICE_ROLE_CHOICES = [("", _("Choose a role")), *((r.value, r.label) for r in Role if r in OFFICE_ROLES)]
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
MOST = 99999
TIMES = ("opens_at", "closes_at", "sign_by")


class SignInForm(LoginForm):
    """User name and password."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["password"].label = _("Password")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        speak_plainly(self)


class NewPasswordForm(ChangePasswordForm):
    """The old password once, the new one twice."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 10 characters, not only digits, not a common word")
        self.fields["password2"].label = _("New password once more")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
        speak_plainly(self)


class HireForm(PlainForm):
    """A new colleague: name, sign-in, role, number, first day."""

    name = forms.CharField(label=_("Name"), max_length=60)
    username = UsernameField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("For signing in: letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=OFFICE_ROLE_CHOICES)
    number = forms.IntegerField(
        label=_("Staff number"),
        min_value=1,
        max_value=MOST,
        required=False,
        help_text=_("A seller without one gets the next free number"),
    )
    since = forms.DateField(label=_("First day"), widget=DATE)


class RoleForm(PlainForm):
    """Another role from today."""

    role = forms.ChoiceField(label=_("New role"), choices=OFFICE_ROLE_CHOICES)


class NumberForm(PlainForm):
    """Another staff number."""

    number = forms.IntegerField(label=_("Staff number"), min_value=1, max_value=MOST, required=False)


class EndForm(PlainForm):
    """The last day of a posting."""

    last_day = forms.DateField(label=_("Last day"), widget=DATE, help_text=_("Access ends with this day"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = today


class UnfitForm(PlainForm):
    """Why somebody may not receive for the time being (OFF-04)."""

    reason = forms.ChoiceField(label=_("Reason"), choices=UnfitReason.choices, widget=forms.RadioSelect)


class PolicyForm(PlainModelForm):
    """The numbers and choices of the office."""

    reason = forms.CharField(label=_("Reason of the change"), max_length=100, required=False)

    class Meta:
        model = OfficePolicy
        exclude = ("office",)
        widgets = {
            **{name: forms.TimeInput(format="%H:%M") for name in TIMES},
            "strategy": forms.RadioSelect,
        }
        help_texts = {name: _("24 hours, for example 09:00") for name in TIMES}

    def clean(self) -> dict[str, Any]:
        """The office closes after it opens."""
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("opens_at"), data.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Enter a time after opening"))
        return data

    def choices_made(self) -> dict[str, Any]:
        """The fields of the policy as typed, without the reason."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}

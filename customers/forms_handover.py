"""What is typed about handovers: who gives, who receives, changes of the plan, a word for somebody who has gone."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from staff.models import Office, User

from . import reps
from .forms import ManyField, SellerField, reason_field
from .models import HandoverItem

RECEIVERS = _("Choose at least one rep who takes the customers over")


def receivers_field() -> ManyField:
    """Several of the sales staff."""
    return ManyField(
        label=_("Who takes the customers over"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": RECEIVERS},
    )


class AnewForm(PlainForm):
    """The plan made anew for other receivers."""

    to = receivers_field()

    def __init__(self, *args: Any, office: Office, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = reps.sellers(office, today)  # type: ignore[attr-defined]

    def clean_to(self) -> list[User]:
        """The receivers, by staff number."""
        return list(self.cleaned_data["to"])


class StartForm(AnewForm):
    """Whose customers, to whom, why."""

    giver = SellerField(label=_("Whose customers"))
    reason = reason_field(_("Reason"), required=False)
    field_order = ("giver", "to", "reason")

    def __init__(self, *args: Any, holders: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["giver"]
        field.queryset = holders
        field.empty_label = _("Choose a person")


class ReassignForm(PlainForm):
    """Some customers of the plan go to somebody else."""

    items = ManyField(
        label=_("Customers"),
        queryset=HandoverItem.objects.none(),
        error_messages={"required": _("Choose at least one customer")},
    )
    to = SellerField(label=_("Give these to"))

    def __init__(self, *args: Any, items: QuerySet[HandoverItem], office: Office, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = items  # type: ignore[attr-defined]
        self.fields["to"].queryset = reps.sellers(office, today)  # type: ignore[attr-defined]


class GiveForm(PlainForm):
    """The giver's word; of somebody who stands in, with the reason."""

    reason = reason_field(_("Why you confirm for somebody else"))

    def __init__(self, *args: Any, in_person: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if in_person:
            del self.fields["reason"]


class RequestForm(PlainForm):
    """Somebody else looks after a request of the leaver's."""

    request = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=10**15)
    to = SellerField(label=_("Who looks after it"))

    def __init__(self, *args: Any, office: Office, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.queryset = reps.sellers_and_supervisors(office, today)
        field.empty_label = _("Choose a person")

"""What is typed about conduct: a warning or a fine, an objection, a decision."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm

from . import inspections, rewards
from .measures import LONGEST
from .models import FINED_FOR, WARNED_FOR, Fault, InspectionItem
from .models.inspections import BEST

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
    kind = forms.ChoiceField(label=_("Fault"), choices=[("", _("Choose one")), *FAULTS])
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


class RewardForm(PlainForm):
    """Whom a reward is given, how much, and what for (000/42)."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    amount = forms.IntegerField(label=_("Yuan"), min_value=0, max_value=rewards.MOST, required=False)
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=rewards.MOST, required=False)
    words = words_field(_("Rewarded for"), _("Say what the reward is for: the person reads it"), help_text=BY_NUMBER)
    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        kwargs["initial"] = {"request_id": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose a person")), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Neither yuan nor points is praise in words."""
        data = super().clean() or self.cleaned_data
        for name in ("amount", "points"):
            data[name] = data.get(name) or 0
        data["request_id"] = data.get("request_id") or uuid4()
        return data


class RevokeForm(PlainForm):
    """Why a reward is taken back."""

    reason = words_field(_("Why it is taken back"), _("Say why the reward is taken back: the person reads it"))


class DrawForm(PlainForm):
    """Whose records are drawn, of which month, how many."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=int)
    month = forms.TypedChoiceField(label=_("Records of"), coerce=date.fromisoformat, widget=forms.RadioSelect)
    size = forms.IntegerField(label=_("How many records"), min_value=1, max_value=inspections.MOST, initial=10)

    def __init__(self, *args: Any, people: list[tuple[int, str]], months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("Choose a person")), *people]  # type: ignore[attr-defined]
        self.fields["month"].choices = [(str(one), f"{one:%Y-%m}") for one in months]  # type: ignore[attr-defined]
        self.fields["month"].initial = str(months[0])


class ScoreForm(PlainForm):
    """Three scores and a remark for each record of a sample."""

    SCORES = [("", "—"), *((n, str(n)) for n in range(BEST, -1, -1))]

    def __init__(self, *args: Any, items: list[InspectionItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for item in items:
            for aspect in inspections.ASPECTS:
                label = InspectionItem._meta.get_field(aspect).verbose_name
                self.fields[f"{aspect}_{item.pk}"] = forms.TypedChoiceField(
                    label=label, choices=self.SCORES, coerce=int, error_messages={"required": _("Choose a score")}
                )
            self.fields[f"words_{item.pk}"] = forms.CharField(
                label=_("Remark"), max_length=LONGEST, required=False, help_text=""
            )

    def rows(self) -> list[dict[str, Any]]:
        """Each record with its fields."""
        names = (*inspections.ASPECTS, "words")
        return [{"item": item, "fields": [self[f"{name}_{item.pk}"] for name in names]} for item in self.items]

    def scores(self) -> dict[int, inspections.Score]:
        """What was typed, by record."""
        names = (*inspections.ASPECTS, "words")
        return {
            item.pk: inspections.Score(**{name: self.cleaned_data[f"{name}_{item.pk}"] for name in names})
            for item in self.items
        }

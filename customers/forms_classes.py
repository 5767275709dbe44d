"""What is typed about tags, key customers and second persons (REG-12)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm
from staff.models import Office

from . import reps
from .filters import day_field
from .forms import SellerField, reason_field
from .models import Tag


class TagForm(PlainForm):
    """The word of a tag."""

    name = forms.CharField(label=_("Tag"), max_length=20, error_messages={"required": _("Enter the word of the tag")})


class TagsForm(PlainForm):
    """The tags of a customer."""

    tags = forms.TypedMultipleChoiceField(
        label=_("Tags"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offered: list[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {tag.pk: tag for tag in offered}
        self.fields["tags"].choices = [(tag.pk, tag.name) for tag in offered]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Tag]:
        """The ticked tags."""
        return [self.offered[pk] for pk in self.cleaned_data["tags"]]


class MarkForm(PlainForm):
    """Why this is a key customer."""

    reason = reason_field(_("Why this is a key customer"))


class LiftForm(PlainForm):
    """Why it is none any more."""

    reason = reason_field(_("Why this is no key customer any more"))


class SecondForm(PlainForm):
    """Who else may read the customer, until when, why."""

    user = SellerField(label=_("Second person"))
    last = day_field(_("May read to the end of"))
    reason = reason_field(_("Why this person"))

    def __init__(self, *args: Any, office: Office, today: date, owner: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = reps.sellers(office, today).exclude(pk=owner)  # type: ignore[attr-defined]
        self.fields["last"].required = True
        self.fields["last"].error_messages["required"] = _("Say to which day this person may read the customer")

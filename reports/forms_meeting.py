"""What is typed at the evening meeting, into reports and about the intent sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import PlainForm
from customers import reps
from customers.filters import ANY, Filter, day_field
from customers.models import Customer, Level
from staff.models import Office, User


def words_field(label: Any, most: int, rows: int = 3, *, required: bool = True) -> forms.CharField:
    """A text of some lines."""
    return forms.CharField(label=label, max_length=most, required=required, widget=forms.Textarea(attrs={"rows": rows}))


class DayForm(PlainForm):
    """Which day."""

    day = day_field(_("Day"))

    def chosen(self, today: date) -> date:
        """The day asked for; today without one, and never one to come."""
        asked: date | None = self.cleaned_data.get("day") if self.is_valid() else None
        return min(asked or today, today)


class ProblemForm(PlainForm):
    """A problem for the meeting."""

    words = words_field(_("Problem"), 500, 2)


class AnswerForm(PlainForm):
    """The answer to a problem."""

    words = words_field(_("Answer"), 500, 2)


class CommentForm(PlainForm):
    """The supervisor's comment on a report."""

    words = words_field(_("Comment"), 500, 2)


class GuidanceForm(PlainForm):
    """Guidance on a customer, by register number, or to a rep."""

    number = forms.IntegerField(label=_("Customer no."), required=False, min_value=1, max_value=999_999_999)
    person = forms.TypedChoiceField(label=_("or rep"), required=False, coerce=int, empty_value=None)
    words = words_field(_("Guidance"), 500, 2)

    def __init__(self, *args: Any, office: Office, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.office = office
        self.people = {person.pk: person for person in reps.sellers(office, today)}
        self.fields["person"].choices = [("", _("nobody")), *((pk, str(one)) for pk, one in self.people.items())]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two is meant, and it is there."""
        data: dict[str, Any] = self.cleaned_data
        number = data.get("number")
        found = Customer.objects.filter(office=self.office, number=number).select_related("office") if number else None
        data["customer"] = found.first() if found is not None else None
        if number and data["customer"] is None:
            self.add_error("number", _("No customer is registered under this number at present"))
        elif not number and not data.get("person") and not self.errors:
            self.add_error("number", _("Enter the number of a customer, or choose a rep"))
        return data

    @property
    def rep(self) -> User | None:
        """The rep who was chosen."""
        return self.people.get(self.cleaned_data.get("person") or 0)


class OwnWordsForm(PlainForm):
    """What a rep adds to the report."""

    words = words_field(_("In my words"), 4000, 5, required=False)


class PlanForm(PlainForm):
    """The plan of a week."""

    plan = words_field(pgettext_lazy("week", "Plan"), 4000, 5, required=False)


class IntentFilter(Filter):
    """The intent sheet by level, owner, and whether ticked off."""

    level = forms.ChoiceField(
        label=_("Intent level"), required=False, choices=[*ANY, *Level.choices, ("none", _("not judged yet"))]
    )
    owner = forms.TypedChoiceField(label=_("Owner"), required=False, coerce=int, empty_value=None)
    ticked = forms.ChoiceField(
        label=_("Stock-taking"), required=False, choices=[*ANY, ("yes", _("ticked off")), ("no", _("not ticked off"))]
    )

    def __init__(self, *args: Any, office: Office, by_owner: bool, taking: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_owner:
            self.fields["owner"].choices = [*ANY, *reps.ever_sold(office)]  # type: ignore[attr-defined]
        else:
            del self.fields["owner"]
        if not taking:
            del self.fields["ticked"]

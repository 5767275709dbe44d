"""What is typed at the desk, on the phone and on the board. Shapes only: whether it is allowed, the rules say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from common import names, phones
from common.errors import RuleError
from common.forms import PlainForm, worded
from customers.models import Customer, LineKind, Relation, Source
from staff.models import Office, Posting, User
from staff.roles import SELLING_ROLES, Duty

from .arrival import PARTY_MOST, Arrival

YES_NO = [("yes", _("yes")), ("no", _("no"))]
LOOK = "look"
PURPOSES = [("buy", _("wants to buy")), (LOOK, _("only looking around"))]
SAME, BROUGHT = "same", "brought"
LINKS = [
    ("", _("not connected")),
    (SAME, _("is this customer")),
    *((str(value), label) for value, label in Relation.choices if value != Relation.SELF),
    (BROUGHT, _("was brought by this customer")),
]
BY_RULES, OVERLOAD, ASSIGNED, TAKEN = "", "overload", "assigned", "taken"
WAYS = {
    BY_RULES: _("as the rules say"),
    OVERLOAD: _("overload: nobody is waiting"),
    TAKEN: _("taken out of turn"),
    ASSIGNED: _("assigned by the supervisor"),
}
TEXT_MOST, NEEDS_MOST, REASON_MOST = 200, 1000, 150
SOURCES = [("", _("as usual")), *Source.choices]
NOBODY = ("", _("nobody"))
EARLIEST_YEAR = 2001
FIRST_FIELDS = {"first_visit", "appointment", "phone", "name", "party", "purpose"}


def sellers(office: Office, *, now: datetime) -> dict[int, User]:
    """The sales staff of the office by id, in the order of their numbers; one query."""
    rows = Posting.objects.holding(office.today(now)).filter(office=office, role__in=SELLING_ROLES)
    rows = rows.select_related("user").order_by("number", "user_id")
    return {row.user_id: row.user for row in rows if row.user.is_active}


def _person_choices(people: dict[int, User], empty: tuple[str, object] = NOBODY) -> list[tuple[Any, object]]:
    return [empty, *((str(pk), str(user)) for pk, user in people.items())]


def _checked(check: Callable[[str], str], typed: str) -> str:
    """``check(typed)``, its refusal said beside the field."""
    try:
        return check(typed)
    except RuleError as error:
        raise forms.ValidationError(worded(error)) from None


class ContactForm(PlainForm):
    """What a visitor and a caller have in common."""

    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "maxlength": 40}),
    )
    name = forms.CharField(
        label=_("Customer's name"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    source = forms.ChoiceField(label=_("Heard of us through"), choices=SOURCES, required=False)
    needs = forms.CharField(
        label=_("Needs"), required=False, max_length=NEEDS_MOST, widget=forms.Textarea(attrs={"rows": 3})
    )
    consent = forms.BooleanField(label=_("Agrees to messages from us"), required=False)
    request_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, office: Office, user: User, people: dict[int, User], **kwargs: Any) -> None:
        kwargs["initial"] = {"request_id": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.office, self.user, self.people = office, user, people

    def clean_phone(self) -> str:
        """The number in one spelling, or what to type instead."""
        return _checked(phones.normalise, self.cleaned_data["phone"])

    def clean_name(self) -> str:
        """The name as it is kept."""
        return _checked(names.clean, self.cleaned_data["name"])

    def clean_request_id(self) -> UUID:
        """The same for a double press; a form without one is a request of its own."""
        return self.cleaned_data["request_id"] or uuid4()

    def person(self, field: str) -> User | None:
        """The colleague chosen in ``field``."""
        return self.people.get(int(self.cleaned_data.get(field) or 0))

    def shared(self) -> dict[str, Any]:
        """The parts of an arrival that both forms fill."""
        fields = ("phone", "name", "source", "needs", "consent", "request_id")
        return {field: self.cleaned_data[field] for field in fields if field in self.cleaned_data}


class CheckInForm(ContactForm):
    """A visitor at the desk: six questions first, the rest under "more"."""

    first_visit = forms.ChoiceField(label=_("First visit?"), choices=YES_NO, widget=forms.RadioSelect, initial="yes")
    appointment = forms.ChoiceField(label=_("Appointment?"), choices=YES_NO, widget=forms.RadioSelect, initial="no")
    party = forms.IntegerField(
        label=_("How many came"),
        initial=1,
        min_value=1,
        max_value=PARTY_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES, widget=forms.RadioSelect, initial="buy")
    known = forms.ModelChoiceField(Customer.objects.none(), required=False, widget=forms.HiddenInput)
    link = forms.ChoiceField(label=_("The visitor"), choices=LINKS, required=False)
    named = forms.ChoiceField(label=_("Asked for by name"), required=False)
    helpers = forms.IntegerField(
        label=_("Helpers to call"), initial=0, min_value=0, max_value=PARTY_MOST, required=False
    )
    companions = forms.CharField(label=_("Companions"), required=False, max_length=TEXT_MOST)
    way = forms.ChoiceField(label=_("Who receives"), required=False)
    taker = forms.ChoiceField(label=_("Given to"), required=False)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=REASON_MOST)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["known"].queryset = Customer.objects.visible_to(self.user).select_related("key", "owner")
        self.fields["known"].error_messages["invalid_choice"] = _("This customer is not known here: find them again")
        self.fields["party"].error_messages |= dict.fromkeys(
            ("min_value", "max_value", "invalid"),
            _("Enter how many came, from 1 to %(most)s; register a larger group in parts") % {"most": PARTY_MOST},
        )
        self.fields["named"].choices = _person_choices(self.people)
        self.fields["way"].choices = self._ways()
        mine = {self.user.pk: self.user} if self.user.pk in self.people else {}
        takers = self.people if self.user.has(Duty.SEE_OFFICE) else mine
        self.fields["taker"].choices = _person_choices(takers)

    def _ways(self) -> list[tuple[str, object]]:
        """Sales staff can only say that they took the visitor; the desk gives overload; the supervisor assigns."""
        offered = [BY_RULES, TAKEN]
        if self.user.has(Duty.SEE_OFFICE):
            offered.append(OVERLOAD)
        if self.user.has(Duty.SUPERVISE):
            offered.append(ASSIGNED)
        return [(way, WAYS[way]) for way in WAYS if way in offered]

    def clean(self) -> dict[str, Any]:
        """A way out of the order needs a person; a connection needs the customer it leads to."""
        cleaned = super().clean() or {}
        if cleaned.get("way") and not cleaned.get("taker") and "taker" not in self.errors:
            self.add_error("taker", _("Choose who receives"))
        if cleaned.get("way") == ASSIGNED and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say why the visitor is assigned out of the order"))
        if cleaned.get("link") and not cleaned.get("known") and "known" not in self.errors:
            self.add_error("link", _("Find the customer first, then choose how the visitor is connected"))
        return cleaned

    @property
    def asks_more(self) -> bool:
        """Whether the part under "more" has to be looked at: an error in it, a rule's refusal, or something chosen."""
        return bool(self.errors and not self.errors.keys() <= FIRST_FIELDS) or bool(self["known"].value())

    def arrival(self) -> Arrival:
        """What the desk said, as the check-in takes it; fields with errors are left out."""
        said = self.cleaned_data
        link, known, way, taker = said.get("link"), said.get("known"), said.get("way"), self.person("taker")
        related = known if link in Relation.values else None
        return Arrival(
            kind=LineKind.VISIT,
            party=said.get("party") or 1,
            customer=known if link == SAME else None,
            relative=related,
            relation=link or "" if related else "",
            referrer=known if link == BROUGHT else None,
            named=self.person("named"),
            look=said.get("purpose") == LOOK,
            appointment=said.get("appointment") == "yes",
            helpers=said.get("helpers") or 0,
            companions=said.get("companions", ""),
            reason=said.get("reason", "") if way else "",
            overload=taker if way == OVERLOAD else None,
            taken_by=taker if way == TAKEN else None,
            to=taker if way == ASSIGNED else None,
            supervisor=self.user if way == ASSIGNED else None,
            **self.shared(),
        )


class CallForm(ContactForm):
    """A call that came in: whoever answered owns a new caller (OWN-04)."""

    answered_by = forms.ChoiceField(label=_("Answered by"))
    field_order = ["phone", "name", "answered_by", "source", "needs", "consent"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = self.user.pk in self.people
        answering = self.people if not mine else {self.user.pk: self.user}
        self.fields["answered_by"].choices = _person_choices(answering, ("", _("Choose who answered")))
        if mine:
            self.fields["answered_by"].initial = str(self.user.pk)

    def arrival(self) -> Arrival:
        """The call as the check-in takes it."""
        return Arrival(kind=LineKind.CALL, answered_by=self.person("answered_by"), **self.shared())


class AdjustForm(PlainForm):
    """The supervisor's change of somebody's place, with the reason that everybody will read."""

    ACTS = [("on_duty", _("grant a duty outside")), ("skipped", _("skip this round")), ("moved", _("move to place"))]

    act = forms.ChoiceField(label=_("What to do"), choices=ACTS, widget=forms.RadioSelect)
    place = forms.IntegerField(
        label=_("Place among those waiting"),
        required=False,
        min_value=1,
        max_value=PARTY_MOST,
        help_text=_("1 is the head of the queue"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=REASON_MOST, help_text=_("Everybody sees it on the board"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Moving needs a place."""
        cleaned = super().clean() or {}
        if cleaned.get("act") == "moved" and not cleaned.get("place") and "place" not in self.errors:
            self.add_error("place", _("Enter the place, 1 for the head of the queue"))
        return cleaned


class HelperForm(PlainForm):
    """Who joins a reception."""

    helper = forms.ChoiceField(label=_("Helper"))

    def __init__(self, *args: Any, people: dict[int, User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helper"].choices = _person_choices(people, ("", _("Choose a helper")))


class DisplayForm(PlainForm):
    """Where a new display hangs."""

    label = forms.CharField(label=_("Where it hangs"), max_length=40)


class MinuteForm(PlainForm):
    """A past minute of a day."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    t = forms.TimeField(
        label=_("Time"), input_formats=["%H:%M"], widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )

    def clean_day(self) -> date:
        """A day of this century: no calendar reaches back for ever."""
        if self.cleaned_data["day"].year < EARLIEST_YEAR:
            raise forms.ValidationError(_("Choose a day after the year 2000"))
        return self.cleaned_data["day"]

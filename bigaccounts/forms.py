"""What is typed about bulk cases: shape only; the rules check the rest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import PlainForm
from customers.filters import ANY, Filter
from customers.models import Customer
from sales.forms import PriceField
from sales.models import Unit
from staff.models import Decision, Posting

from .fields import BuyersField, InstalmentsField, PercentField, UnitsField, area, units_of
from .models import BuyerKind, Case, CaseState, Place, Purpose
from .prospects import LONGEST_CONTACTS, LONGEST_NAME, LONGEST_WORDS
from .who import RUNS

FLAGGED = "flagged"


def _words(label: Any, *, required: bool = True, rows: int = 2, most: int = LONGEST_WORDS, help_text: Any = "") -> Any:
    return forms.CharField(label=label, max_length=most, required=required, widget=area(rows), help_text=help_text)


class CaseForm(PlainForm):
    """A form about one case, which gives it its choices."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.prepare()

    def prepare(self) -> None:
        """Give the fields what depends on the case."""


class ProspectForm(PlainForm):
    """A new prospect."""

    name = forms.CharField(
        label=_("Name of the buyer"), max_length=LONGEST_NAME, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    kind = forms.ChoiceField(label=_("Kind of buyer"), choices=BuyerKind.choices, widget=forms.RadioSelect)
    units = forms.IntegerField(
        label=_("Units wanted"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        help_text=_("If it is known: a bulk buyer buys more than the office's limit at once"),
    )
    contacts = _words(pgettext_lazy("buyer", "Contacts"), required=False, rows=3, most=LONGEST_CONTACTS)


class AmendForm(CaseForm):
    """The contacts anew."""

    contacts = _words(pgettext_lazy("buyer", "Contacts"), required=False, rows=3, most=LONGEST_CONTACTS)

    def prepare(self) -> None:
        """As they are."""
        self.fields["contacts"].initial = self.case.contacts


class HandOverForm(CaseForm):
    """Which supervisor runs the case; or the manager."""

    to = forms.TypedChoiceField(label=_("Supervisor"), coerce=int)

    def prepare(self) -> None:
        """Those of the office who may run it, but for the present one."""
        office = self.case.office
        rows = Posting.objects.holding(office.today(timezone.now())).filter(office=office, role__in=RUNS)
        rows = rows.exclude(user=self.case.supervisor_id).select_related("user").order_by("user__name", "pk")
        self.people = {row.user_id: row.user for row in rows}
        self.fields["to"].choices = [(pk, str(user)) for pk, user in self.people.items()]  # type: ignore[attr-defined]

    def clean_to(self) -> Any:
        """The person."""
        return self.people[self.cleaned_data["to"]]


class PlainCaseForm(CaseForm):
    """Nothing to type."""


class ReasonForm(CaseForm):
    """A reason that has to be given."""

    reason = _words(_("Reason"))


class RemarkForm(CaseForm):
    """A word that may be said."""

    reason = _words(_("Remark"), required=False)


class ReportForm(CaseForm):
    """How the negotiation goes."""

    text = _words(_("How the negotiation goes"), rows=4, most=4000)


class PlanForm(CaseForm):
    """A version of the sales plan."""

    units = forms.IntegerField(label=_("Number of units"), min_value=0, max_value=2_000_000_000)
    percent = PercentField(label=_("Discount aimed at (%)"), required=False)
    terms = _words(_("Terms by the price scheme"), rows=6, most=4000)


class AskForm(CaseForm):
    """A discount that is asked for."""

    percent = PercentField(label=_("Discount (%)"))
    units = forms.IntegerField(label=_("Number of units"), min_value=0, max_value=2_000_000_000)
    reason = _words(_("Grounds"), required=False, rows=3)

    def prepare(self) -> None:
        """The units of the case."""
        self.fields["units"].initial = self.case.units


class DecideForm(CaseForm):
    """The decision on a step; ``step`` says which one was seen."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("request", "Decision"),
        choices=[
            (Decision.APPROVE, _("Approve")),
            (Decision.RETURN, _("Return for revision")),
            (Decision.REFUSE, _("Refuse")),
        ],
        widget=forms.RadioSelect,
    )
    reason = _words(_("Reason"), required=False, help_text=_("Needed for a return or a refusal"))
    step = forms.IntegerField(required=False, widget=forms.HiddenInput)


class VerifyForm(CaseForm):
    """The decision on a change of buyers."""

    decision = forms.ChoiceField(
        label=pgettext_lazy("request", "Decision"),
        choices=[(Decision.APPROVE, _("Approve")), (Decision.REFUSE, _("Refuse"))],
        widget=forms.RadioSelect,
    )
    reason = _words(_("Reason"), required=False, help_text=_("Needed for a refusal"))


class DraftForm(CaseForm):
    """The contract's five parts; what is not there yet may be left out until it is signed."""

    buyers = BuyersField(
        label=_("List of buyers"),
        required=False,
        help_text=_("One a line; after a comma the end of the identity number, where two have one name"),
    )
    units = UnitsField(label=_("Units"), required=False, help_text=_("Their codes, separated by spaces or lines"))
    way = _words(_("Way of payment"), required=False)
    instalments = InstalmentsField(
        rows=3,
        label=_("Dates of payment"),
        required=False,
        help_text=_("One a line: 2026-04-01 5,000,000; the amount may be left out"),
    )
    percent = PercentField(label=_("Discount (%)"), required=False)
    special = _words(
        _("Special terms"), required=False, rows=3, most=4000, help_text=_("Write “none” where there are none")
    )

    def clean_units(self) -> list[Unit]:
        """The units of the typed codes."""
        field = self.fields["units"]
        assert isinstance(field, UnitsField)
        return units_of(self.case, field.codes(self.cleaned_data["units"]))


class UnitsForm(CaseForm):
    """The contract's units as they are to be."""

    units = UnitsField(
        label=_("Units of the contract"), help_text=_("All of them: those that stay and those that come")
    )
    reason = _words(_("Reason"))

    clean_units = DraftForm.clean_units


class AttachForm(CaseForm):
    """A file and what it is."""

    purpose = forms.ChoiceField(label=_("What it is"), choices=Purpose.choices)
    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, JPEG, PNG, Word or Excel, up to 20 MB"),
        allow_empty_file=True,
        max_length=400,
    )

    def sent(self) -> dict[str, Any]:
        """Name, content and purpose."""
        file = self.cleaned_data["file"]
        return {"purpose": self.cleaned_data["purpose"], "name": file.name, "content": file.read()}


class BuyersForm(CaseForm):
    """Another list of buyers with its proof."""

    buyers = BuyersField(label=_("List of buyers as it is to be"))
    reason = _words(_("Reason"))
    proof = forms.FileField(
        label=_("Proof"),
        help_text=_("PDF, JPEG, PNG, Word or Excel, up to 20 MB"),
        allow_empty_file=True,
        max_length=400,
    )


class TakeForm(CaseForm):
    """Who takes which unit at which price."""

    customer = forms.IntegerField(label=_("Register number of the customer"), min_value=1, max_value=2_000_000_000)
    unit = forms.TypedChoiceField(label=_("Unit (home)"), coerce=int)
    price = PriceField(label=_("Price of the contract (yuan)"))

    def prepare(self) -> None:
        """The units that are not taken yet."""
        rows = self.case.contract_units.filter(place=Place.LIVE, deal__isnull=True).select_related("unit")
        self.units = {row.unit_id: row.unit for row in rows.order_by("unit__code")}
        self.fields["unit"].choices = [(pk, unit.code) for pk, unit in self.units.items()]  # type: ignore[attr-defined]

    def clean_customer(self) -> Customer:
        """The customer of this office whose present registration has that number."""
        rows = Customer.objects.select_related("key", "office__policy", "owner").prefetch_related("people")
        found = rows.filter(office=self.case.office_id, number=self.cleaned_data["customer"]).first()
        if found is None:
            raise forms.ValidationError(_("No customer has this number: register the buyer at the desk first"))
        return found

    def clean_unit(self) -> Unit:
        """The unit."""
        return self.units[self.cleaned_data["unit"]]


class TakeBackForm(CaseForm):
    """Formalities that are undone."""

    unit = forms.TypedChoiceField(label=_("Unit (home)"), coerce=int)
    reason = _words(_("Reason"), most=200)

    def prepare(self) -> None:
        """The units that are taken."""
        rows = self.case.contract_units.filter(place=Place.LIVE, deal__isnull=False).select_related("unit")
        self.units = {row.unit_id: row.unit for row in rows.order_by("unit__code")}
        self.fields["unit"].choices = [(pk, unit.code) for pk, unit in self.units.items()]  # type: ignore[attr-defined]

    clean_unit = TakeForm.clean_unit


class PayForm(CaseForm):
    """The instalment that was paid."""

    instalment = forms.TypedChoiceField(label=_("Instalment"), coerce=int)

    def prepare(self) -> None:
        """Those that are open."""
        self.open_ones = {
            row.pk: row for row in self.case.instalments.filter(paid_at__isnull=True).order_by("due_on", "pk")
        }
        choices = [(pk, row.due_on.isoformat()) for pk, row in self.open_ones.items()]
        self.fields["instalment"].choices = choices  # type: ignore[attr-defined]

    def clean_instalment(self) -> Any:
        """The instalment."""
        return self.open_ones[self.cleaned_data["instalment"]]


class FreezeForm(CaseForm):
    """Who is suspected of flipping, and why."""

    buyer = forms.TypedChoiceField(label=_("Buyer"), coerce=int, required=False, empty_value=None)
    reason = _words(_("What makes you suspect it"))

    def prepare(self) -> None:
        """The buyers on the list, or the whole case."""
        self.buyers = {row.pk: row for row in self.case.buyers.filter(place=Place.LIVE).order_by("pk")}
        for row in self.buyers.values():
            row.case = self.case
        choices = [(pk, row.name) for pk, row in self.buyers.items()]
        self.fields["buyer"].choices = [("", _("the whole case")), *choices]  # type: ignore[attr-defined]

    def clean_buyer(self) -> Any:
        """The buyer; None for the whole case."""
        chosen = self.cleaned_data["buyer"]
        return self.buyers[chosen] if chosen else None


class TestForm(PlainForm):
    """A discount of which one wants to know whose authority covers it."""

    __test__ = False

    percent = PercentField(label=_("Discount (%)"))


class BulkFilter(Filter):
    """Cases by state, or those that are flagged."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[*ANY, (FLAGGED, _("flagged: quiet, late or frozen")), *CaseState.choices],
    )

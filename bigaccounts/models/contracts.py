"""The contract's lists: buyers, units with their prices, instalments (BULK-06, BULK-08)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bigaccounts.sealed import Sealed, SealedFigure
from common.history import kept
from sales.models import Deal, Unit
from staff.models import User

from .cases import Case


class Place(models.TextChoices):
    """Whether a buyer or a unit is in the contract."""

    DRAFT = "draft", _("in the draft")
    LIVE = "live", _("in the contract")
    OUT = "out", _("taken out")


class Buyer(models.Model):
    """Somebody on the list of buyers; ``identity`` tells two of the same name apart."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="buyers")
    place = models.CharField(max_length=6, choices=Place.choices, default=Place.DRAFT)
    name_sealed = models.BinaryField()
    identity_sealed = models.BinaryField(blank=True, default=b"")
    history = kept()

    name = Sealed("name_sealed")
    identity = Sealed("identity_sealed")

    class Meta:
        indexes = [models.Index(fields=["case", "place"], name="bulk_buyer_case")]

    def __str__(self) -> str:
        return f"buyer {self.pk} of case {self.case_id}"


class ContractUnit(models.Model):
    """A unit of the contract with its list price at signing and its sealed price; ``deal`` once formalities are done."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contract_units")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="bulk_contracts")
    place = models.CharField(max_length=6, choices=Place.choices, default=Place.DRAFT)
    list_price = models.DecimalField(_("list price (yuan)"), max_digits=14, decimal_places=2)
    price_sealed = models.BinaryField(blank=True, default=b"")
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, null=True, related_name="units")
    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, null=True, related_name="bulk_unit")
    taken_at = models.DateTimeField(null=True)
    history = kept()

    price = SealedFigure("price_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(place="live"), name="bulk_unit_in_one_contract"),
            models.CheckConstraint(
                condition=Q(deal__isnull=True, taken_at__isnull=True)
                | Q(deal__isnull=False, taken_at__isnull=False, buyer__isnull=False),
                name="bulk_unit_taken_has_deal_and_buyer",
            ),
        ]

    def __str__(self) -> str:
        return f"unit {self.unit_id} of case {self.case_id}"


class Instalment(models.Model):
    """One payment of the schedule; its amount is a price, and sealed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="instalments")
    due_on = models.DateField(_("due"))
    amount_sealed = models.BinaryField(blank=True, default=b"")
    paid_at = models.DateTimeField(_("paid"), null=True)
    paid_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    history = kept()

    amount = SealedFigure("amount_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True, paid_by__isnull=True)
                | Q(paid_at__isnull=False, paid_by__isnull=False),
                name="bulk_instalment_payment_has_author",
            )
        ]
        indexes = [models.Index(fields=["case", "due_on"], name="bulk_instalment_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.due_on}"

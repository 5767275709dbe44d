"""Units, deals, retained-customer cards, and the results of the reps, which rank them (REC-04, REC-05)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from common.natural import natural
from customers.models import Customer
from customers.sealed import SealedText
from staff.models import Office, User
from staff.roles import Duty, Role


class ResultQuerySet(models.QuerySet["Result"]):
    """Results by scope."""

    def visible_to(self, user: User) -> "ResultQuerySet":
        """The results of the user's own office."""
        return self.filter(office=user.office) if user.office else self.none()


class Result(models.Model):
    """Signed deals of one rep in a period: ``last`` equals ``first`` for a day, or is the month's last day."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="results")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="results")
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    deals = models.PositiveIntegerField(_("deals"))
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)
    history = HistoricalRecords()
    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["office", "user", "first", "last"], name="result_once_per_person_and_period"
            ),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="result_period_in_order"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="result_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first}: {self.deals}"


class UnitState(models.TextChoices):
    """Where a unit stands (DEAL-01)."""

    FOR_SALE = "for_sale", _("for sale")
    HELD = "held", _("held back")
    SUBSCRIBED = "subscribed", _("subscribed")
    CONTRACTED = "contracted", _("contracted")
    DELIVERED = "delivered", _("delivered")


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units by scope."""

    def visible_to(self, user: User) -> "UnitQuerySet":
        """The units of the user's own office."""
        return self.filter(office=user.office) if user.office and user.has(Duty.SEE_BOARD) else self.none()


class Unit(models.Model):
    """A home for sale 房源 (DEAL-01). Its state follows its deal; ``held`` is set by hand, or for ``held_for``, a cause.

    ``place`` sorts the codes as people count: 1-1-101 before 1-1-1001.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="units")
    code = models.CharField(_("code"), max_length=40)
    place = models.CharField(max_length=120, editable=False)
    building = models.CharField(_("building"), max_length=20, blank=True)
    entrance = models.CharField(_("entrance"), max_length=20, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True, blank=True)
    room = models.CharField(_("room"), max_length=20, blank=True)
    layout = models.CharField(_("type"), max_length=40, blank=True)
    area = models.DecimalField(_("area (㎡)"), max_digits=8, decimal_places=2, null=True, blank=True)
    list_price = models.DecimalField(_("list price (yuan)"), max_digits=14, decimal_places=2)
    state = models.CharField(_("state"), max_length=10, choices=UnitState.choices, default=UnitState.FOR_SALE)
    held_for = models.CharField(max_length=40, blank=True)
    history = HistoricalRecords(excluded_fields=["place"])
    objects = UnitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "code"], name="unit_code_once_per_office"),
            models.CheckConstraint(condition=Q(list_price__gt=0), name="unit_list_price_positive"),
            models.CheckConstraint(condition=Q(held_for="") | Q(state="held"), name="unit_held_for_while_held"),
        ]
        indexes = [
            models.Index(fields=["office", "building", "entrance", "floor", "room"], name="unit_grid"),
            models.Index(fields=["office", "place", "code"], name="unit_place"),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep ``place`` in step with the code, which a unit has for good."""
        if self._state.adding:
            self.place = natural(self.code)
        super().save(*args, **kwargs)


class DealState(models.TextChoices):
    """The stages of a deal (DEAL-02)."""

    SUBSCRIBED = "subscribed", _("subscribed")
    CONTRACTED = "contracted", _("contracted")
    PAID = "paid", _("paid")
    DELIVERED = "delivered", _("delivered")
    CANCELLED = "cancelled", _("cancelled")


class DealQuerySet(models.QuerySet["Deal"]):
    """Deals by scope."""

    def visible_to(self, user: User) -> "DealQuerySet":
        """The deals of the customers that the user may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user).values("pk"))


class Deal(models.Model):
    """One unit sold to one customer: stages with amounts, dates and who wrote them down (DEAL-02)."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="deals")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="deals")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="deals")
    rep = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deals")
    price = models.DecimalField(_("price (yuan)"), max_digits=14, decimal_places=2)
    list_price = models.DecimalField(_("list price (yuan)"), max_digits=14, decimal_places=2)
    price_sealed = models.BooleanField(_("the price is secret"), default=False)
    state = models.CharField(_("stage"), max_length=10, choices=DealState.choices, default=DealState.SUBSCRIBED)
    subscribed_at = models.DateTimeField(_("subscribed"))
    subscribed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    contracted_at = models.DateTimeField(_("contracted"), null=True)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    paid_at = models.DateTimeField(_("paid"), null=True)
    paid_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    delivered_at = models.DateTimeField(_("delivered"), null=True)
    delivered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancelled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    history = HistoricalRecords()
    objects = DealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=~Q(state="cancelled"), name="deal_one_live_per_unit"),
            models.CheckConstraint(condition=Q(price__gt=0), name="deal_price_positive"),
            models.CheckConstraint(
                condition=~Q(state__in=["contracted", "paid", "delivered"])
                | Q(contracted_at__isnull=False, confirmed_by__isnull=False),
                name="deal_contract_has_author_and_time",
            ),
        ]
        indexes = [models.Index(fields=["office", "contracted_at"], name="deal_office_contracted")]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.state}"


class DiscountAuthority(models.Model):
    """The greatest discount in percent that a role may approve (BULK-05, DEAL-03); a role without a row has none."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="authorities")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    percent = models.DecimalField(_("greatest discount (%)"), max_digits=7, decimal_places=4)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "role"], name="authority_once_per_role"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="authority_percent_range"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.percent} %"


class CareQuerySet(models.QuerySet["CareCard"]):
    """Retained-customer cards by scope."""

    def visible_to(self, user: User) -> "CareQuerySet":
        """The cards of the customers that the user may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user).values("pk"))


class CareCard(models.Model):
    """The retained-customer card 保有客户维系卡 of a home buyer (DEAL-04). Telephone and purchase are the record's.

    ``birthday`` is like ``solar 02-29`` or ``lunar 08-15``, with ``+`` for a leap month; ``next_birthday`` is its
    next solar day.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="care")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    next_birthday = models.DateField(_("next birthday"), null=True, blank=True)
    birthday_sealed = models.BinaryField(blank=True, default=b"")
    address_sealed = models.BinaryField(blank=True, default=b"")
    payment_sealed = models.BinaryField(blank=True, default=b"")
    history = HistoricalRecords()
    objects = CareQuerySet.as_manager()

    birthday = SealedText("birthday_sealed")
    address = SealedText("address_sealed")
    payment = SealedText("payment_sealed")

    class Meta:
        indexes = [models.Index(fields=["next_birthday"], name="care_next_birthday")]

    def __str__(self) -> str:
        return f"care of {self.customer_id}"

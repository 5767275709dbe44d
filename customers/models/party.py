"""The customer: the buying party (one person, a family or a company) and its people (OWN-01, OWN-02)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common.fields import BytesField
from common.history import kept
from customers.sealed import SealedText
from staff.models import Office, User
from staff.roles import Duty

if TYPE_CHECKING:
    from .vault import CustomerKey


class Kind(models.TextChoices):
    """What sort of buying party."""

    FAMILY = "family", _("person or family")
    COMPANY = "company", _("company")


class Level(models.TextChoices):
    """Intent levels 意向级别 (CARD-02)."""

    O = "O", _("O: orders on the spot")  # noqa: E741
    H = "H", _("H: buys within a week")
    A = "A", _("A: within a month")
    B = "B", _("B: within three months")
    C = "C", _("C: later")
    D = "D", _("D: a need only")


class Standing(models.TextChoices):
    """What the records say of a customer, time apart: a lapse follows from ``valid_until`` and the day.

    A subscribed customer is active, but nothing runs: one with a deal does not lapse (OWN-06a).
    """

    ACTIVE = "active", _("active")
    UNASSIGNED = "unassigned", _("unassigned")
    SUBSCRIBED = "subscribed", _("subscribed")
    DEALT = "dealt", _("with a deal")
    DEFEATED = "defeated", _("defeated")


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers by scope and state."""

    def visible_to(self, user: User) -> CustomerQuerySet:
        """OFF-03: the office for those who see the office; for sales staff their own, those they help with, and key
        customers whose second person they are."""
        office = user.office
        if office is None:
            return self.none()
        if user.has(Duty.SEE_OFFICE):
            return self.filter(office=office)
        if user.has(Duty.SEE_OWN):
            now = timezone.now()
            granted = Q(grants__user=user, grants__until__gt=now)
            ids = self.model.objects.filter(self.held(office.today(now), user) | granted).values("pk")
            return self.filter(office=office, pk__in=ids)
        return self.none()

    @staticmethod
    def held(today: date, user: User | models.OuterRef) -> Q:
        """Those whose registration holds on ``today`` and whose owner is ``user``."""
        return Q(owner=user) & (
            Q(standing__in=[Standing.SUBSCRIBED, Standing.DEALT]) | Q(standing=Standing.ACTIVE, valid_until__gte=today)
        )

    def in_pool(self, today: date) -> CustomerQuerySet:
        """OWN-07: those whose registration has run out by ``today``."""
        return self.filter(standing=Standing.ACTIVE, valid_until__lt=today)


class Customer(models.Model):
    """One buying party of one office. Names and numbers are in its people, encrypted under its own key.

    ``number`` is the register line that opened the present registration; ``owner``, ``since`` and ``valid_until``
    repeat the last episode's so that lists need no join (``ownership`` alone writes them). ``consent`` and ``is_key``
    repeat the last word on messages and the open key mark.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="customers", db_index=False)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.FAMILY)
    standing = models.CharField(max_length=12, choices=Standing.choices)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="customers", db_index=False
    )
    since = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    number = models.PositiveIntegerField(_("number"))
    registered_at = models.DateTimeField(_("registered at"))
    consent = models.BooleanField(_("agreed to messages"), default=False)
    is_key = models.BooleanField(_("key customer"), default=False)
    level = models.CharField(_("intent level"), max_length=1, choices=Level.choices, blank=True)
    next_due = models.DateField(_("next follow-up"), null=True, blank=True)
    handed_over = models.BooleanField(_("every home bought is handed over"), default=False)
    objects = CustomerQuerySet.as_manager()

    class Meta:
        permissions = [
            ("help_customer", "May see and edit while helping at a reception"),
            ("read_key_customer", "May read a key customer as its second person"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="customer_number_once_per_office"),
            models.CheckConstraint(
                condition=Q(standing="unassigned", owner__isnull=True, valid_until__isnull=True)
                | Q(standing="active", owner__isnull=False, valid_until__isnull=False)
                | Q(standing__in=["subscribed", "dealt", "defeated"]),
                name="customer_owner_and_end_fit_standing",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "-number"], name="customer_office_number"),
            models.Index(fields=["owner", "-number"], name="customer_owner_number"),
            models.Index(
                fields=["owner", "-is_key", "next_due", "number"],
                name="customer_due",
                condition=Q(standing__in=["active", "subscribed"], next_due__isnull=False),
            ),
            models.Index(
                fields=["office", "valid_until", "number"],
                name="customer_open_until",
                condition=Q(standing="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"No. {self.number}"

    @cached_property
    def data_key(self) -> bytes | None:
        """The customer's opened data key, or None after erasure."""
        try:
            key: CustomerKey = self.key
        except ObjectDoesNotExist:
            return None
        return key.open_key()

    def state(self, today: date) -> str:
        """active, lapsed, dealt, defeated or unassigned on the office's day ``today`` (OWN-06)."""
        if self.standing == Standing.ACTIVE and self.valid_until is not None and self.valid_until < today:
            return "lapsed"
        return "active" if self.standing == Standing.SUBSCRIBED else self.standing

    def holder(self, today: date) -> int | None:
        """The id of whoever owns the customer on ``today``; None while lapsed, defeated or unassigned."""
        return self.owner_id if self.state(today) in ("active", "dealt") else None

    def days_left(self, today: date) -> int | None:
        """Days that the registration still holds after ``today``; None where nothing runs."""
        if self.standing != Standing.ACTIVE or self.valid_until is None:
            return None
        return (self.valid_until - today).days


class Relation(models.TextChoices):
    """What a person is to the buying party."""

    SELF = "self", _("buyer")
    SPOUSE = "spouse", _("spouse")
    PARENT = "parent", _("parent")
    CHILD = "child", _("child")
    SHAREHOLDER = "shareholder", _("shareholder")
    OTHER = "other", _("other, joined by the supervisor")


ONE_CUSTOMER = frozenset({Relation.SPOUSE, Relation.PARENT, Relation.CHILD, Relation.SHAREHOLDER})


class Person(models.Model):
    """One person of the buying party. The first is the one whose name the customer goes by."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="people")
    relation = models.CharField(_("relation"), max_length=12, choices=Relation.choices, default=Relation.SELF)
    name_sealed = BytesField(blank=True, default=b"")
    phone_sealed = BytesField(blank=True, default=b"")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    added_at = models.DateTimeField()
    history = kept()

    name = SealedText("name_sealed")
    phone = SealedText("phone_sealed")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.relation} of {self.customer_id}"

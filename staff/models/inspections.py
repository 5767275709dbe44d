"""Inspections of a person's records, rewards, and the payroll sheet (COND-04, COND-05)."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import kept
from staff.roles import Role

from .conduct import JudgedQuerySet
from .offices import Office
from .people import User

BEST = 5
SCORE = [MaxValueValidator(BEST)]


class Record(models.TextChoices):
    """What kind of record was drawn."""

    LINE = "line", _("line of the register")
    CARD = "card", _("A-card")
    CONTACT = "contact", _("follow-up")


class Inspection(models.Model):
    """A random sample of what a person wrote in a month, scored by whoever judges them.

    ``population`` holds the references of all records that could have been drawn; with ``seed`` it gives the sample
    again, so that anybody can see that nobody chose it.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="inspections")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inspections")
    role = models.CharField(max_length=20, choices=Role.choices)
    month = models.DateField(_("month"))
    seed = models.CharField(max_length=64)
    population = models.TextField()
    at = models.DateTimeField(_("drawn"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    scored_at = models.DateTimeField(null=True)
    scored_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    objects = JudgedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(scored_at__isnull=True), name="inspection_one_open_per_person"
            ),
            models.CheckConstraint(
                condition=Q(scored_at__isnull=True, scored_by__isnull=True)
                | Q(scored_at__isnull=False, scored_by__isnull=False),
                name="inspection_scored_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["office", "month"], name="inspection_office_month")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.month:%Y-%m}"


class InspectionItem(models.Model):
    """One record of the sample: a reference and a number, never a name; its three scores from 0 to 5."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="items")
    ref = models.CharField(max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=Record.choices)
    number = models.PositiveIntegerField(_("number"))
    link = models.CharField(max_length=200)
    completeness = models.PositiveSmallIntegerField(_("completeness"), null=True, validators=SCORE)
    truth = models.PositiveSmallIntegerField(_("truth"), null=True, validators=SCORE)
    timeliness = models.PositiveSmallIntegerField(_("timeliness"), null=True, validators=SCORE)
    words = models.CharField(_("remark"), max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "ref"], name="inspection_item_once"),
            models.CheckConstraint(
                condition=Q(completeness__isnull=True, truth__isnull=True, timeliness__isnull=True)
                | Q(completeness__isnull=False, truth__isnull=False, timeliness__isnull=False)
                & Q(completeness__lte=5, truth__lte=5, timeliness__lte=5),
                name="inspection_item_scored_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Reward(models.Model):
    """A reward for good work: yuan, points, or praise alone (000/42). One given by mistake is taken back, and stays."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="rewards")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="rewards")
    role = models.CharField(max_length=20, choices=Role.choices)
    at = models.DateTimeField(_("at"))
    month = models.DateField()
    amount = models.PositiveIntegerField(_("amount (yuan)"), default=0)
    points = models.PositiveIntegerField(_("points"), default=0)
    words = models.CharField(_("reason"), max_length=300)
    cause = models.CharField(max_length=100)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revocation = models.CharField(max_length=300, blank=True)
    history = kept()
    objects = JudgedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "cause"], name="reward_once_per_cause"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="reward_revoked_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="reward_person_at"),
            models.Index(fields=["office", "month"], name="reward_office_month"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.amount} {self.points}"


class PaySheet(models.Model):
    """A payroll sheet as it was taken out: what was true then. Append-only."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="pay_sheets")
    month = models.DateField(_("month"))
    number = models.PositiveIntegerField(_("number"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "month", "number"], name="pay_sheet_number_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} no. {self.number}"

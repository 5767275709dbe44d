"""Accounts, postings and fitness to receive (OFF-02, OFF-04)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from common.prepared import Prepared
from staff.roles import Duty, Role, has_duty

from .offices import Branch, Company, Office


class User(AbstractUser):
    """A person who signs in. What they may see and do follows from their current posting."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=60)
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    theme = models.CharField(
        _("colours"),
        max_length=5,
        blank=True,
        choices=[("", _("as the device")), ("light", _("light")), ("dark", _("dark"))],
    )
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def posting(self) -> Posting | None:
        """The posting held now, with its office; None for an account without one."""
        return HELD.first(self.pk, timezone.localdate())

    @property
    def office(self) -> Office | None:
        """The office of the current posting, if the posting is in an office."""
        return self.posting.office if self.posting else None

    def has(self, duty: Duty) -> bool:
        """Whether the current role carries ``duty``."""
        return self.is_active and self.posting is not None and has_duty(self.posting.role, duty)


class PostingQuerySet(models.QuerySet["Posting"]):
    """Postings by time and place."""

    def holding(self, on: date) -> PostingQuerySet:
        """Postings that hold on the day ``on``: begun, and not ended before it."""
        return self.filter(Q(since__lte=on), Q(until__isnull=True) | Q(until__gte=on))

    def in_company(self, company: Company) -> PostingQuerySet:
        """Postings in the company itself, its branches and its offices."""
        return self.filter(Q(company=company) | Q(branch__company=company) | Q(office__branch__company=company))

    def visible_to(self, user: User) -> PostingQuerySet:
        """Postings of the user's own office: all of them for a manager of staff, the present ones for others.

        The system administrator, who belongs to no office, sees those of the company.
        """
        if user.posting is not None and user.posting.company is not None and user.has(Duty.ADMINISTER):
            return self.in_company(user.posting.company)
        if user.office is None:
            return self.none()
        rows = self.filter(office=user.office)
        return rows if user.has(Duty.RULE_STAFF) else rows.holding(timezone.localdate())


class Posting(models.Model):
    """A role held in a unit (office, branch or company) from a day to a day (OFF-02)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="postings")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True, related_name="postings")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="postings")
    number = models.PositiveIntegerField(_("staff number"), null=True, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("to"), null=True, blank=True)
    history = HistoricalRecords()
    objects = PostingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(until__isnull=True), name="posting_one_open_per_user"),
            models.UniqueConstraint(
                fields=["office", "number"],
                condition=Q(until__isnull=True, number__isnull=False),
                name="posting_number_once_per_office",
            ),
            models.CheckConstraint(
                condition=(
                    Q(office__isnull=False, branch__isnull=True, company__isnull=True)
                    | Q(office__isnull=True, branch__isnull=False, company__isnull=True)
                    | Q(office__isnull=True, branch__isnull=True, company__isnull=False)
                ),
                name="posting_in_exactly_one_unit",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="posting_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


ACCOUNT = Prepared(lambda pk: User.objects.filter(pk=pk), int)
HELD = Prepared(
    lambda user, on: Posting.objects.holding(on).filter(user=user).select_related("office__policy").order_by("pk")[:1],
    *(int, date),
)


class UnfitReason(models.TextChoices):
    """Why a person is not fit to receive (000/3)."""

    TRAINING = "training", _("in training")
    UNWELL = "unwell", _("unwell or out of sorts")
    OTHER_WORK = "other_work", _("on other company work")
    LEAVING = "leaving", _("in the process of leaving")


class Fitness(models.Model):
    """A time during which a person is not fit to receive: reason, from, to, who set and who ended it (OFF-04)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="unfit_times")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="unfit_times")
    reason = models.CharField(_("reason"), max_length=12, choices=UnfitReason.choices)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"), null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(until__isnull=True), name="fitness_one_open_per_user"),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ended_by__isnull=True) | Q(until__isnull=False),
                name="fitness_end_has_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_reason_display()}"

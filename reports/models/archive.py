"""Closed months, kept unchangeably, and who took them over (REP-05)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models import Office, User

from ..access import offices_for


class ArchiveQuerySet(models.QuerySet["MonthArchive"]):
    """Closed months by scope."""

    def visible_to(self, user: User) -> ArchiveQuerySet:
        """Those of the offices whose reports the user sees."""
        return self.filter(office__in=offices_for(user))


class MonthArchive(models.Model):
    """One closed month of one office: its figures as text, its workbook, the digests of both. Append-only.

    ``head`` and ``correction_head`` are the ends of the register's chains when it was closed.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="month_archives")
    month = models.DateField(_("month"))
    made_at = models.DateTimeField(_("closed at"))
    figures = models.TextField()
    figures_sha256 = models.CharField(max_length=64)
    workbook = models.BinaryField()
    workbook_sha256 = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    correction_head = models.CharField(max_length=64)
    objects = ArchiveQuerySet.as_manager()

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["office", "month"], name="month_archived_once")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.month:%Y-%m}"


class Receipt(models.Model):
    """The marketing planner has taken a closed month over (000/40). Append-only."""

    archive = models.OneToOneField(MonthArchive, on_delete=models.PROTECT, related_name="receipt")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    def __str__(self) -> str:
        return f"{self.archive_id} {self.by_id}"

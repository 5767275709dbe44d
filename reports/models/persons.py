"""Daily and weekly reports of a person: composed from the records, words added, commented on (REP-02, REP-02a)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models import Office, User
from staff.roles import Duty


class PersonReportQuerySet(models.QuerySet[Any]):
    """Reports of persons by scope."""

    def visible_to(self, user: User) -> PersonReportQuerySet:
        """One's own; for those who supervise, those of the office that were handed in."""
        if user.office is None:
            return self.none()
        own = Q(person=user)
        handed_in = Q(submitted_at__isnull=False) if user.has(Duty.SUPERVISE) else Q(pk__in=[])
        return self.filter(own | handed_in, office=user.office)


class PersonReport(models.Model):
    """What both reports have: whose, the words added, when handed in, with which figures, the comment."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("in my words"), blank=True)
    figures = models.JSONField(null=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    comment_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    comment_at = models.DateTimeField(null=True)
    objects = PersonReportQuerySet.as_manager()

    class Meta:
        abstract = True


class DayReport(PersonReport):
    """One person's report of one day."""

    day = models.DateField(_("day"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="day_report_once"),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | Q(figures__isnull=False), name="day_report_has_figures"
            ),
        ]
        indexes = [models.Index(fields=["office", "day"], name="day_report_office")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class WeekReport(PersonReport):
    """One person's week: the plan of Monday, the summary of Sunday (``words``, handed in)."""

    monday = models.DateField(_("week of"))
    plan = models.TextField(_("plan"), blank=True)
    planned_at = models.DateTimeField(_("planned"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "monday"], name="week_report_once"),
            models.CheckConstraint(condition=Q(monday__iso_week_day=1), name="week_report_begins_on_monday"),
        ]
        indexes = [models.Index(fields=["office", "monday"], name="week_report_office")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.monday}"

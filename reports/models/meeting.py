"""What is raised at the evening meeting (REP-01)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models import Office, User


class Problem(models.Model):
    """A problem raised for the evening meeting, and what was answered."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(_("day"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    words = models.CharField(_("problem"), max_length=500)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["office", "day"], name="problem_office_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="problem_answer_has_author_and_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"

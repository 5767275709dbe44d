"""Results of the reps by month or day, from which REC-04 and REC-05 take their ranking."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from staff.models import Office, User


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
            models.UniqueConstraint(fields=["office", "user", "first", "last"], name="result_once_per_person_and_period"),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="result_period_in_order"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="result_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first}: {self.deals}"

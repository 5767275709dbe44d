"""Company, branches, sales offices and the policy of each office (OFF-01)."""

from datetime import date, datetime, time
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from common.dates import local_day


def check_timezone(value: str) -> None:
    """Refuse a time zone that the zone database does not know."""
    if value not in available_timezones():
        raise ValidationError(_("“%(zone)s” is no time zone, for example Asia/Shanghai"), params={"zone": value})


class Company(models.Model):
    """The company 总公司."""

    name = models.CharField(_("name"), max_length=100)

    def __str__(self) -> str:
        return self.name


class Branch(models.Model):
    """A branch 分公司 of the company."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="branches")
    name = models.CharField(_("name"), max_length=100)

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A sales office 案场. Every customer, register, queue and report belongs to exactly one."""

    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="offices")
    name = models.CharField(_("name"), max_length=100)
    timezone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[check_timezone])

    def __str__(self) -> str:
        return self.name

    def today(self, now: datetime) -> date:
        """The office's local calendar day at ``now``."""
        return local_day(now, self.timezone)


CADENCE = [MinValueValidator(1), MaxValueValidator(366)]


class Strategy(models.TextChoices):
    """How the order of the day is ranked (REC-02..05)."""

    SIGN_IN = "sign_in", _("by time of signing in")
    NUMBER = "number", _("by staff number, carrying on from day to day")
    MONTH_RESULTS = "month_results", _("by last month's results")
    DAY_RESULTS = "day_results", _("by the previous day's results")


class OfficePolicy(models.Model):
    """The numbers and choices of one office; the regulation's figures are the defaults. Every change is kept."""

    office = models.OneToOneField(Office, on_delete=models.PROTECT, related_name="policy")
    strategy = models.CharField(
        _("order of reception"), max_length=20, choices=Strategy.choices, default=Strategy.SIGN_IN
    )
    opens_at = models.TimeField(_("opens at"), default=time(9))
    closes_at = models.TimeField(_("closes at"), default=time(18))
    valid_days = models.PositiveSmallIntegerField(
        _("days a registration is valid"), default=30, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    returning_uses_turn = models.BooleanField(_("a returning customer uses the turn"), default=False)
    large_party = models.PositiveSmallIntegerField(
        _("a party is large from"), default=6, validators=[MinValueValidator(2), MaxValueValidator(99)]
    )
    cadence_o = models.PositiveSmallIntegerField(_("level O: follow up every … days"), default=30, validators=CADENCE)
    cadence_h = models.PositiveSmallIntegerField(_("level H: follow up every … days"), default=2, validators=CADENCE)
    cadence_a = models.PositiveSmallIntegerField(_("level A: follow up every … days"), default=7, validators=CADENCE)
    cadence_b = models.PositiveSmallIntegerField(_("level B: follow up every … days"), default=15, validators=CADENCE)
    cadence_c = models.PositiveSmallIntegerField(_("level C: follow up every … days"), default=30, validators=CADENCE)
    sign_by = models.TimeField(_("cards are signed on the next day by"), default=time(9))
    file_days = models.PositiveSmallIntegerField(
        _("days for filing a signed card"), default=2, validators=[MaxValueValidator(60)]
    )
    no_progress_days = models.PositiveSmallIntegerField(
        _("days without progress that are a ground for defeat"), default=180, validators=[MaxValueValidator(1000)]
    )
    warnings_allowed = models.PositiveSmallIntegerField(
        _("warnings a month without a fine"), default=3, validators=[MaxValueValidator(99)]
    )
    points_only = models.BooleanField(_("fines count points, no money"), default=False)
    fine_amount = models.PositiveIntegerField(_("a fine in yuan"), default=30, validators=[MaxValueValidator(10_000)])
    fine_points = models.PositiveIntegerField(_("a fine in points"), default=3, validators=[MaxValueValidator(10_000)])
    bulk_more_than = models.PositiveSmallIntegerField(
        _("a bulk buyer buys more units at once than"), default=10, validators=[MinValueValidator(1)]
    )
    bulk_report_days = models.PositiveSmallIntegerField(
        _("days in which a bulk negotiation is reported"), default=7, validators=CADENCE
    )
    bulk_filing_days = models.PositiveSmallIntegerField(
        _("days for filing a bulk contract with finance"), default=3, validators=CADENCE
    )
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_days__gte=1, valid_days__lte=366), name="policy_valid_days_range"
            ),
            models.CheckConstraint(
                condition=models.Q(strategy__in=[value for value, _label in Strategy.choices]),
                name="policy_strategy_known",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Policy of %(office)s") % {"office": self.office})

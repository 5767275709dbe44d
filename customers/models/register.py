"""The public register 公共登记本: one gapless, chained line per arrival; corrections beside, never edits."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import BytesField
from customers.sealed import SealedText
from staff.models import Office, User
from staff.roles import Duty

from .party import Customer


class LineKind(models.TextChoices):
    """How the customer came."""

    VISIT = "visit", _("visit")
    CALL = "call", _("call")
    WEB = "web", _("web lead")


class Decision(models.TextChoices):
    """What the rules decided at check-in (REG-06, OWN-03..09)."""

    NEW = "new", _("new")
    RETURNING = "returning", _("returning")
    LAPSED = "lapsed", _("lapsed, registered anew")
    FAMILY = "family", _("same family")
    SHAREHOLDER = "shareholder", _("same company")
    REFERRED = "referred", _("referred")
    NAMED = "named", _("named")
    ASSIGNED = "assigned", _("assigned by the supervisor")
    LOOKING = "looking", _("only looking")


class Source(models.TextChoices):
    """How the customer heard of the project."""

    WALK_IN = "walk_in", _("walked in")
    CALL_IN = "call_in", _("called in")
    WEB = "web", _("internet")
    REFERRAL = "referral", _("brought by a customer")
    MEDIA = "media", _("media")
    OUTDOOR = "outdoor", _("outdoor advertising")
    AGENT = "agent", _("agent")
    OTHER = "other", _("other")


class OfficeRegister(models.Model):
    """The office's counter and chain heads: locked and advanced in the transaction that adds a line (REG-01)."""

    office = models.OneToOneField(Office, on_delete=models.PROTECT, primary_key=True, related_name="register")
    last_number = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="0" * 64)
    last_correction = models.PositiveIntegerField(default=0)
    correction_head = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.office_id}: {self.last_number}"


class LineQuerySet(models.QuerySet["RegisterLine"]):
    """Lines by scope."""

    def visible_to(self, user: User) -> LineQuerySet:
        """OFF-03, REG-02: the office's lines, or for sales staff those of the customers that are theirs now."""
        if user.office is None:
            return self.none()
        lines = self.filter(office=user.office)
        if user.has(Duty.SEE_OFFICE):
            return lines
        if user.has(Duty.SEE_OWN):
            return lines.filter(customer__in=Customer.objects.visible_to(user).values("pk"))
        return self.none()


class RegisterLine(models.Model):
    """One arrival (REG-03). Append-only: database triggers refuse UPDATE, DELETE and TRUNCATE.

    Personal data are in ``details`` (JSON, encrypted); ``commit`` binds the chain to them without revealing them.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=5, choices=LineKind.choices)
    at = models.DateTimeField(_("arrived"))
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="lines", db_index=False)
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    reason = models.CharField(_("reason"), max_length=300)
    opens = models.BooleanField(_("opens a registration"))
    first = models.BooleanField(_("first contact"))
    appointment = models.BooleanField(_("by appointment"), default=False)
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    party = models.PositiveSmallIntegerField(_("party"), default=1)
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="received_lines")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="owned_lines")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    request_id = models.UUIDField()
    details_sealed = BytesField()
    commit = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    objects = LineQuerySet.as_manager()

    details = SealedText("details_sealed")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "number"], name="line_number_once_per_office"),
            models.UniqueConstraint(fields=["office", "request_id"], name="line_request_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="line_number_from_one"),
        ]
        indexes = [
            models.Index(fields=["office", "at"], name="line_office_at"),
            models.Index(fields=["customer", "number"], name="line_customer_number"),
            models.Index(fields=["office", "receiver", "-number"], name="line_office_receiver"),
            models.Index(fields=["office", "kind", "-number"], name="line_office_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id}-{self.number}"


class CorrectionKind(models.TextChoices):
    """What a later entry to a line is."""

    CORRECTION = "correction", _("correction")
    COMPLETION = "completion", _("completed")
    RECORD = "record", _("reception record")


class RegisterCorrection(models.Model):
    """A later entry to a line: a correction, a completion (REG-08) or the reception record (REG-09).

    The line keeps its original; corrections have a chain of their own per office. Append-only.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="corrections")
    seq = models.PositiveIntegerField()
    line = models.ForeignKey(RegisterLine, on_delete=models.PROTECT, related_name="corrections")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=CorrectionKind.choices)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    details_sealed = BytesField()
    commit = models.CharField(max_length=64)
    prev = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    details = SealedText("details_sealed")

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["office", "seq"], name="correction_seq_once_per_office")]

    def __str__(self) -> str:
        return f"{self.office_id}-{self.seq}"

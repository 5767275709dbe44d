"""Requests that climb from step to step, what was decided on each, and who decides for whom meanwhile (BULK-05)."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.roles import Role

from .offices import Office
from .people import User


class ApprovalState(models.TextChoices):
    """Where a request stands."""

    PENDING = "pending", pgettext_lazy("request", "waiting")
    APPROVED = "approved", _("approved")
    REFUSED = "refused", _("refused")
    RETURNED = "returned", _("returned for revision")
    WITHDRAWN = "withdrawn", _("withdrawn")
    CHANGED = "changed", _("replaced by a changed request")


class Decision(models.TextChoices):
    """What an entry says: the opening, one decision a step, and the end by the one who asked."""

    OPEN = "open", _("asked")
    APPROVE = "approve", _("approved")
    REFUSE = "refuse", _("refused")
    RETURN = "return", _("returned")
    WITHDRAW = "withdraw", _("withdrawn")
    CHANGE = "change", _("changed")
    HAND_OVER = "hand_over", pgettext_lazy("request", "handed over")


class ApprovalRequest(models.Model):
    """One climb of one subject. ``steps``: the roles in order; ``step``: how many of them have approved.

    ``subject`` is a string like ``bulk.plan:12``: staff knows no higher model. ``title`` and ``url`` hold nothing
    secret; what the deciders are to see lies in the entries' snapshots. ``kept_by`` looks after it now: whoever asked, or
    who took it over from them.
    """

    kind = models.CharField(_("kind"), max_length=30)
    subject = models.CharField(max_length=60)
    rule = models.CharField(max_length=10)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="approvals")
    title = models.CharField(_("title"), max_length=120)
    url = models.CharField(max_length=200, blank=True)
    steps = models.JSONField()
    step = models.PositiveSmallIntegerField(default=0)
    waiting_role = models.CharField(max_length=20, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.PENDING)
    tells = models.BooleanField(default=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals_asked")
    kept_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approvals_kept")
    opened_at = models.DateTimeField(_("asked"))
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(state="pending"), name="approval_one_open_per_subject"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", closed_at__isnull=True) & ~Q(waiting_role="")
                | ~Q(state="pending") & Q(closed_at__isnull=False, waiting_role=""),
                name="approval_waits_while_pending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["waiting_role", "office", "opened_at"], condition=Q(state="pending"), name="approval_waiting"
            ),
            models.Index(fields=["subject"], name="approval_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.state}"

    @property
    def waits_for(self) -> str:
        """The role whose step it is, in words."""
        return str(Role(self.waiting_role).label) if self.waiting_role else ""


class ApprovalEntry(models.Model):
    """What happened to a request, append-only. ``position``: 0 the opening, 1… the steps, none the end.

    ``held``: the role by whose authority it was decided; ``on_behalf_of``: whose delegate decided.
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveSmallIntegerField(null=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    held = models.CharField(max_length=20, choices=Role.choices, blank=True)
    decision = models.CharField(pgettext_lazy("request", "decision"), max_length=10, choices=Decision.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="approval_entries")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("at"))
    snapshot = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="approval_step_decided_once")]

    def __str__(self) -> str:
        return f"{self.request_id}.{self.position} {self.decision}"


class Delegation(models.Model):
    """Somebody is away from a day to a day, both included: ``to`` decides for them, or nobody and the next rung up."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="delegations_held")
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    reason = models.CharField(_("reason"), max_length=200)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="delegation_ends_after_start"),
            models.CheckConstraint(condition=~Q(to=models.F("user")), name="delegation_to_another"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="delegation_end_has_author",
            ),
        ]
        indexes = [models.Index(fields=["user", "last"], name="delegation_user_last")]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.to_id}: {self.role}"

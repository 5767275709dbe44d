"""The day's rotation, its events, receptions in hand, breaches of order, displays on the wall, ways of web leads."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, RegisterLine
from staff.models import Office, User
from staff.roles import Duty


class OfficeScoped(models.QuerySet):
    """Rows that belong to an office and are seen by whoever sees its board."""

    def visible_to(self, user: User) -> OfficeScoped:
        """The rows of the user's own office, for those who see the board."""
        return self.filter(office=user.office) if user.office and user.has(Duty.SEE_BOARD) else self.none()


class Day(models.Model):
    """One office's rotation on one local day. ``board`` repeats what the events give, so no page folds a day.

    ``version`` grows with every change: a screen that has seen it needs nothing new (REC-18).
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="days")
    day = models.DateField(_("day"))
    version = models.PositiveIntegerField(default=0)
    events_count = models.PositiveIntegerField(default=0)
    board = models.JSONField(default=dict)
    objects = OfficeScoped.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "day"], name="day_once_per_office")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"


class RotationEvent(models.Model):
    """One event of the rotation (REC-17). Append-only. ``data`` holds ids alone, never a name or a number."""

    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=12)
    who = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="rotation_events")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    data = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        ordering = ["day", "seq"]
        constraints = [models.UniqueConstraint(fields=["day", "seq"], name="rotation_event_seq_once_per_day")]

    def __str__(self) -> str:
        return f"{self.day_id}-{self.seq} {self.kind}"


class Reception(models.Model):
    """A visitor in hand: who receives since when. A looking visitor has neither customer nor line (REC-15).

    ``task`` is the number of the arrival's event in the day, by which the board's seats know the visitor.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="receptions")
    day = models.DateField(_("day"))
    receiver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="receptions")
    as_helper = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, related_name="receptions")
    line = models.OneToOneField(RegisterLine, on_delete=models.PROTECT, null=True, related_name="reception")
    task = models.PositiveIntegerField()
    request_id = models.UUIDField()
    started_at = models.DateTimeField(_("arrived"))
    ended_at = models.DateTimeField(_("left"), null=True, blank=True)
    closed_at_midnight = models.BooleanField(default=False)
    objects = OfficeScoped.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="reception_one_open_per_customer"
            ),
            models.UniqueConstraint(fields=["office", "request_id"], name="reception_request_once"),
            models.UniqueConstraint(fields=["office", "day", "task"], name="reception_task_once_per_day"),
            models.CheckConstraint(
                condition=Q(customer__isnull=True, line__isnull=True) | Q(customer__isnull=False, line__isnull=False),
                name="reception_customer_with_line",
            ),
        ]
        indexes = [models.Index(fields=["office", "day", "-started_at"], name="reception_office_day")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.started_at:%Y-%m-%d %H:%M}"

    def is_open(self, today: date) -> bool:
        """Whether the visitor is still here: a reception ends with its day even if nobody said so."""
        return self.ended_at is None and self.day == today


class Breach(models.Model):
    """A breach of the reception order, put before the supervisor (REC-16). Append-only evidence."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="breaches")
    who = models.ForeignKey(User, on_delete=models.PROTECT, related_name="breaches")
    line = models.OneToOneField(RegisterLine, on_delete=models.PROTECT, related_name="breach")
    kind = models.CharField(_("kind"), max_length=8, choices=[("order", _("breach of the reception order"))])
    at = models.DateTimeField(_("at"))
    objects = OfficeScoped.as_manager()

    def __str__(self) -> str:
        return f"{self.who_id} {self.kind}"


class Display(models.Model):
    """A screen on the wall: its address holds a token of which only the digest is kept; it can be revoked."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="displays")
    label = models.CharField(_("where it hangs"), max_length=40)
    token_digest = models.BinaryField(max_length=32, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    objects = OfficeScoped.as_manager()

    def __str__(self) -> str:
        return self.label


class LeadScoped(models.QuerySet):
    """Rows about web leads, seen by those of the office who take them in."""

    def visible_to(self, user: User) -> LeadScoped:
        """The rows of the user's own office."""
        return self.filter(office=user.office) if user.office and user.has(Duty.TAKE_LEADS) else self.none()


class ChannelKind(models.TextChoices):
    """How a channel brings leads."""

    FORM = "form", _("public form")
    HOOK = "hook", _("signed webhook")


class LeadChannel(models.Model):
    """A way on which web leads come in by themselves (WEB-01). The token is its public address, no secret.

    A webhook signs with a secret of its own, which is kept wrapped by the master key.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="channels")
    kind = models.CharField(_("kind"), max_length=4, choices=ChannelKind.choices)
    label = models.CharField(_("used for"), max_length=40)
    token = models.CharField(max_length=43, unique=True)
    secret_kek = models.CharField(max_length=40, blank=True)
    secret_wrapped = models.BinaryField(default=b"", blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    objects = LeadScoped.as_manager()

    def __str__(self) -> str:
        return self.label


class Delivery(models.Model):
    """A signed message that was taken: the same signature is refused from then on (WEB-01)."""

    channel = models.ForeignKey(LeadChannel, on_delete=models.PROTECT, related_name="deliveries")
    signature = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "signature"], name="delivery_once_per_channel")]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.at:%Y-%m-%d %H:%M}"


class WebCheck(models.Model):
    """The officer looked at the web leads of a day, even if there were none (WEB-01)."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="web_checks")
    day = models.DateField(_("day"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))
    found = models.PositiveIntegerField(_("leads found"))
    objects = LeadScoped.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["office", "day"], name="web_check_once_per_day")]

    def __str__(self) -> str:
        return f"{self.office_id} {self.day}"

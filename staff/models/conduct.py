"""Warnings, fines and objections, and what is put before a supervisor to judge (COND-01..03)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.history import kept
from staff.roles import Duty, Role

from .offices import Office
from .people import Posting, User


class Fault(models.TextChoices):
    """What a warning or a fine is for (000/41)."""

    ORDER = "order", _("broke the order of reception")
    CARELESS = "careless", _("careless or late customer records")
    DISPUTE = "dispute", _("caused a dispute over a customer")
    UNTRUE = "untrue", _("untrue customer records")
    QUARREL = "quarrel", _("quarrelled with a colleague, with consequences")
    INCOMPLETE = "incomplete", _("incomplete or lost customer records")
    FALSE = "false", _("gave false customer records")
    WARNINGS = "warnings", _("more warnings in a month than are allowed")


WARNED_FOR = (Fault.ORDER, Fault.CARELESS, Fault.DISPUTE, Fault.UNTRUE)
FINED_FOR = (Fault.QUARREL, Fault.INCOMPLETE, Fault.FALSE)


class MeasureKind(models.TextChoices):
    """A verbal warning or a fine."""

    WARNING = "warning", _("warning")
    FINE = "fine", _("fine")


class MeasureState(models.TextChoices):
    """Whether a measure counts. A fine for too many warnings falls when one of them is withdrawn."""

    STANDING = "standing", _("standing")
    WITHDRAWN = "withdrawn", pgettext_lazy("measure", "withdrawn")
    FALLEN = "fallen", pgettext_lazy("measure", "fallen")


MANAGERS = (Role.MARKETING_MANAGER,)
LEADS = (Role.SUPERVISOR, *MANAGERS)


class JudgedQuerySet(models.QuerySet):
    """Rows about a person's conduct: ``office``, ``person`` and the ``role`` held at the time."""

    def judged_by(self, user: User) -> JudgedQuerySet:
        """What ``user`` may judge: their office's staff below them; for a branch manager the marketing managers."""
        posting = user.posting
        if posting is None or not user.has(Duty.JUDGE):
            return self.none()
        if posting.branch_id is not None:
            today = Posting.objects.holding(timezone.localdate()).filter(role__in=MANAGERS)
            managers = today.filter(office__branch=posting.branch_id).values("user")
            rows = self.filter(Q(role__in=MANAGERS) | Q(person__in=managers))
            return rows.filter(office__branch=posting.branch_id)
        above = MANAGERS if posting.role == Role.MARKETING_MANAGER else LEADS
        return self.filter(office=posting.office_id).exclude(role__in=above).exclude(person=user)

    def visible_to(self, user: User) -> JudgedQuerySet:
        """One's own, and what one may judge."""
        return self.filter(person=user) | self.judged_by(user)


class Measure(models.Model):
    """A warning or a fine. ``month`` is the office's local month of ``at``, in which it counts (COND-02).

    ``allowed``: how many warnings a month the policy allowed when this warning was given. ``cause``, where there is
    one, brings a measure once. A fine for too many warnings was given by nobody: it follows from them.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="measures")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="measures")
    role = models.CharField(max_length=20, choices=Role.choices)
    kind = models.CharField(_("kind"), max_length=7, choices=MeasureKind.choices)
    fault = models.CharField(_("what for"), max_length=10, choices=Fault.choices)
    words = models.CharField(_("reason"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"))
    month = models.DateField()
    allowed = models.PositiveSmallIntegerField(null=True)
    amount = models.PositiveIntegerField(_("amount (yuan)"), default=0)
    points = models.PositiveIntegerField(_("points"), default=0)
    cause = models.CharField(max_length=100, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=9, choices=MeasureState.choices, default=MeasureState.STANDING)
    acknowledged_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawal = models.CharField(max_length=300, blank=True)
    history = kept()
    objects = JudgedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "cause"], condition=~Q(cause=""), name="measure_once_per_cause"),
            models.UniqueConstraint(
                fields=["person", "office", "month"], condition=Q(fault="warnings"), name="measure_one_fine_a_month"
            ),
            models.CheckConstraint(
                condition=Q(kind="warning", fault__in=["order", "careless", "dispute", "untrue"], allowed__isnull=False)
                | Q(kind="fine", fault__in=["quarrel", "incomplete", "false", "warnings"], allowed__isnull=True),
                name="measure_kind_has_its_faults",
            ),
            models.CheckConstraint(
                condition=Q(fault="warnings", given_by__isnull=True)
                | (~Q(fault="warnings") & Q(given_by__isnull=False)),
                name="measure_given_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)),
                name="measure_withdrawal_has_author",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="measure_person_at"),
            models.Index(fields=["office", "month", "person"], name="measure_office_month"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.fault}"


class Answer(models.TextChoices):
    """What became of an objection."""

    OPEN = "open", _("awaits decision")
    UPHELD = "upheld", _("the measure was upheld")
    WITHDRAWN = "withdrawn", _("the measure was withdrawn")


class Objection(models.Model):
    """The one objection of the person concerned, and the decision on it (COND-03)."""

    measure = models.OneToOneField(Measure, on_delete=models.PROTECT, related_name="objection")
    words = models.CharField(_("objection"), max_length=300)
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=9, choices=Answer.choices, default=Answer.OPEN)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="objection_decision_has_author",
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.state}"


class Evidence(models.TextChoices):
    """Where the records show what a supervisor should judge."""

    BREACH = "breach", _("visitor taken out of turn")
    INCOMPLETE = "incomplete", _("line not completed on its day")
    LATE_CARD = "late_card", _("A-card not submitted on its day")
    OVERDUE = "overdue", _("follow-up overdue")


class ProposalState(models.TextChoices):
    """Where a proposal stands."""

    OPEN = "open", _("to be judged")
    CONFIRMED = "confirmed", _("confirmed as a warning")
    DISMISSED = "dismissed", _("dismissed")


class Proposal(models.Model):
    """A warning that the records suggest, with its evidence: what, which number, which day, where to look (COND-01).

    No name of a customer stands here. ``cause`` is unique in an office: however often it is found, it is put once.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="proposals")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="proposals")
    role = models.CharField(max_length=20, choices=Role.choices)
    evidence = models.CharField(_("evidence"), max_length=10, choices=Evidence.choices)
    fault = models.CharField(_("what for"), max_length=10, choices=Fault.choices)
    cause = models.CharField(max_length=100)
    number = models.PositiveIntegerField(_("number"))
    day = models.DateField(_("day"))
    link = models.CharField(max_length=200)
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=9, choices=ProposalState.choices, default=ProposalState.OPEN)
    measure = models.OneToOneField(Measure, on_delete=models.PROTECT, null=True, related_name="proposal")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=300, blank=True)
    objects = JudgedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "cause"], name="proposal_once_per_cause"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="proposal_decision_has_author",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", measure__isnull=False)
                | (~Q(state="confirmed") & Q(measure__isnull=True)),
                name="proposal_confirmed_has_measure",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "at", "id"], name="proposal_open", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.cause

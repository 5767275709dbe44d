"""The bulk case: one buyer of more than ten homes from prospect to execution, and what happened to it (BULK-01)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from bigaccounts.deciding import decided_by
from bigaccounts.sealed import Sealed, SealedFigure, SealedWords
from common.history import kept
from common.wrapped import Wrapped
from staff.models import Office, User
from staff.roles import OFFICE_ROLES, Role


class BuyerKind(models.TextChoices):
    """Who buys (BULK-01, BULK-02)."""

    BODY = "body", _("government body")
    COMPANY = "company", _("company")
    INSTITUTION = "institution", _("institution")
    GROUP = "group", _("group of individuals")
    PERSON = "person", _("one person")


class CaseState(models.TextChoices):
    """Where a bulk case stands."""

    PROSPECT = "prospect", _("prospect")
    PLANNED = "planned", _("plan awaits approval")
    RETURNED = "returned", _("plan returned")
    NEGOTIATING = "negotiating", _("negotiating")
    CLIMBING = "climbing", _("discount awaits approval")
    APPROVED = "approved", _("discount approved")
    SIGNED = "signed", _("contract signed")
    FILED = "filed", _("filed with finance")
    ACKNOWLEDGED = "acknowledged", _("in execution")
    DROPPED = "dropped", _("given up")


NEGOTIATION = (CaseState.NEGOTIATING, CaseState.CLIMBING, CaseState.APPROVED)
EXECUTION = (CaseState.SIGNED, CaseState.FILED, CaseState.ACKNOWLEDGED)


class CaseQuerySet(models.QuerySet["Case"]):
    """Bulk cases by scope."""

    def visible_to(self, user: User) -> CaseQuerySet:
        """OFF-03, BULK-11: a rep the prospects they brought, supervisor and manager the office, the clerk what is signed,
        the branch manager the branch, finance what is filed, HQ and the chairman what came before them; whoever
        decides for one of those sees what is decided on.
        """
        posting = user.posting
        if posting is None or not user.is_active:
            return self.none()
        scopes: dict[str, Q] = {
            Role.REP: Q(office=posting.office, rep=user),
            Role.PROBATIONARY: Q(office=posting.office, rep=user),
            Role.TRAINEE: Q(office=posting.office, rep=user),
            Role.SUPERVISOR: Q(office=posting.office),
            Role.MARKETING_MANAGER: Q(office=posting.office),
            Role.CLERK: Q(office=posting.office, signed_at__isnull=False),
            Role.BRANCH_MANAGER: Q(office__branch=posting.branch),
            Role.FINANCE: Q(office__branch=posting.branch, filed_at__isnull=False),
            Role.HQ: Q(office__branch__company=posting.company, hq_since__isnull=False),
            Role.CHAIRMAN: Q(office__branch__company=posting.company, chairman_since__isnull=False),
        }
        scope = scopes.get(posting.role)
        if scope is None:
            return self.none()
        above = posting.role not in OFFICE_ROLES
        return self.filter(scope | Q(pk__in=decided_by(user))) if above else self.filter(scope)


class Case(models.Model):
    """One bulk buyer. Name and contacts are sealed like personal data, prices and percents wherever they stand.

    ``hq_since`` and ``chairman_since``: when the case first came before them; ``hq_prices`` and ``chairman_prices``:
    whether it came with a discount to decide on. ``quiet_since``: the day from which the next report is awaited.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="bulk_cases")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind of buyer"), max_length=12, choices=BuyerKind.choices)
    state = models.CharField(_("state"), max_length=12, choices=CaseState.choices, default=CaseState.PROSPECT)
    units = models.PositiveIntegerField(_("units"), null=True)
    name_sealed = models.BinaryField(default=b"")
    contacts_sealed = models.BinaryField(blank=True, default=b"")
    percent_sealed = models.BinaryField(blank=True, default=b"")
    way_sealed = models.BinaryField(blank=True, default=b"")
    special_sealed = models.BinaryField(blank=True, default=b"")
    rep = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="bulk_cases")
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    quiet_since = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    filed_at = models.DateTimeField(_("filed"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    hq_since = models.DateTimeField(null=True)
    chairman_since = models.DateTimeField(null=True)
    hq_prices = models.BooleanField(default=False)
    chairman_prices = models.BooleanField(default=False)
    history = kept()
    objects = CaseQuerySet.as_manager()

    name = Sealed("name_sealed")
    contacts = Sealed("contacts_sealed")
    percent = SealedFigure("percent_sealed")
    way = Sealed("way_sealed")
    special = Sealed("special_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "filed", "acknowledged"]) | Q(signed_at__isnull=False),
                name="bulk_signed_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["filed", "acknowledged"]) | Q(filed_at__isnull=False),
                name="bulk_filed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["office", "-id"], name="bulk_office"),
            models.Index(fields=["state", "quiet_since"], name="bulk_quiet"),
        ]

    def __str__(self) -> str:
        return f"bulk case {self.pk}"

    @cached_property
    def data_key(self) -> bytes:
        """The key that seals this case."""
        key = self.key.open_key()
        assert key is not None
        return key


class CaseKey(Wrapped):
    """The case's data key, wrapped by a key of the master ring."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="key")

    class Meta:
        indexes = [models.Index(fields=["kek"], name="bulk_key_kek")]

    def __str__(self) -> str:
        return f"key of bulk case {self.case_id}"


class Happened(models.TextChoices):
    """What happens to a case."""

    OPENED = "opened", _("prospect written down")
    AMENDED = "amended", _("contacts changed")
    HANDED_OVER = "handed_over", _("given to another supervisor")
    PLAN_SENT = "plan_sent", _("plan sent")
    PLAN_APPROVED = "plan_approved", _("plan approved")
    PLAN_RETURNED = "plan_returned", _("plan returned")
    REPORTED = "reported", _("progress reported")
    ASKED = "asked", _("discount asked for")
    WITHDRAWN = "withdrawn", _("discount withdrawn")
    PASSED_ON = "passed_on", _("discount supported and passed on")
    APPROVED = "approved", _("discount approved")
    REFUSED = "refused", _("discount refused")
    RETURNED = "returned", _("discount returned")
    DRAFTED = "drafted", _("contract drafted")
    SIGNED = "signed", _("contract signed")
    FILED = "filed", _("contract filed")
    ACKNOWLEDGED = "acknowledged", _("acknowledged by finance")
    ATTACHED = "attached", _("file attached")
    TAKEN = "taken", _("formalities completed")
    UNTAKEN = "untaken", _("formalities undone")
    UNITS_CHANGED = "units_changed", _("units changed")
    PAID = "paid", _("instalment paid")
    BUYERS_ASKED = "buyers_asked", _("change of buyers asked for")
    BUYERS_VERIFIED = "buyers_verified", _("change of buyers verified")
    BUYERS_CHANGED = "buyers_changed", _("change of buyers approved")
    BUYERS_REFUSED = "buyers_refused", _("change of buyers refused")
    FROZEN = "frozen", _("frozen: flipping suspected")
    LIFTED = "lifted", _("freeze lifted")
    DROPPED = "dropped", _("given up")


class Event(models.Model):
    """One thing that happened to a case: who, in which role, when, words and figures. Append-only.

    ``words`` are for everybody who sees the case, ``secret`` for those who see its prices.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Happened.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    at = models.DateTimeField()
    words_sealed = models.BinaryField(blank=True, default=b"")
    secret_sealed = models.BinaryField(blank=True, default=b"")

    words = Sealed("words_sealed")
    secret = SealedWords("secret_sealed")

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="bulk_event_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Report(models.Model):
    """One progress report of a negotiation to the branch (BULK-04). Append-only; its words may name prices."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text_sealed = models.BinaryField()

    text = Sealed("text_sealed")

    class Meta:
        indexes = [models.Index(fields=["case", "-id"], name="bulk_report_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.at:%Y-%m-%d}"

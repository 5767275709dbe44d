"""What is brought in, row by row, before it counts: batches of uploaded tables (REG-10)."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import crypto
from common.fields import BytesField
from common.wrapped import Wrapped
from staff.models import Office, User
from staff.roles import Duty


class BatchState(models.TextChoices):
    """Where an import stands."""

    READING = "reading", _("being read")
    MAPPING = "mapping", _("columns to be chosen")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    RUNNING = "running", _("being taken in")
    DONE = "done", _("taken in")
    STOPPED = "stopped", _("stopped")
    DROPPED = "dropped", _("dropped")


AT_WORK = (BatchState.READING, BatchState.CHECKING, BatchState.RUNNING)


class BatchKind(models.TextChoices):
    """What a table holds."""

    REGISTER = "register", _("register of visits and calls")
    FOLLOW_UPS = "follow_ups", _("follow-ups")
    UNITS = "units", _("units and price list")


# Not "file": under that name files were sealed as base64 within JSON.
FILE = "content"


class Enveloped(Wrapped):
    """Something with a key of its own, wrapped by the master ring: whoever destroys the key destroys what it sealed."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    @cached_property
    def key(self) -> bytes | None:
        """The opened key; None once it was destroyed."""
        return self.open_key()

    def sealed(self, value: Any, field: str) -> bytes:
        """A value, for keeping."""
        assert self.key is not None
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return crypto.seal(self.key, text, **self._place(field))

    def opened(self, blob: Any, field: str) -> Any:
        """What :meth:`sealed` kept; None once the key was destroyed."""
        if self.key is None or not blob:
            return None
        return json.loads(crypto.unseal(self.key, blob, **self._place(field)))

    def sealed_file(self, data: bytes) -> bytes:
        """A file, for keeping; as it is, since every other form of it would cost memory."""
        assert self.key is not None
        return crypto.seal_bytes(self.key, data, **self._place(FILE))

    def opened_file(self, blob: bytes | memoryview) -> bytes:
        """What :meth:`sealed_file` kept; files go with the key."""
        assert self.key is not None
        return crypto.unseal_bytes(self.key, blob, **self._place(FILE))

    def _place(self, field: str) -> dict[str, str]:
        return {"model": type(self).__name__, "field": field, "subject": str(self.uuid)}


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Imports by scope."""

    def visible_to(self, user: User) -> ImportBatchQuerySet:
        """The imports of the user's own office, for those who may bring data in."""
        return self.filter(office=user.office) if user.office and user.has(Duty.IMPORT_DATA) else self.none()


class ImportBatch(Enveloped):
    """One uploaded table on its way in.

    File and rows are sealed under a key of the batch, which is destroyed when the batch ends: what was not taken in
    is then gone.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(_("what the table holds"), max_length=12, choices=BatchKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.READING)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imports")
    made_at = models.DateTimeField(_("uploaded"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    file_name = models.CharField(_("file"), max_length=120)
    file_size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    columns_sealed = BytesField(default=b"")
    mapping = models.JSONField(default=dict)
    fill_down = models.BooleanField(default=False)
    total = models.PositiveIntegerField(_("rows"), default=0)
    seen = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    stopped_by = models.CharField(max_length=300, blank=True)
    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["office", "-id"], name="import_office"),
            models.Index(fields=["state"], name="import_at_work", condition=Q(state__in=AT_WORK)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=models.F("total")), name="import_done_within_total"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def columns(self) -> list[str]:
        """The heads of the columns as the file has them."""
        return self.opened(self.columns_sealed, "columns") or []

    @property
    def at_work(self) -> bool:
        """Whether a job is at it."""
        return self.state in AT_WORK

    @property
    def good(self) -> int:
        """Rows that were looked at and can be taken in."""
        return self.seen - self.bad - self.known


class ImportFile(models.Model):
    """The uploaded file while it is being read, sealed under the key of its batch."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, primary_key=True, related_name="file")
    sealed = BytesField()

    def __str__(self) -> str:
        return f"file of {self.batch_id}"


class RowState(models.TextChoices):
    """Where one row stands."""

    WAITING = "waiting", _("not looked at yet")
    GOOD = "good", _("can be taken in")
    KNOWN = "known", _("there already")
    BAD = "bad", _("to be mended")
    DONE = "done", _("taken in")


class ImportRow(models.Model):
    """One row of the table: its cells, sealed, and what was said of them. ``place`` orders the taking in."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    n = models.PositiveIntegerField(_("row"))
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.WAITING)
    place = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=64, blank=True)
    cells_sealed = BytesField()
    faults = models.JSONField(default=list)
    result = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "n"], name="import_row_once")]
        indexes = [
            models.Index(fields=["batch", "state", "place", "n"], name="import_row_next"),
            models.Index(fields=["batch", "mark"], name="import_row_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.n}"


class ExportState(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", pgettext_lazy("export", "waiting")
    RUNNING = "running", _("being made")
    DONE = "done", _("ready")
    REFUSED = "refused", _("refused")


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    """Exports by scope."""

    def visible_to(self, user: User) -> ExportJobQuerySet:
        """Nobody fetches what another took out."""
        return self.filter(by=user, office=user.office) if user.posting else self.none()


class ExportJob(Enveloped):
    """One list taken out as a workbook: by whom, with which filter, how far it is, until when it can be fetched.

    Filter, search and file are sealed under a key of the job, which is destroyed when it expires. ``office`` is empty
    for whoever sits above the offices.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="exports")
    name = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    made_at = models.DateTimeField(_("asked for"))
    state = models.CharField(_("state"), max_length=8, choices=ExportState.choices, default=ExportState.WAITING)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("ready"), null=True)
    expires_at = models.DateTimeField(_("can be fetched until"))
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    asked_sealed = BytesField(default=b"")
    objects = ExportJobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["by", "-id"], name="export_by"),
            models.Index(fields=["state"], name="export_at_work", condition=Q(state__in=["waiting", "running"])),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"

    @property
    def at_work(self) -> bool:
        """Whether it is still being made."""
        return self.state in (ExportState.WAITING, ExportState.RUNNING)


class ExportFile(models.Model):
    """The workbook of an export, sealed."""

    job = models.OneToOneField(ExportJob, on_delete=models.CASCADE, primary_key=True, related_name="file")
    sealed = BytesField()

    def __str__(self) -> str:
        return f"file of {self.job_id}"

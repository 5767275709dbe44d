"""Files attached to a case: what they are; their content lies sealed outside the database (BULK-07)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bigaccounts.sealed import Sealed
from staff.models import User

from .cases import Case


class PaperKind(models.TextChoices):
    """The types of file that are taken in."""

    PDF = "pdf", "PDF"
    JPEG = "jpg", "JPEG"
    PNG = "png", "PNG"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"


class Purpose(models.TextChoices):
    """What a file is attached for."""

    CONTRACT = "contract", _("signed contract")
    APPROVAL = "approval", _("approval document")
    PROOF = "proof", _("proof for a change of buyers")
    OTHER = "other", _("other")


class Paper(models.Model):
    """One file; ``place`` is its name on disk and tells nothing."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    place = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    kind = models.CharField(pgettext_lazy("file", "type"), max_length=5, choices=PaperKind.choices)
    size = models.PositiveIntegerField(_("size"))
    digest = models.CharField(max_length=64)
    name_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    name = Sealed("name_sealed")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="bulk_paper_not_empty"),
        ]
        indexes = [models.Index(fields=["case", "-id"], name="bulk_paper_case")]

    def __str__(self) -> str:
        return f"paper {self.pk} of case {self.case_id}"

"""The customer's record 客户信息记录本, kept beside the A-card with the customer's consent (REG-11, PRIV-01)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.history import kept
from customers.sealed import SealedText
from staff.models import Office, User
from staff.roles import Duty

from .party import Customer


class Dossier(models.Model):
    """What is known of a customer, one sealed JSON text (``dossier_content``); each saving is one ``version``."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="dossier")
    version = models.PositiveIntegerField(default=0)
    content_sealed = models.BinaryField(blank=True, default=b"")
    changed_at = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    history = kept()

    content = SealedText("content_sealed")

    def __str__(self) -> str:
        return f"record of {self.customer_id}, version {self.version}"


class Theme(models.TextChoices):
    """What an opinion is about (000/36.3)."""

    PRODUCT = "product", _("product")
    PRICE = "price", _("price")
    SERVICE = "service", _("service")
    OTHER = "other", _("other things")


class Sentiment(models.TextChoices):
    """Which way an opinion goes."""

    PRAISE = "praise", _("praise")
    NEUTRAL = "neutral", _("a wish or a question")
    COMPLAINT = "complaint", _("complaint")


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    """Opinions by scope."""

    def visible_to(self, user: User) -> FeedbackQuerySet:
        """The opinions of the customers that the user may see."""
        if user.office is not None and user.has(Duty.SEE_OFFICE):
            return self.filter(office=user.office)
        return self.filter(customer__in=Customer.objects.visible_to(user).values("pk"))


class Feedback(models.Model):
    """One opinion of a customer on a day, written down by whoever heard it. It is never changed."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="feedback")
    day = models.DateField(_("day"))
    theme = models.CharField(_("about"), max_length=8, choices=Theme.choices)
    sentiment = models.CharField(_("opinion"), max_length=10, choices=Sentiment.choices)
    text_sealed = models.BinaryField(blank=True, default=b"")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    objects = FeedbackQuerySet.as_manager()

    text = SealedText("text_sealed")

    class Meta:
        indexes = [models.Index(fields=["office", "-day", "-id"], name="feedback_office_day")]

    def __str__(self) -> str:
        return f"{self.theme} {self.sentiment} of {self.customer_id}"

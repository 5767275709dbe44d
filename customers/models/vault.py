"""Keys and search tokens of customers, backed up apart from the rest: destroying them erases the person."""

from django.db import models
from django.db.models import Q

from common.fields import BytesField
from common.wrapped import Wrapped
from staff.models import Office

from .party import Customer


class CustomerKey(Wrapped):
    """The customer's data key, wrapped by a key of the master ring."""

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="key")
    commitment = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["kek"], name="customer_key_kek")]

    def __str__(self) -> str:
        return f"key of {self.customer_id}"


class SearchToken(models.Model):
    """A keyed digest by which a customer is found: phone, last four, name, prefixes, pinyin, initials."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tokens", db_index=False)
    kind = models.CharField(max_length=8)
    digest = BytesField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["office", "kind", "digest"], name="search_token_lookup")]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "digest"], condition=Q(kind="phone"), name="search_token_phone_is_one_customers"
            ),
            models.UniqueConstraint(fields=["customer", "kind", "digest"], name="search_token_once_per_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"

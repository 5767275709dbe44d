"""What is erased when a customer takes back the consent to a record (PIPL 47; PRIV-03)."""

from __future__ import annotations

from .models import Customer, Dossier, Feedback


def forget_record(customer: Customer) -> None:
    """Delete the record, everything it said before, and the opinions: the register and the A-card stay.

    Copies in backups are sealed under the customer's key; they go with it, or with the backup.
    """
    Dossier.objects.filter(customer=customer).delete()
    Dossier.history.filter(customer_id=customer.pk).delete()  # the deletion itself left a copy there
    Feedback.objects.filter(customer=customer).delete()

"""Wrap every data key and secret by the active master key."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from common import crypto

# Every column that holds something wrapped by a master key, and the column that names the key.
WRAPPED = {
    "customers.CustomerKey": ("wrapped", "kek"),
    "customers.ClaimKey": ("wrapped", "kek"),
    "reception.LeadChannel": ("secret_wrapped", "secret_kek"),
    "staff.Bot": ("wrapped", "kek"),
    "bigaccounts.CaseKey": ("wrapped", "kek"),
    "exchange.ImportBatch": ("wrapped", "kek"),
    "exchange.ExportJob": ("wrapped", "kek"),
}


def rotate(label: str) -> int:
    """Wrap what one table holds by the active master key; how many were wrapped anew."""
    wrapped, kek = WRAPPED[label]
    changed = 0
    rows = apps.get_model(label)._base_manager.filter(**{f"{kek}__gt": ""}).exclude(**{kek: crypto.active_kek()})
    for row in rows.only("pk", wrapped, kek).iterator(chunk_size=500):
        name, key = crypto.rewrap(getattr(row, kek), getattr(row, wrapped))
        setattr(row, kek, name)
        setattr(row, wrapped, key)
        row.save(update_fields=[kek, wrapped])
        changed += 1
    return changed


def in_use() -> set[str]:
    """The master keys that something is wrapped by."""
    found: set[str] = set()
    for label, (_wrapped, kek) in WRAPPED.items():
        found |= set(apps.get_model(label)._base_manager.order_by().values_list(kek, flat=True).distinct())
    return found


class Command(BaseCommand):
    help = (
        "Wraps the data keys of customers and cases and the secrets of webhooks, bots and files by the active master "
        "key of the key file. Afterwards a master key that is named as unused can be taken out of the file. May be "
        "interrupted and repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = sum(rotate(label) for label in WRAPPED)
        unused = sorted(set(crypto.ring().kek) - in_use() - {crypto.active_kek()})
        self.stdout.write(f"{changed} data keys wrapped anew by {crypto.active_kek()}.")
        self.stdout.write(f"Unused master keys: {', '.join(unused) or 'none'}.")

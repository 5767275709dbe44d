"""Wrap every data key and secret by the active master key."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from bigaccounts import prospects
from common import crypto
from customers import keys
from reception import channels
from staff import bots

# Every column that holds something wrapped by a master key, with the column that names the key, and who wraps anew.
WRAPPED = {
    "customers.CustomerKey": ("wrapped", "kek", keys.rotate),
    "bigaccounts.CaseKey": ("wrapped", "kek", prospects.rotate),
    "reception.LeadChannel": ("secret_wrapped", "secret_kek", channels.rotate),
    "staff.Bot": ("wrapped", "kek", bots.rotate),
}


def in_use() -> set[str]:
    """The master keys that something is wrapped by."""
    found: set[str] = set()
    for label, (_wrapped, kek, _rotate) in WRAPPED.items():
        found |= set(apps.get_model(label)._base_manager.order_by().values_list(kek, flat=True).distinct())
    return found


class Command(BaseCommand):
    help = (
        "Wraps the data keys of customers and bulk cases, and the secrets of webhooks and bots, by the active master key "
        "of the key file. Afterwards a master key that is named as unused can be taken out of the file. May be "
        "interrupted and repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = sum(rotate() for _wrapped, _kek, rotate in WRAPPED.values())
        unused = sorted(set(crypto.ring().kek) - in_use() - {crypto.active_kek()})
        self.stdout.write(f"{changed} data keys wrapped anew by {crypto.active_kek()}.")
        self.stdout.write(f"Unused master keys: {', '.join(unused) or 'none'}.")

"""Wrap every customer's data key by the active master key."""

from typing import Any

from django.core.management.base import BaseCommand

from common import crypto
from customers import keys
from customers.models import CustomerKey


class Command(BaseCommand):
    help = (
        "Wraps every customer's data key by the active master key of the key file. Afterwards a master key that is "
        "named as unused can be taken out of the file. May be interrupted and repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = keys.rotate()
        in_use = set(CustomerKey.objects.order_by().values_list("kek", flat=True).distinct())
        unused = sorted(set(crypto.ring().kek) - in_use - {crypto.active_kek()})
        self.stdout.write(f"{changed} data keys wrapped anew by {crypto.active_kek()}.")
        self.stdout.write(f"Unused master keys: {', '.join(unused) or 'none'}.")

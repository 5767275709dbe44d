"""The customer's record 客户信息记录本: kept with consent, every version kept, nothing overwritten unseen (REG-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from staff.models import User

from . import consent
from . import dossier_content as content
from .models import Customer, Dossier
from .ownership import relock

MOST_CHANGES = 30


@dataclass(frozen=True, slots=True)
class Change:
    """One saving of the record: who, when, which fields."""

    at: datetime
    by: User | None
    version: int
    fields: list[str]

    @property
    def labels(self) -> list[str]:
        """The fields in words."""
        return [str(content.LABELS[name]) for name in self.fields]


class Stale(RuleError):
    """Somebody else saved the record meanwhile; ``changes`` tells who changed what since, newest first."""

    def __init__(self, changes: list[Change], base: Mapping[str, str]) -> None:
        super().__init__(_("The record was changed meanwhile: look at what is different and save again"), rule="REG-11")
        self.changes, self.base = changes, base


def check_writes(customer: Customer, *, by: User, now: datetime) -> None:
    """Whoever speaks with the customer writes the record, and only with the customer's consent (PRIV-01)."""
    if not consent.speaks_with(customer, by=by, now=now):
        raise RuleError(_("The owner and the desk write the record: tell one of them what you know"), rule="REG-11")
    consent.check_record(customer)


def of(customer: Customer) -> Dossier | None:
    """The record, its customer beside it so that its words open."""
    found = Dossier.objects.filter(customer=customer).select_related("changed_by").first()
    if found is not None:
        found.customer = customer
    return found


@transaction.atomic
def save(customer: Customer, said: Mapping[str, str], *, version: int, by: User, now: datetime) -> Dossier:
    """Keep what is known. ``version``: the one that was read; Stale if it is not the present one (UX rule 17).

    Every field is optional. What did not change is not written again.
    """
    customer = relock(customer)
    check_writes(customer, by=by, now=now)
    found = of(customer)
    present = found.version if found else 0
    if version != present:
        raise Stale(changes(found, since=version), version_of(found, version))
    before = content.read(found.content) if found else {}
    after = content.stamped(said, before, customer.office.today(now))
    if found is not None and not content.changed(before, after):
        return found
    found = found or Dossier(customer=customer)
    found.content, found.version = content.write(after), present + 1
    found.changed_at, found.changed_by, found._history_user, found._history_date = now, by, by, now
    found.save()
    return found


def opened(row: Any, customer: Customer) -> dict[str, str]:
    """What a row of the history said; nothing after erasure."""
    key = customer.data_key
    if key is None or not row.content_sealed:
        return {}
    where = {"model": "Dossier", "field": "content", "subject": str(customer.uuid)}
    return content.read(crypto.unseal(key, bytes(row.content_sealed), **where))


def version_of(dossier: Dossier | None, version: int) -> dict[str, str]:
    """What the record said in one of its versions; nothing before the first."""
    row = dossier.history.filter(version=version).first() if dossier is not None else None
    return opened(row, dossier.customer) if dossier is not None and row is not None else {}


def changes(dossier: Dossier | None, *, since: int = 0) -> list[Change]:
    """Who changed what when, newest first: the savings after version ``since``."""
    if dossier is None:
        return []
    rows = dossier.history.filter(version__gte=since).select_related("history_user").order_by("-version")
    found = [(row, opened(row, dossier.customer)) for row in rows[: MOST_CHANGES + 1]]
    before = [*(said for _row, said in found[1:]), {}][: len(found)]
    return [
        Change(row.changed_at, row.history_user, row.version, content.changed(was, said))
        for (row, said), was in zip(found, before, strict=True)
        if row.version > since
    ][:MOST_CHANGES]

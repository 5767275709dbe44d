"""Tags by which an office classes its customers (REG-12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import Office, User
from staff.roles import Duty

from .models import Customer, CustomerTag, Tag
from .ownership import relock

MOST = 60


def check_manages(office: Office, *, by: User) -> None:
    """The supervisor or the manager keeps the list of tags."""
    if by.office != office or not by.has(Duty.SUPERVISE):
        raise RuleError(_("The supervisor keeps the list of tags: ask for the one you need"), rule="REG-12")


def check_tags(customer: Customer, *, by: User, now: datetime) -> None:
    """Customers are tagged by their owner and by the supervisor."""
    if by.office == customer.office and by.has(Duty.SUPERVISE):
        return
    if customer.holder(customer.office.today(now)) != by.pk:
        raise RuleError(_("Only the owner and the supervisor tag a customer"), rule="REG-12")


def _free_name(office: Office, name: str, *, but: Tag | None = None) -> str:
    name = " ".join(name.split())
    if not name:
        raise RuleError(_("Enter the word of the tag"), rule="REG-12")
    taken = Tag.objects.annotate(low=Lower("name")).filter(office=office, low=name.lower())
    if taken.exclude(pk=but.pk if but else None).exists():
        raise RuleError(
            _("“%(name)s” is a tag already: use it, or choose another word") % {"name": name}, rule="REG-12"
        )
    return name


def _locked(office: Office, *, by: User) -> None:
    """The office's row is locked, so that its tags are changed one at a time."""
    check_manages(office, by=by)
    Office.objects.select_for_update(of=("self",)).get(pk=office.pk)


@transaction.atomic
def make(office: Office, *, name: str, by: User, now: datetime) -> Tag:
    """A new tag of the office; one that was retired under the same word has to be used again instead."""
    _locked(office, by=by)
    if Tag.objects.filter(office=office, retired_at__isnull=True).count() >= MOST:
        raise RuleError(_("An office has at most %(most)s tags: retire one first") % {"most": MOST}, rule="REG-12")
    made = Tag(office=office, name=_free_name(office, name), made_by=by, made_at=now)
    return _save(made, by=by)


@transaction.atomic
def rename(tag: Tag, *, name: str, by: User) -> Tag:
    """Another word for the same tag: it stays on its customers."""
    _locked(tag.office, by=by)
    tag.name = _free_name(tag.office, name, but=tag)
    return _save(tag, by=by)


@transaction.atomic
def retire(tag: Tag, *, by: User, now: datetime) -> Tag:
    """Put it on nobody any more; where it is it stays, and lists can still be filtered by it."""
    _locked(tag.office, by=by)
    tag.retired_at = tag.retired_at or now
    return _save(tag, by=by)


@transaction.atomic
def restore(tag: Tag, *, by: User) -> Tag:
    """Use a retired tag again."""
    _locked(tag.office, by=by)
    tag.retired_at = None
    return _save(tag, by=by)


def _save(tag: Tag, *, by: User) -> Tag:
    tag._history_user = by  # type: ignore[attr-defined]
    tag.save()
    return tag


def offered(office: Office) -> list[Tag]:
    """The tags in use, by word."""
    return list(Tag.objects.filter(office=office, retired_at__isnull=True).order_by("name", "pk"))


def on(customer: Customer) -> list[CustomerTag]:
    """The tags of a customer, by word."""
    return list(CustomerTag.objects.filter(customer=customer).select_related("tag", "by").order_by("tag__name", "pk"))


@transaction.atomic
def put(customer: Customer, tags: Iterable[Tag], *, by: User, now: datetime) -> list[CustomerTag]:
    """Let the customer have exactly these tags; what was there already keeps its author and time (REG-12)."""
    customer = relock(customer)
    check_tags(customer, by=by, now=now)
    wanted, present = {tag.pk: tag for tag in tags}, {one.tag_id: one for one in on(customer)}
    for tag in wanted.values():
        if tag.office_id != customer.office_id or (tag.retired_at and tag.pk not in present):
            raise RuleError(_("“%(name)s” is no tag in use: choose another") % {"name": tag.name}, rule="REG-12")
    for pk, one in present.items():
        if pk not in wanted:
            one._history_user = by
            one.delete()
    for pk, tag in wanted.items():
        if pk not in present:
            made = CustomerTag(customer=customer, tag=tag, by=by, at=now)
            made._history_user = by  # type: ignore[attr-defined]
            made.save()
    return on(customer)

"""Receptions in hand: helpers let in and out, visitors leaving, the close of the day (REC-12, REC-13)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import transaction
from django.utils.translation import gettext as _

from common.dates import midnight
from common.errors import RuleError
from customers import messages
from customers.models import CustomerGrant, RegisterLine
from customers.models.grants import HELPS, allowing
from staff import notices
from staff.models import AccessLog, Office, Posting, User
from staff.models.log import Look
from staff.roles import DUTIES, Duty

from . import day as days
from .models import Reception


def let_in(helper: User, reception: Reception, *, now: datetime, by: User | None) -> None:
    """Let a helper see and edit the customer until the reception ends, midnight at the latest; logged (REC-13)."""
    if reception.customer is None:
        return
    permission = Permission.objects.get(content_type__app_label="customers", codename=HELPS)
    until = midnight(reception.day + timedelta(days=1), reception.office.timezone)
    CustomerGrant.objects.update_or_create(
        user=helper, permission=permission, content_object=reception.customer, defaults={"until": until}
    )
    AccessLog.objects.create(
        office=reception.office,
        user=helper,
        action=Look.GRANTED,
        subject=f"customer:{reception.customer_id}",
        reason=_("by %(person)s") % {"person": by} if by else "",
        at=now,
    )


def tell_supervisors(office: Office, line: RegisterLine, receiver: User, *, now: datetime) -> None:
    """Put a breach of order before the supervisors of the office (REC-16)."""
    roles = DUTIES[Duty.SUPERVISE]
    people = User.objects.filter(
        pk__in=Posting.objects.holding(office.today(now)).filter(office=office, role__in=roles).values("user")
    )
    text = _("%(person)s took visitor no. %(number)s out of turn") % {"person": receiver, "number": line.number}
    notices.tell_many(people, key=f"breach:{line.pk}", text=text, now=now, link=f"/register/{line.number}/")


@transaction.atomic
def leave(reception: Reception, *, by: User | None, now: datetime) -> Reception:
    """The visitor leaves: receiver and helpers are free, what helpers were granted ends. RuleError if already left."""
    day = days.lock(reception.office, now=now)
    office = reception.office
    locked = Reception.objects.select_related("customer").select_for_update(of=("self",))
    reception = locked.get(pk=reception.pk)
    reception.office = office
    if not reception.is_open(office.today(now)):
        raise RuleError(_("This visitor has left already"), rule="REC-07")
    days.record(day, "left", now=now, by=by, data={"reception": reception.task})
    reception.ended_at = now
    reception.save(update_fields=["ended_at"])
    _end_grants(reception)
    if reception.customer is not None:
        reception.customer.office = office
        messages.thank(reception.customer, cause=f"reception:{reception.pk}", now=now)
    return reception


def _end_grants(reception: Reception) -> None:
    if reception.customer_id is not None:
        allowing(HELPS).filter(content_object_id=reception.customer_id).delete()


def close_at_midnight(reception: Reception) -> None:
    """Write down that a reception nobody ended was closed when its day ended."""
    reception.ended_at = midnight(reception.day + timedelta(days=1), reception.office.timezone)
    reception.closed_at_midnight = True
    reception.save(update_fields=["ended_at", "closed_at_midnight"])
    _end_grants(reception)


@transaction.atomic
def help_with(reception: Reception, *, helper: User, by: User, now: datetime) -> None:
    """REC-13: the supervisor joins, or names somebody present to help; the owner stays the owner."""
    day = days.lock(reception.office, now=now)
    reception = Reception.objects.select_related("office", "customer").get(pk=reception.pk)
    if not reception.is_open(reception.office.today(now)):
        raise RuleError(_("This visitor has left already"), rule="REC-13")
    if by.office != reception.office or not by.has(Duty.SUPERVISE):
        raise RuleError(_("Only the supervisor of this office names a helper"), rule="REC-13")
    if helper.pk != by.pk:
        days.record(day, "helped", now=now, who=helper, by=by, data={"reception": reception.task})
    let_in(helper, reception, now=now, by=by)

"""Who looked at whose data: each opening of a record, reveal of a number, search by number and print (ACC-05)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from common.errors import RuleError
from staff.models import AccessLog, Office, User
from staff.models.log import Look

from .models import Customer, Person, RegisterLine


def note(action: str, subject: str, *, office: Office, by: User, now: datetime, reason: str = "") -> AccessLog:
    """Put down one look; ``subject`` names what was looked at by its id, never by its data."""
    return AccessLog.objects.create(office=office, user=by, action=action, subject=subject, reason=reason[:200], at=now)


def opened(customer: Customer, *, by: User, now: datetime) -> None:
    """The full record of a customer was opened."""
    note(Look.OPENED, f"customer:{customer.pk}", office=customer.office, by=by, now=now)


def opened_line(line: RegisterLine, *, by: User, now: datetime) -> None:
    """A line of the register was opened with all it says."""
    note(Look.OPENED, f"line:{line.number} customer:{line.customer_id}", office=line.office, by=by, now=now)


def looked_up(customer: Customer | None, *, office: Office, by: User, now: datetime) -> None:
    """A full phone number was searched for; whether it was found, never the number."""
    note(Look.LOOKED_UP, f"customer:{customer.pk}" if customer else "nobody", office=office, by=by, now=now)


def reveal(person: Person, *, by: User, now: datetime, reason: str) -> str:
    """The full number of one person, for a reason, logged before it is shown (PRIV-02). RuleError if there is none."""
    if not reason.strip():
        raise RuleError(_("Say what you need the phone number for"), rule="PRIV-02")
    number = person.phone
    if not number:
        raise RuleError(_("No phone number is on record for this person"), rule="PRIV-02")
    customer = person.customer
    subject = f"customer:{customer.pk} person:{person.pk}"
    note(Look.REVEALED, subject, office=customer.office, by=by, now=now, reason=reason.strip())
    return number


def printed(what: str, *, office: Office, by: User, now: datetime) -> int:
    """The number of a print, which its footer carries; ``what`` was printed."""
    return note(Look.PRINTED, what, office=office, by=by, now=now).pk

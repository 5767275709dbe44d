"""Announcing that one leaves: out of the rotation from now on, exports frozen (000/3.4, OFF-04)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from customers import reps
from staff import fitness, leaving, notices
from staff.models import Office, UnfitReason, User

from . import roster


@transaction.atomic
def announce(office: Office, person: User, *, by: User, now: datetime) -> None:
    """``person`` is leaving: no visitors any more, no exports; the supervisors are told to hand the customers over."""
    if leaving.is_leaving(person):
        raise RuleError(_("It is known that %(person)s is leaving") % {"person": person}, rule="OFF-04")
    if fitness.open_time(person) is not None:
        roster.set_fit(office, person, by=by, now=now)
    roster.set_unfit(office, person, reason=UnfitReason.LEAVING, by=by, now=now)
    text = format_lazy(gettext_lazy("{person} is leaving: hand their customers over"), person=str(person))
    people = reps.supervisors(office, office.today(now)).exclude(pk__in=[by.pk, person.pk])
    notices.tell_many(people, key=f"leaving:{person.pk}:{now.date()}", text=text, now=now, link="/handovers/")

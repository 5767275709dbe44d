"""The end of the day: receptions nobody ended are closed when their day ends, and the desk sees which were."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from staff.models import Office

from .helping import close_at_midnight
from .models import Reception


def left_open(office: Office, *, before: date) -> QuerySet[Reception]:
    """Receptions of earlier days that nobody has ended, written down as closed or not yet."""
    return Reception.objects.filter(office=office, day__lt=before, ended_at__isnull=True).select_related("office")


@transaction.atomic
def _close(reception: Reception) -> None:
    current = Reception.objects.select_for_update(of=("self",)).select_related("office").get(pk=reception.pk)
    if current.ended_at is None:
        close_at_midnight(current)


def close_left_open(*, now: datetime, office: Office | None = None) -> int:
    """Write down the receptions that midnight closed; how many. They were over without it (state follows the day)."""
    offices = [office] if office else Office.objects.all()
    closed = 0
    for one in offices:
        for reception in left_open(one, before=one.today(now)):
            _close(reception)
            closed += 1
    return closed

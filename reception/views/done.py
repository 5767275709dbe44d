"""After a check-in: number, decision with its reason, owner, receiver, helpers, and what is still missing."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from common import names, phones
from customers.models import RegisterLine
from customers.registers import details_of, missing
from reception.models import Reception, RotationEvent
from reception.screen import names_of
from staff.access import needs
from staff.roles import Duty


@require_safe
@needs(Duty.CHECK_IN)
def check_in_done(request: HttpRequest, number: int) -> HttpResponse:
    """What was decided on one arrival, for whoever typed it or may see the line."""
    user = request.user
    mine = Q(recorded_by=user) | Q(pk__in=RegisterLine.objects.visible_to(user).filter(number=number).values("pk"))
    lines = RegisterLine.objects.filter(mine, office=user.office)
    line = get_object_or_404(lines.select_related("customer__key", "receiver", "owner", "reception"), number=number)
    details = details_of(line)
    reception = getattr(line, "reception", None)
    context = {
        "line": line,
        "reception": reception,
        "name": names.mask(details.get("name", "")),
        "phone": phones.mask(details.get("phone", "")),
        "missing": missing(details),
        "event": _event(reception),
    }
    return render(request, "reception/done.html", context)


@require_safe
@needs(Duty.CHECK_IN)
def check_in_looked(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who only looks around: no number, and the turn is given back."""
    rows = Reception.objects.visible_to(request.user).filter(customer__isnull=True).select_related("receiver")
    reception = get_object_or_404(rows, pk=pk)
    return render(request, "reception/done.html", {"reception": reception, "event": _event(reception)})


def _event(reception: Reception | None) -> dict[str, object]:
    """Helpers and those who were passed, by name, from the event of the arrival."""
    if reception is None:
        return {}
    event = RotationEvent.objects.filter(
        day__office=reception.office_id, day__day=reception.day, seq=reception.task
    ).first()
    outcome = event.outcome if event else {}
    people = names_of([*outcome.get("helpers", ()), *outcome.get("passed", ())])
    return {
        "helpers": [people[who] for who in outcome.get("helpers", ())],
        "passed": [people[who] for who in outcome.get("passed", ())],
        "breach": outcome.get("breach", False),
    }

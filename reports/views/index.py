"""Where the reports begin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.dates import month_of
from staff.access import needs
from staff.roles import Duty

from .month import month
from .offices import offices


@require_safe
@needs(Duty.SEE_REPORTS)
def reports(request: HttpRequest) -> HttpResponseBase:
    """The present month of one's own office, or the offices side by side for those above offices."""
    office = request.user.office
    if office is None:
        return offices(request)
    return month(request, office.pk, month_of(office.today(timezone.now())))

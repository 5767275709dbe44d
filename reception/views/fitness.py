"""Who is not fit to receive, since when, why, and who says so (OFF-04)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from reception import roster
from reception.forms import sellers
from staff.access import needs
from staff.forms import UnfitForm
from staff.models import Fitness
from staff.roles import Duty

from .board import person_of

TEMPLATE = "reception/unfit.html"
ENDED_SHOWN = 20


@require_safe
@needs(Duty.RULE_FITNESS)
def fitness(request: HttpRequest) -> HttpResponse:
    """Everybody who receives: unfit with reason and author, or fit; and what ended lately."""
    office = request.user.office
    times = Fitness.objects.filter(office=office).select_related("user", "set_by", "ended_by")
    unfit = {time.user_id: time for time in times.filter(until__isnull=True)}
    people = sellers(office, now=timezone.now())
    rows = [{"person": person, "time": unfit.get(pk)} for pk, person in people.items()]
    context = {
        "rows": sorted(rows, key=lambda row: row["time"] is None),
        "unfit": len(unfit.keys() & people.keys()),
        "ended": times.filter(until__isnull=False).order_by("-until", "-pk")[:ENDED_SHOWN],
    }
    return render_part(request, "reception/fitness.html", context, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_FITNESS)
def staff_fitness(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one person out of reception, with one of the four reasons."""
    person = person_of(request, pk)
    open_time = Fitness.objects.filter(user=person, until__isnull=True).select_related("set_by").first()
    form = UnfitForm(request.POST or None)
    context = {"form": form, "person": person, "time": open_time}
    if request.method != "POST":
        return render_part(request, TEMPLATE, context, part="form")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        with refusals_on(form):
            roster.set_unfit(request.user.office, person, reason=reason, by=request.user, now=timezone.now())
            messages.success(request, _("%(person)s is out of reception until you end that") % {"person": person})
            return go(request, "fitness")
    return render_invalid(request, TEMPLATE, context, part="form")


@require_POST
@needs(Duty.RULE_FITNESS)
def fitness_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a person fit again."""
    person = person_of(request, pk)
    try:
        roster.set_fit(request.user.office, person, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("%(person)s is fit to receive again") % {"person": person})
    return go(request, "fitness")

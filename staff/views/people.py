"""The staff of the office: list, one person, hiring, and what may be changed about a posting."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import render_invalid, render_part
from common.templatetags.ui import badge
from staff import credentials, posting
from staff.access import needs
from staff.forms import HireForm
from staff.models import Fitness, Posting, User
from staff.roles import SELLING_ROLES, Duty


def find(request: HttpRequest, pk: int) -> Posting:
    """The present, else the last, posting of a person within the viewer's scope; 404 outside it."""
    # By the id of the user, not by the key to it: only so is a number that no column holds nobody's.
    rows = Posting.objects.visible_to(request.user).filter(user__id=pk).select_related("user", "office")
    rows = rows.order_by("-since", "-pk")
    found = rows.holding(timezone.localdate()).first() or rows.first()
    if found is None:
        raise Http404
    return found


def _by_number(person: dict[str, Any]) -> tuple[bool, int, str]:
    """By staff number; those without one follow, by name."""
    row = person["posting"]
    return row.number is None, row.number or 0, str(row.user)


def former(user: User, query: QueryDict) -> bool:
    """Whether those who left are asked for, by somebody who may see them."""
    return query.get("left") == "1" and user.has(Duty.RULE_STAFF)


def people_of(user: User, *, left: bool) -> list[dict[str, Any]]:
    """Who is posted in the office, by staff number; or who left, the last first."""
    today = timezone.localdate()
    rows = Posting.objects.visible_to(user).select_related("user")
    rows = rows.filter(until__lt=today).order_by("-until") if left else rows.exclude(until__lt=today)
    unfit = Fitness.objects.filter(office=user.office, until__isnull=True)
    reasons = {fitness.user_id: fitness.get_reason_display() for fitness in unfit}
    people = [{"posting": row, "state": _state(row, reasons.get(row.user_id, ""), today)} for row in rows]
    return people if left else sorted(people, key=_by_number)


def _state(row: Posting, unfit: str, today: date) -> SafeString:
    """Where somebody stands, in colour, dot and word."""
    if row.until is not None and row.until < today:
        return badge("gone", _("no longer here"))
    if row.since > today:
        return badge("draft", _("begins later"))
    if unfit:
        return badge("break", unfit)
    return badge("pending", _("leaving")) if row.until else badge("approved", _("in post"))


@require_safe
@needs(Duty.RULE_STAFF, Duty.RULE_FITNESS)
def staff(request: HttpRequest) -> HttpResponse:
    """Who is posted in the office, by staff number; those who left on request."""
    left = former(request.user, request.GET)
    people = people_of(request.user, left=left)
    may_rule = request.user.has(Duty.RULE_STAFF)
    hire_url = reverse("staff_hire") if may_rule else ""
    context = {"people": people, "left": left, "may_rule": may_rule, "hire_url": hire_url}
    return render_part(request, "staff/list.html", context, part="list")


@require_safe
@needs(Duty.RULE_STAFF, Duty.RULE_FITNESS)
def staff_person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: postings, fitness, and what may be done."""
    found = find(request, pk)
    past = Posting.objects.visible_to(request.user).filter(user_id=pk).order_by("-since", "-pk")
    times = Fitness.objects.filter(user_id=pk, office=request.user.office).select_related("set_by", "ended_by")
    history = Posting.history.filter(id__in=[row.pk for row in past]).select_related("history_user")
    context = {
        "posting": found,
        "person": found.user,
        "past": past,
        "times": times.order_by("-since")[:20],
        "history": history.order_by("-history_date", "-history_id")[:30] if request.user.has(Duty.RULE_STAFF) else [],
        "may_rule": request.user.has(Duty.RULE_STAFF),
        "supervises": request.user.has(Duty.SUPERVISE),
        "sells": found.role in SELLING_ROLES,
    }
    return render(request, "staff/person.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.RULE_STAFF)
def staff_hire(request: HttpRequest) -> HttpResponse:
    """Hire: the account, the first posting, and a first password that is shown on this answer only."""
    now = timezone.now()
    form = HireForm(request.POST or None, initial={"since": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        password = credentials.new_password()
        with refusals_on(form):
            user = posting.hire(request.user.office, **form.cleaned_data, password=password, by=request.user, now=now)
            heading = _("%(name)s is hired") % {"name": user}
            return render(request, "staff/password.html", {"person": user, "password": password, "heading": heading})
    if request.method == "POST":
        return render_invalid(request, "staff/hire.html", {"form": form}, part="form")
    return render_part(request, "staff/hire.html", {"form": form}, part="form")


@require_POST
@needs(Duty.RULE_STAFF, Duty.ADMINISTER)
def staff_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new password, shown on this answer only."""
    person = find(request, pk).user
    context: dict[str, Any] = {"person": person, "heading": _("New password of %(name)s") % {"name": person}}
    try:
        context["password"] = credentials.reset(person, by=request.user, now=timezone.now())
    except RuleError as error:
        context["error"] = error
        return render(request, "staff/password.html", context, status=422)
    return render(request, "staff/password.html", context)

"""The officer's pages of web leads: the inbox with its daily check, taking one in, giving out, the ways they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common import counting, keyset, names
from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers.models import Standing
from customers.rows import LINE_FIELDS, line_rows
from reception import channels
from reception import web_leads as rules
from reception.checkin import CheckedIn
from reception.forms_web import ChannelForm, GiveForm, WebForm
from reception.models import LeadChannel, WebCheck
from staff.access import needs
from staff.roles import Duty

INBOX, NEW, CHANNELS = "reception/web_leads.html", "reception/web_new.html", "reception/web_channels.html"
FIELDS = (*LINE_FIELDS, "customer__standing", "customer__owner__name", "customer__number")
ORDER = ("-number",)
PAGE, DAYS = 50, 7


def _rows(request: HttpRequest) -> tuple[keyset.Page, list[dict[str, Any]]]:
    """One page of the leads."""
    found = rules.lines(request.user)
    counted = found.annotate(total=counting.CappedCount(found)).values(*FIELDS)
    page = keyset.page(counted, order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    return page, shown(page.rows)


def shown(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leads as the list shows them; names and numbers are masked here, and opened on the customer's page."""
    return [
        {
            **row,
            "name": names.mask(row["name"]) if row["name"] != "—" else "—",
            "waits": raw["customer__standing"] == Standing.UNASSIGNED,
            "owner": raw["customer__owner__name"],
            "customer_number": raw["customer__number"],
        }
        for raw, row in zip(found, line_rows(found), strict=True)
    ]


def _inbox(request: HttpRequest, form: GiveForm | None = None) -> dict[str, Any]:
    office = request.user.office
    today = office.today(timezone.now())
    page, leads = _rows(request)
    since = today - timedelta(days=DAYS - 1)
    checks = {
        check.day: check
        for check in WebCheck.objects.visible_to(request.user).filter(day__gte=since).select_related("by")
    }
    supervises = request.user.has(Duty.SUPERVISE)
    return {
        "page": page,
        "leads": leads,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "waiting": rules.waiting(office).count(),
        "checked": checks.get(today),
        "days": [(day := today - timedelta(days=n), checks.get(day)) for n in range(DAYS)],
        "opens": request.user.has(Duty.SEE_OFFICE),
        "manages": request.user.has(Duty.SET_POLICY),
        "form": (form or GiveForm(office=office, today=today)) if supervises else None,
    }


@require_safe
@needs(Duty.TAKE_LEADS)
def web_leads(request: HttpRequest) -> HttpResponse:
    """The leads, newest first, whose they are, and whether each day was looked at."""
    return render_part(request, INBOX, _inbox(request), part="list")


def _told(told: CheckedIn) -> str:
    """What the rules said of a lead, in words."""
    assert told.customer is not None
    assert told.line is not None
    words = {"number": told.line.number, "reason": told.reason}
    return _("Registered as no. %(number)s: %(reason)s") % words


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.TAKE_LEADS)
def web_new(request: HttpRequest) -> HttpResponse:
    """Take in a lead that the officer collected; what the rules decide on it is told at once (WEB-02)."""
    office = request.user.office
    form = WebForm(request.POST if request.method == "POST" else None, office=office, user=request.user, people={})
    if request.method != "POST":
        return render_part(request, NEW, {"form": form}, part="form")
    if form.is_valid():
        with refusals_on(form):
            told = rules.take_in(office, form.arrival(), by=request.user, now=timezone.now())
            messages.success(request, _told(told))
            return go(request, "web_leads")
    return render_invalid(request, NEW, {"form": form}, part="form")


@require_POST
@needs(Duty.TAKE_LEADS)
def web_check(request: HttpRequest) -> HttpResponse:
    """Today's leads were looked at (WEB-01)."""
    check = rules.confirm(request.user.office, by=request.user, now=timezone.now())
    words = ngettext("Checked: %(count)s lead today", "Checked: %(count)s leads today", check.found)
    messages.success(request, words % {"count": check.found})
    return go(request, "web_leads")


@require_POST
@needs(Duty.SUPERVISE)
def web_give(request: HttpRequest) -> HttpResponse:
    """Give all waiting leads out evenly among the chosen reps."""
    office, now = request.user.office, timezone.now()
    form = GiveForm(request.POST, office=office, today=office.today(now))
    if form.is_valid():
        with refusals_on(form):
            given = rules.give_out(office, to=list(form.cleaned_data["reps"]), by=request.user, now=now)
            words = ngettext("%(count)s lead given out", "%(count)s leads given out", given)
            messages.success(request, words % {"count": given})
            return go(request, "web_leads")
    return render_invalid(request, INBOX, _inbox(request, form), part="list")


def _channels(request: HttpRequest, form: ChannelForm | None = None, **made: Any) -> dict[str, Any]:
    rows = LeadChannel.objects.visible_to(request.user).select_related("made_by").order_by("-pk")
    return {"form": form or ChannelForm(), "channels": rows, "base": request.build_absolute_uri("/"), **made}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SET_POLICY)
def web_channels(request: HttpRequest) -> HttpResponse:
    """The ways on which leads come in by themselves; a webhook's secret is shown once, on this answer."""
    if request.method != "POST":
        return render_part(request, CHANNELS, _channels(request), part="channels")
    form = ChannelForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            said = form.cleaned_data
            made, secret = channels.make(request.user.office, by=request.user, now=timezone.now(), **said)
            return render_part(request, CHANNELS, _channels(request, made=made, secret=secret), part="channels")
    return render_invalid(request, CHANNELS, _channels(request, form), part="channels")


@require_POST
@needs(Duty.SET_POLICY)
def web_channel_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing comes in on this way any more."""
    found = get_object_or_404(LeadChannel.objects.visible_to(request.user).select_related("office"), pk=pk)
    try:
        channels.close(found, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("Closed: nothing comes in on this way any more"))
    return go(request, "web_channels")

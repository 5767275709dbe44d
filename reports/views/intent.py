"""The intent sheet and its stock-taking (REP-03)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError
from common.htmx import go, render_part, wants_part
from customers.models import Customer
from customers.views.lists import described, page_of
from reports import intent as sheet
from reports import stocktaking
from reports.forms_meeting import IntentFilter
from staff.access import needs
from staff.roles import Duty

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
TEMPLATE = "reports/intent.html"


@require_safe
@needs(*SEES)
def intent(request: HttpRequest) -> HttpResponse:
    """Every active customer by level, with last and next follow-up and days left; ticked off in a stock-taking."""
    user, now = request.user, timezone.now()
    today, taking = user.office.today(now), stocktaking.current(user.office)
    by_owner = user.has(Duty.SEE_OFFICE)
    form = IntentFilter.read(request.GET, office=user.office, by_owner=by_owner, taking=taking is not None)
    scope = sheet.sheet(user, now=now)
    found = sheet.with_contacts(sheet.filtered(scope, form, taking), taking)
    page = page_of(request, found, sheet.FIELDS, order=sheet.ORDER)
    context = {
        "customers": sheet.shown(page.rows, today),
        "levels": sheet.levels(scope),
        "level": form.chosen.get("level", ""),
        "taking": taking,
        "progress": stocktaking.progress(taking, now=now) if taking and user.has(Duty.SUPERVISE) else [],
        "supervises": user.has(Duty.SUPERVISE),
        "may_tick": taking is not None and (user.has(Duty.SUPERVISE) or user.has(Duty.SEE_OWN)),
        "list_name": "intent",
        **described(request, page, form),
    }
    return render_part(request, TEMPLATE, context, part="list")


@require_POST
@needs(*SEES)
def intent_tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a customer off, or take the tick back."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("office"), pk=pk)
    undo = request.POST.get("undo") == "yes"
    rule: Callable[..., Any] = stocktaking.take_back if undo else stocktaking.tick
    try:
        rule(customer, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "intent")
    if wants_part(request):
        row = {"pk": pk, "number": customer.number, "ticked": not undo}
        return render_part(request, TEMPLATE, {"row": row}, part="tick")
    return go(request, "intent")


@require_POST
@needs(Duty.SUPERVISE)
def stock_begin(request: HttpRequest) -> HttpResponse:
    """Begin a stock-taking."""
    try:
        stocktaking.begin(request.user.office, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        messages.success(request, _("The stock-taking has begun: every rep was told"))
    return go(request, "intent")


@require_POST
@needs(Duty.SUPERVISE)
def stock_end(request: HttpRequest) -> HttpResponse:
    """End the stock-taking under way."""
    taking = stocktaking.current(request.user.office)
    try:
        if taking is None:
            raise RuleError(_("No stock-taking is under way: ask the supervisor to begin one"), rule="REP-03")
        ended = stocktaking.end(taking, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
    else:
        words = {"count": ended.left_open}
        messages.success(request, _("The stock-taking has ended. Not ticked off: %(count)s") % words)
    return go(request, "intent")

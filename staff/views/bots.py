"""The bot of each office: set up, tried out, removed; what it was told lately."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from common.templatetags.ui import badge
from staff import bot_secrets, bot_sending
from staff import bots as rules
from staff.access import needs
from staff.forms_bots import BotForm
from staff.models import Bot, Message, MessageState, Office
from staff.outbox import BOT
from staff.roles import Duty

LIST, ONE = "staff/bots.html", "staff/bot.html"
SETS_UP = (Duty.SET_POLICY, Duty.ADMINISTER)
LATEST = 10
COLOURS: dict[str, str] = {
    MessageState.SENT: "approved",
    MessageState.WAITING: "pending",
    MessageState.SENDING: "pending",
    MessageState.WITHHELD: "draft",
}


@require_safe
@needs(*SETS_UP)
def bots(request: HttpRequest) -> HttpResponse:
    """The offices whose bot the viewer sets up."""
    found = rules.offices(request.user).select_related("bot")
    return render(request, LIST, {"rows": [(office, getattr(office, "bot", None)) for office in found]})


def _fetch(request: HttpRequest, pk: int) -> tuple[Office, Bot | None]:
    office = get_object_or_404(rules.offices(request.user), pk=pk)
    return office, Bot.objects.filter(office=office).select_related("set_by").first()


def _context(office: Office, bot: Bot | None, form: BotForm | None = None) -> dict[str, Any]:
    latest = Message.objects.filter(office=office, kind=BOT).order_by("-pk")[:LATEST]
    return {
        "office": office,
        "bot": bot,
        "host": bot_secrets.host(bot) if bot else "",
        "form": form or BotForm(bot=bot),
        "latest": [(one, badge(COLOURS.get(one.state, "returned"), one.get_state_display())) for one in latest],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*SETS_UP)
def bot(request: HttpRequest, pk: int) -> HttpResponse:
    """Set up the bot of an office; its address is kept sealed and never shown again."""
    office, found = _fetch(request, pk)
    if request.method != "POST":
        return render_part(request, ONE, _context(office, found), part="bot")
    form = BotForm(request.POST, bot=found)
    if form.is_valid():
        with refusals_on(form):
            rules.set_up(office, **form.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("The bot is set up: send it a test"))
            return go(request, "bot", pk)
    return render_invalid(request, ONE, _context(office, found, form), part="bot")


@require_POST
@needs(*SETS_UP)
def bot_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test now, and say what became of it."""
    office, _found = _fetch(request, pk)
    try:
        told = bot_sending.try_out(office, by=request.user, now=timezone.now())
    except RuleError as error:
        messages.error(request, str(error))
        return go(request, "bot", pk)
    if told.state == MessageState.SENT:
        messages.success(request, _("Sent: look into the group chat"))
    else:
        words = {"state": told.get_state_display(), "why": told.why}
        messages.error(request, _("The test did not arrive: %(state)s (%(why)s)") % words)
    return go(request, "bot", pk)


@require_POST
@needs(*SETS_UP)
def bot_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """The office has no bot any more."""
    office, _found = _fetch(request, pk)
    rules.remove(office, by=request.user)
    messages.success(request, _("The bot is removed and its address is destroyed"))
    return go(request, "bot", pk)

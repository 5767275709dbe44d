"""What anybody on the internet may use: the form of an office and its signed webhook. Neither tells who is known."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.errors import RuleError
from common.steady import steady
from reception import channels, web_leads
from reception.forms_web import LeadForm
from reception.models import ChannelKind, LeadChannel

FORM, THANKS = "reception/web_lead_form.html", "reception/web_lead_thanks.html"
LONGEST_TOKEN, LONGEST_BODY = 43, 10_000


def _channel(token: str, kind: str) -> LeadChannel:
    found = channels.find(token, kind) if len(token) <= LONGEST_TOKEN else None
    if found is None:
        raise Http404
    return found


def _sender(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request) or "")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@steady
def lead_form(request: HttpRequest, token: str) -> HttpResponse:
    """Name, number and consent. A new number, a known one and a trap that was stepped into get the same answer."""
    channel = _channel(token, ChannelKind.FORM)
    form = LeadForm(request.POST if request.method == "POST" else None, office=channel.office)
    context = {"form": form, "office": channel.office, "token": token}
    if request.method != "POST":
        return render(request, FORM, context)
    if not form.is_valid():
        return render(request, FORM, context, status=422)
    if web_leads.too_many(channel.pk, _sender(request)):
        return render(request, FORM, {**context, "too_many": True}, status=429)
    if not form.cleaned_data["website"]:
        web_leads.take_in_unseen(channel.office, form.arrival(), now=timezone.now())
    return redirect("lead_thanks", token=token)


@login_not_required
@require_safe
def lead_thanks(request: HttpRequest, token: str) -> HttpResponse:
    """The end of the form."""
    return render(request, THANKS, {"office": _channel(token, ChannelKind.FORM).office})


def _said(request: HttpRequest) -> dict[str, Any] | None:
    """The texts of a JSON object; None for anything else."""
    try:
        said = json.loads(request.body)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    texts = {name: said.get(name, "") for name in ("name", "phone", "needs")}
    if not all(isinstance(text, str) and "\x00" not in text for text in texts.values()):
        return None
    return {**texts, "consent": said.get("consent") is True}


@csrf_exempt
@login_not_required
@require_POST
@steady
def lead_hook(request: HttpRequest, token: str) -> HttpResponse:
    """A lead as signed JSON: ``name``, ``phone``, ``needs``, ``consent``; headers X-Timestamp and X-Signature."""
    channel, now = _channel(token, ChannelKind.HOOK), timezone.now()
    signature = request.headers.get("X-Signature", "")
    if request.content_type != "application/json":
        return JsonResponse({"error": "send application/json"}, status=415)
    if len(request.body) > LONGEST_BODY:
        return JsonResponse({"error": "too long"}, status=413)
    try:
        stamp = request.headers.get("X-Timestamp", "")
        channels.verify(channel, timestamp=stamp, signature=signature, body=request.body, now=now)
    except RuleError:
        return JsonResponse({"error": "the signature or its time does not hold"}, status=403)
    if web_leads.too_many(channel.pk):
        return JsonResponse({"error": "too many"}, status=429)
    form = LeadForm({**(_said(request) or {}), "request_id": str(uuid4())}, office=channel.office)
    if not form.is_valid():
        return JsonResponse({"error": "name, phone and consent are needed", "fields": sorted(form.errors)}, status=422)
    if not _taken(channel, form, signature=signature, now=now):
        return JsonResponse({"error": "this message was taken already"}, status=409)
    return JsonResponse({"status": "received"}, status=202)


@transaction.atomic
def _taken(channel: LeadChannel, form: LeadForm, *, signature: str, now: datetime) -> bool:
    """Take a message once; should registering it break, the sender may send the same message again."""
    if not channels.take(channel, signature=signature, now=now):
        return False
    web_leads.take_in_unseen(channel.office, form.arrival(), now=now)
    return True

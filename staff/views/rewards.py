"""Rewards: given, listed, taken back (COND-04)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common import keyset
from common.errors import refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from staff import judging
from staff import rewards as rules
from staff.access import needs
from staff.forms_conduct import RevokeForm, RewardForm
from staff.models import Reward, User
from staff.roles import Duty

PAGE = 30
ORDER = ("-at", "-id")


def given(user: User) -> QuerySet[Reward]:
    """The rewards of those whom ``user`` judges."""
    return Reward.objects.judged_by(user).select_related("person", "given_by")


@require_safe
@needs(Duty.JUDGE)
def rewards(request: HttpRequest) -> HttpResponse:
    """The rewards of those whom the viewer judges, newest first."""
    page = keyset.page(given(request.user), order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    return render_part(request, "staff/rewards.html", {"page": page}, part="list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.JUDGE)
def reward_give(request: HttpRequest) -> HttpResponse:
    """Reward somebody. A double press rewards once."""
    below = judging.below(request.user, on=timezone.localdate())
    people = [(posting.user_id, f"{posting.user} · {posting.get_role_display()}") for posting in below.values()]
    form = RewardForm(request.POST if request.method == "POST" else None, people=people)
    if request.method != "POST":
        return render_part(request, "staff/reward_give.html", {"form": form}, part="form")
    if form.is_valid():
        said: dict[str, Any] = dict(form.cleaned_data)
        posting, cause = below[said.pop("person")], f"form:{said.pop('request_id')}"
        with refusals_on(form):
            rules.give(posting.user, office=posting.office, cause=cause, by=request.user, now=timezone.now(), **said)
            messages.success(request, _("Rewarded: %(person)s was told") % {"person": posting.user})
            return go(request, "rewards")
    return render_invalid(request, "staff/reward_give.html", {"form": form}, part="form")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.JUDGE)
def reward(request: HttpRequest, pk: int) -> HttpResponse:
    """One reward; the manager may take it back."""
    rows = Reward.objects.judged_by(request.user).select_related("person", "office", "given_by", "revoked_by")
    found = get_object_or_404(rows, pk=pk)
    form = RevokeForm(request.POST if request.method == "POST" else None)
    why = refusal(rules.check_revoke, found, by=request.user)
    context = {"reward": found, "form": form, "refusal": why}
    if request.method != "POST":
        return render_part(request, "staff/reward.html", context, part="reward")
    if form.is_valid():
        with refusals_on(form):
            rules.revoke(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Taken back: it counts no more"))
            return go(request, "reward", pk)
    return render_invalid(request, "staff/reward.html", context, part="reward")

"""The tags of the office: made, renamed, retired (REG-12)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import tags as rules
from customers.forms_classes import TagForm
from customers.models import Tag
from staff.access import needs
from staff.roles import Duty

TEMPLATE = "customers/tags.html"


def _context(request: HttpRequest, form: TagForm, **wrong: Any) -> dict[str, Any]:
    """All tags with their use; ``wrong``: ``tag`` and ``rename``, a renaming that was just refused."""
    rows = Tag.objects.visible_to(request.user).annotate(used=Count("customers"))
    shown = [
        (tag, wrong["rename"])
        if wrong.get("tag") == tag.pk
        else (tag, TagForm(initial={"name": tag.name}, auto_id=f"tag{tag.pk}_%s"))
        for tag in rows.order_by("retired_at", "name", "pk")
    ]
    return {"form": form, "tags": shown, "wrong": wrong.get("tag"), "bad": wrong.get("rename")}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SUPERVISE)
def tags(request: HttpRequest) -> HttpResponse:
    """The list; a post makes one."""
    if request.method != "POST":
        return render_part(request, TEMPLATE, _context(request, TagForm()), part="list")
    form = TagForm(request.POST)
    if form.is_valid():
        with refusals_on(form):
            rules.make(request.user.office, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The tag can be used now"))
            return go(request, "tags")
    return render_invalid(request, TEMPLATE, _context(request, form), part="list")


def _tag(request: HttpRequest, pk: int) -> Tag:
    return get_object_or_404(Tag.objects.visible_to(request.user).select_related("office"), pk=pk)


@require_POST
@needs(Duty.SUPERVISE)
def tag_rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Another word for a tag."""
    tag = _tag(request, pk)
    form = TagForm(request.POST, auto_id=f"tag{tag.pk}_%s")
    if form.is_valid():
        with refusals_on(form):
            rules.rename(tag, by=request.user, **form.cleaned_data)
            messages.success(request, _("The tag has its new word"))
            return go(request, "tags")
    return render_invalid(request, TEMPLATE, _context(request, TagForm(), tag=pk, rename=form), part="list")


@require_POST
@needs(Duty.SUPERVISE)
def tag_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it on nobody any more, or use it again: pressing the button undoes the one before."""
    tag = _tag(request, pk)
    if tag.retired_at is None:
        rules.retire(tag, by=request.user, now=timezone.now())
        messages.success(request, _("The tag is put on nobody any more"))
    else:
        rules.restore(tag, by=request.user)
        messages.success(request, _("The tag can be used again"))
    return go(request, "tags")

"""The in-app inbox: what happened that concerns this person."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from common import keyset
from common.htmx import back_or_fragment, go, render_part
from staff import notices
from staff.access import needs_posting
from staff.models import Notice

PAGE = 30
COUNTED = 99


def _context(request: HttpRequest) -> dict[str, Any]:
    """One page of notices, newest first."""
    mine = Notice.objects.visible_to(request.user)
    page = keyset.page(mine, order=("-at", "-id"), cursor=request.GET.get("cursor"), size=PAGE)
    return {"page": page, "unread": any(notice.read_at is None for notice in page.rows)}


@require_safe
@needs_posting
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's notices."""
    return render_part(request, "staff/inbox.html", _context(request), part="list")


@require_safe
@needs_posting
def inbox_unread(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the bell; counted to 99."""
    count = Notice.objects.visible_to(request.user).unread()[: COUNTED + 1].count()
    return render(request, "staff/_unread.html", {"count": count, "most": COUNTED})


@require_POST
@needs_posting
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one notice as read and go to what it is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    notices.mark_read(notice, now=timezone.now())
    if notice.link and url_has_allowed_host_and_scheme(notice.link, None):
        return go(request, notice.link)
    return back_or_fragment(request, "inbox", "staff/inbox.html", _context(request), part="list")


@require_POST
@needs_posting
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    notices.mark_all_read(request.user, now=timezone.now())
    return back_or_fragment(request, "inbox", "staff/inbox.html", _context(request), part="list")

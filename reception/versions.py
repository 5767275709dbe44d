"""The version of today's board, known without SQL: screens ask every two seconds, boards change every few minutes.

A poll carries the stamp of what it has seen. While that is still the version, it is answered before session and
database are touched; a stamp is good for a minute, so that a right withdrawn, a new day and the times on the screen
are looked at anew.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from .models import Day

SEEN_SECONDS = 60
# Where each process has a cache of its own, another's change is seen only when the entry has gone.
KEPT_SECONDS = 5 if settings.REDIS_URL else 1
_signer = TimestampSigner(salt="reception.board")


def _key(office_id: int, day: date | str) -> str:
    return f"board:{office_id}:{day}"


def tell(day: Day) -> None:
    """Make the new version known once the change is committed."""
    key, version = _key(day.office_id, day.day), day.version
    transaction.on_commit(lambda: cache.set(key, version, KEPT_SECONDS))


def current(office_id: int, day: date | str) -> int:
    """The version of an office's board on a day, 0 while nothing has happened; at most one query."""
    key = _key(office_id, day)
    known = cache.get(key)
    if known is not None:
        return known
    found = Day.objects.filter(office=office_id, day=day).values_list("version", flat=True).first() or 0
    # ``add`` leaves alone what a change told meanwhile: this reading may be older.
    cache.add(key, found, KEPT_SECONDS)
    return found


def stamp(office_id: int, day: date, version: int) -> str:
    """What a screen sends back to ask whether there is anything newer; nobody can make one up."""
    return _signer.sign(f"{office_id}.{day}.{version}")


def unchanged(stamped: str) -> bool:
    """Whether a stamp is ours, fresh, and of the version that still holds."""
    try:
        office_id, day, version = _signer.unsign(stamped, max_age=SEEN_SECONDS).split(".")
    except (BadSignature, ValueError):
        return False
    return current(int(office_id), day) == int(version)


class UnchangedBoard:
    """Answers the poll of a screen that has seen everything with 204, before sessions and sign-in are looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        polled = request.method == "GET" and request.path_info == reverse("board_rows")
        if polled and unchanged(request.GET.get("v", "")):
            return HttpResponse(status=204)
        return self.get_response(request)

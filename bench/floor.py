"""The floor: the same work by a bare Django view with session sign-in, a hand-written query and a minimal template.

What the product does on top (encryption, masking, chain, history, rotation, rights, the frame of the page) is what the
ratios to this floor tell.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template import Context, Engine
from django.test import override_settings
from django.urls import path
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from customers.models import Customer, Decision, LineKind, OfficeRegister, RegisterLine, SearchToken, Source, Standing
from staff.models import User

MIDDLEWARE = [
    "bench.floor.own_addresses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bench.floor.sign_in",
]
LINES = """
SELECT l.number, l.at, l.kind, l.first, l.party, l.decision, l.reason, l.source, r.name, o.name
FROM customers_registerline l
LEFT JOIN staff_user r ON r.id = l.receiver_id LEFT JOIN staff_user o ON o.id = l.owner_id
WHERE l.office_id = %s ORDER BY l.number DESC LIMIT 50
"""
FOUND = """
SELECT c.id, c.number, c.standing, c.valid_until, u.name
FROM customers_searchtoken t JOIN customers_customer c ON c.id = t.customer_id LEFT JOIN staff_user u ON u.id = c.owner_id
WHERE t.office_id = %s AND t.kind = 'phone' AND t.digest = %s LIMIT 50
"""
CUSTOMER = (
    "SELECT number, standing, since, valid_until, owner_id FROM customers_customer WHERE office_id = %s AND id = %s"
)
PARTS = (
    "SELECT id, relation, added_at FROM customers_person WHERE customer_id = %s ORDER BY id",
    """SELECT e.basis, e.since, e.until, e.ended, e.valid_until, u.name FROM customers_episode e
    JOIN staff_user u ON u.id = e.owner_id WHERE e.customer_id = %s ORDER BY e.id DESC""",
    """SELECT l.number, l.at, l.kind, l.decision, l.reason, r.name, o.name FROM customers_registerline l
    LEFT JOIN staff_user r ON r.id = l.receiver_id LEFT JOIN staff_user o ON o.id = l.owner_id
    WHERE l.customer_id = %s ORDER BY l.number DESC LIMIT 50""",
    """SELECT f.at, f.manner, f.reached, f.has_result, f.next_on, f.signature, u.name FROM customers_followup f
    LEFT JOIN staff_user u ON u.id = f.author_id WHERE f.customer_id = %s ORDER BY f.at DESC LIMIT 50""",
)
PAGE = Engine().from_string(
    "<!doctype html><title>Floor</title><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def own_addresses(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: these requests know the addresses of this module alone."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__
        return get_response(request)

    return answer


def sign_in(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the person of the session as Django itself looks them up, the session's hash compared."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        request.user = User.objects.get(pk=request.session[SESSION_KEY])
        if not constant_time_compare(request.session[HASH_SESSION_KEY], request.user.get_session_auth_hash()):
            raise PermissionDenied
        return get_response(request)

    return answer


def application() -> WSGIHandler:
    """The floor's own application, beside the product's in the same process."""
    with override_settings(MIDDLEWARE=MIDDLEWARE, SESSION_ENGINE="django.contrib.sessions.backends.db"):
        return WSGIHandler()


def rows_of(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a hand-written query gives."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def page(rows: list[tuple[Any, ...]]) -> HttpResponse:
    """The rows in the plainest table."""
    return HttpResponse(PAGE.render(Context({"rows": rows})))


@login_required
def lines(request: HttpRequest, office: int) -> HttpResponse:
    """The last 50 lines of the register."""
    return page(rows_of(LINES, office))


@login_required
def find(request: HttpRequest, office: int, digest: str) -> HttpResponse:
    """The customer of one number."""
    return page(rows_of(FOUND, office, bytes.fromhex(digest)))


@login_required
def customer(request: HttpRequest, office: int, pk: int) -> HttpResponse:
    """One customer with people, episodes, lines and contacts."""
    return page([*rows_of(CUSTOMER, office, pk), *(row for query in PARTS for row in rows_of(query, pk))])


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """Nothing changed since the version that the screen has seen."""
    return HttpResponse(status=204 if cache.get("floor") == request.GET.get("v") else 200)


@login_required
def check_in(request: HttpRequest, office: int) -> HttpResponse:
    """A visitor registered by five statements."""
    five_by_orm(office, request.user.pk, os.urandom(32))
    return HttpResponse(status=302, headers={"Location": "/"})


@transaction.atomic
def five_by_orm(office: int, who: int | None, digest: bytes) -> None:
    """Looked up, counter locked, customer and line written, counter advanced: no more than any register does."""
    now = timezone.now()
    SearchToken.objects.filter(office_id=office, kind="phone", digest=digest).first()
    counter = OfficeRegister.objects.select_for_update(of=("self",)).get(office_id=office)
    number = counter.last_number + 1
    day = timezone.localdate(now)
    party = Customer.objects.create(
        office_id=office,
        standing=Standing.ACTIVE,
        owner_id=who,
        since=day,
        valid_until=day,
        number=number,
        registered_at=now,
    )
    RegisterLine.objects.create(
        office_id=office,
        number=number,
        kind=LineKind.VISIT,
        at=now,
        customer=party,
        decision=Decision.NEW,
        reason="new",
        opens=True,
        first=True,
        source=Source.WALK_IN,
        receiver_id=who,
        owner_id=who,
        recorded_by_id=who,
        request_id=uuid4(),
        details_sealed=b"",
        commit="",
        prev=counter.head,
        digest=counter.head,
    )
    OfficeRegister.objects.filter(pk=counter.pk).update(last_number=number)


urlpatterns = [
    path("lines/<int:office>/", lines),
    path("find/<int:office>/<str:digest>/", find),
    path("customer/<int:office>/<int:pk>/", customer),
    path("board/", board),
    path("check-in/<int:office>/", check_in),
]

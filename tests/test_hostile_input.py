"""Every field and parameter against what no form would send: never a 500, never an echo as markup, always in words."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict
from django.test import override_settings

from customers.models.register import OfficeRegister
from tests.markup import Page
from tests.walk import ADDRESSES, INVALID, METHODS, SHOWN, VISIT, WORLDWIDE, Address
from tests.world import VIEWERS, Answer, World, opened, quiet_refusals

pytestmark = pytest.mark.django_db
SECONDS = 2
FORM = "application/x-www-form-urlencoded"
MARKUP = '"\'><script>zq7()</script><img src=x onerror=zq7()><b zq7="</textarea></title><style>zq7'
VALUES: dict[str, Any] = {
    "NUL": "a\x00b",
    "long": "x" * 15_000,
    "right to left": "\u202eمرحبا\u200f\u2066",
    "emoji": "👩‍👩‍👧‍👦🏠\ufe0f𠮷",
    "markup": MARKUP,
    "template": "{{ request.user.password }}{% debug %}${7*7}",
    "formula": '=HYPERLINK("http://evil.example","x")',
    "quotes": "' OR 1=1 --\\\";",
    "negative": "-1",
    "zero": "0",
    "huge": "9" * 30,
    "not a number": "NaN",
    "infinite": "1e999",
    "superscript": "²",
    "full width": "１２３",
    "last day": "9999-12-31",
    "first day": "0001-01-01",
    "header": "x\r\nSet-Cookie: a=b",
    "path": "../../../../etc/passwd",
    "blank": " \t\u3000\u200b ",
    "doubled": ["1", "2"],
}
LONGEST = "x" * 100_000
LARGE = 10  # fields; in a larger form only the first two are tried in each alone
# One at a time only these: the others were all tried together, and each field looks at its own.
ALONE = {name: VALUES[name] for name in ("markup", "huge", "last day", "doubled")} | {"longest": LONGEST}
EXTRA = ("cursor", "find", "next", "v", "id", "office", "is_superuser")
BODIES: dict[str, tuple[bytes, str, set[int]]] = {
    "gbk": ("name=张".encode("gbk"), f"{FORM}; charset=gbk", {400}),
    "not UTF-8": (b"name=%C3%28&q=%FF", FORM, {400}),
    "raw bytes": (b"name=\xff\xfe", FORM, {400}),
    "ten megabytes": (b"name=" + b"x" * 10 * 1024 * 1024, FORM, {413}),
    "too many fields": (b"&".join(b"a%d=1" % n for n in range(500)), FORM, {400}),
    "no boundary": (b"anything", "multipart/form-data", {400}),
    "cut short": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
        "multipart/form-data; boundary=x",
        set(),
    ),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="name"; filename="../a.exe"\r\n\r\nMZ\x00\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
        set(),
    ),
    "JSON": (b'{"name": ["x"]}', "application/json", set()),
    "broken JSON": (b'{"name":', "application/json", set()),
    "XML": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "text/xml", set()),
    "nothing": (b"", FORM, set()),
    "no type": (b"name=x", "", set()),
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The planted office."""
    with quiet_refusals(), opened(django_db_blocker) as world:
        yield world


def who_may(address: Address, method: str) -> str:
    """Somebody for whom ``method`` does something on ``address``."""
    fit = [v for v in VIEWERS if address.carries(v) and address.exists_for(v)]
    return next((v for v in fit if address.expected(v, method) in (200, 302)), fit[0])


def faults(answer: Answer, seconds: float) -> list[str]:
    """What is wrong with the answer to something hostile."""
    found = [f"answered {answer.status}"] if answer.status >= 500 else []
    found += [f"took {seconds:.1f} s"] if seconds > SECONDS else []
    kind = answer.response.get("Content-Type", "")
    if kind.startswith("text/html"):
        found += Page(answer.body).found
        found += ["markup came back as markup"] if "<script>zq7" in answer.body or "<img src=x" in answer.body else []
    if 400 <= answer.status < 500 and answer.body and not re.search(r"[\u4e00-\u9fff]|\w+ \w+", answer.body):
        found.append("refused without words")
    return found


def tried(world: World, viewer: str, method: str, path: str, data: Any = None, **extra: Any) -> list[str]:
    """The faults of one request; the time is the processor's own, for machines are busy."""
    began = time.process_time()
    answer = world.ask(viewer, method, path, data, **extra)
    return faults(answer, time.process_time() - began)


def query(pairs: dict[str, Any]) -> str:
    """An address's question, a list as a doubled parameter."""
    said = QueryDict(mutable=True)
    for name, value in pairs.items():
        said.setlist(name, value if isinstance(value, list) else [value])
    return said.urlencode()


def assault(world: World, address: Address) -> list[str]:
    """Every parameter and every field of one address, all at once and one by one."""
    found = []
    if address.get:
        viewer, path = who_may(address, "GET"), address.path(world)
        names = sorted({*address.asks.split(), *EXTRA})
        for label, asked in mixtures(names, {}):
            told = tried(world, viewer, "GET", f"{path}?{query(asked)}")
            found += [f"GET {address} {label}: {fault}" for fault in told]
    if address.post:
        viewer, path, typed = who_may(address, "POST"), address.path(world), address.data(world)
        shown = Page(world.ask(viewer, "GET", path).body).fields if address.get else set()
        names = sorted({*typed, *shown, *EXTRA} - {"csrfmiddlewaretoken"})
        for label, asked in mixtures(names, typed):
            told = tried(world, viewer, "POST", path, asked)
            found += [f"POST {address} {label}: {fault}" for fault in told]
    return found


def mixtures(names: list[str], good: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(label, what is sent): each value in every field, then some in each field with the others as they should be.

    A page that asks for nothing is only shown that it is asked for something.
    """
    asks = set(names) - set(EXTRA)
    for label, value in (VALUES if asks else ALONE).items():
        yield f"everywhere {label}", good | dict.fromkeys(names, value)
    for name in names:
        if name not in EXTRA:
            for label, value in (ALONE if len(asks) <= LARGE else dict(list(ALONE.items())[:2])).items():
                yield f"{name} {label}", good | {name: value}


# One of each: the figures of the fairness and the buttons of the board take the same parameters.
ONCE = list({address.name: address for address in reversed(ADDRESSES) if address.get or address.post}.values())
ADDED = [address for address in ADDRESSES if address.name == "line_add" and address not in ONCE]


@pytest.mark.parametrize("address", ONCE + ADDED, ids=str)
def test_no_field_breaks_a_page(world, address):
    found = assault(world, address)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize("address", [a for a in ONCE if a.post], ids=str)
def test_no_body_breaks_a_page(world, address):
    viewer, path = who_may(address, "POST"), address.path(world)
    for label, (body, kind, wanted) in BODIES.items():
        answer = world.ask(viewer, "POST", path, body, content_type=kind)
        assert faults(answer, 0) == [], label
        assert answer.status in (wanted or {200, 302, 400, 403, 404, 409, 415, 422, 429}), f"{label}: {answer.status}"


@pytest.mark.parametrize(
    "tail", ["%00", "%ff%fe", "%2e%2e/", "9" * 40 + "/", "-1/", "²/", "0/", "a" * 5000, "?%00", "?a=%ff"]
)
def test_no_address_breaks_the_product(world, tail):
    for begin in ("/", "/customers/", "/register/", "/tv/", "/board/", "/checkin/done/", "/inbox/", "/staff/"):
        for method in METHODS:
            assert tried(world, "supervisor", method, begin + tail) == [], begin + tail


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Current-URL": MARKUP},
        {"HX-Request": MARKUP},
        {"Accept-Language": "x" * 9000},
        {"HX-Current-URL": "//[", "HX-Request": "true"},
        {"Cookie": "sessionid=" + "x" * 500},
        {"Host": "evil.example"},
        {"X-Forwarded-For": MARKUP},
        {"Referer": "//["},
    ],
)
def test_no_header_breaks_a_page(world, headers):
    for viewer in ("supervisor", "anonymous"):
        for path in ("/customers/", "/board/", "/accounts/login/"):
            assert tried(world, viewer, "GET", path, headers=headers) == []


@pytest.mark.parametrize("address", [a for a in ONCE if any(callable(value) for value in a.args.values())], ids=str)
def test_no_id_breaks_a_page(world, address):
    """Numbers that no column holds: nothing is there, for every id in the address."""
    path, method = address.path(world), "GET" if address.get else "POST"
    viewer, data = who_may(address, method), address.data(world) if address.post else None
    for n in ("0", "9" * 10, "9" * 19, "9" * 40):
        for found in re.finditer(r"(?<=/)\d+(?=/)", path):
            answer = world.ask(
                viewer, method, path[: found.start()] + n + path[found.end() :], data if method == "POST" else None
            )
            assert (answer.status, faults(answer, 0)) == (404, []), f"{path} with {n}"


def test_unknown_fields_change_nothing(world):
    """Neither owner nor number nor rights are taken from a form that does not ask for them."""
    said = {
        **VISIT,
        "number": "500",
        "owner": "1",
        "owner_id": "1",
        "office": "99",
        "at": "2020-01-01",
        "decision": "new",
    }
    before = OfficeRegister.objects.get(office=world.house.office).last_number
    told = world.ask("clerk", "POST", "/checkin/", said)
    assert told.response.headers["Location"] == f"/checkin/done/{before + 1}/"
    world.ask("owner", "POST", "/theme/", {"theme": "dark", "is_superuser": "1", "is_staff": "1"})
    assert not type(world.people["owner"]).objects.filter(is_superuser=True).exists()


TWINS = [
    ("reflecting", "markup came back as markup"),
    ("stumbling", "answered 500"),
    ("stumbling", "superscript: answered 500"),
]


@override_settings(ROOT_URLCONF="tests.broken_urls")
@pytest.mark.parametrize(("name", "fault"), TWINS)
def test_a_view_that_believes_what_it_is_sent_is_caught(world, name, fault):
    assert fault in "\n".join(assault(world, Address(name, WORLDWIDE, get=SHOWN, asks="q", public=True)))


def test_a_form_that_is_refused_keeps_what_was_typed(world):
    """A mistake in one field costs nothing of the others."""
    kept = {
        "/checkin/": ({**VISIT, "party": "0"}, ("name", "phone", "needs", "companions")),
        "/calls/new/": ({"phone": "123", "name": "来电", "needs": "两房"}, ("phone", "name", "needs")),
    }
    for path, (said, names) in kept.items():
        for headers in ({}, {"HX-Request": "true"}):
            answer = world.ask("clerk", "POST", path, said, headers=headers)
            assert answer.status == INVALID
            assert [name for name in names if said[name] not in answer.body] == []
            assert json.dumps(said.get("request_id", ""))[1:-1] in answer.body

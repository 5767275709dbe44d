"""Every page as a browser takes it: nothing inline, nothing from outside, no framing, cookies closed, forms guarded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.markup import page_faults
from tests.walk import ADDRESSES, Address, data_of
from tests.world import ANONYMOUS, PASSWORD, VIEWERS, Answer, World, opened, quiet_refusals

pytestmark = pytest.mark.django_db
OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "https:///evil.example",
    "/\t/evil.example",
    " //evil.example",
    "https://testserver@evil.example/",
    "/%0d%0aLocation: https://evil.example",
]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The planted office."""
    with quiet_refusals(), opened(django_db_blocker) as world:
        yield world


def answered(world: World, address: Address) -> Iterator[tuple[str, str, Answer]]:
    """The answers to somebody who may, to somebody who may not, and to a visitor, as page and as part."""
    may = next(viewer for viewer in VIEWERS if address.carries(viewer) and address.exists_for(viewer))
    part = {"HX-Request": "true"}
    for viewer, method, headers in (
        *((may, method, headers) for method in ("GET", "POST") for headers in ({}, part)),
        *(("finance", method, {}) for method in ("GET", "POST", "DELETE")),
        ("neighbour_manager", "POST", {}),
        *((ANONYMOUS, "GET", headers) for headers in ({}, part)),
    ):
        data = address.data(world) if method == "POST" else None
        yield viewer, method, world.ask(viewer, method, address.path(world), data, headers=headers)


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_every_answer_is_closed(world, address):
    found = [
        f"{viewer} {method}: {fault}"
        for viewer, method, answer in answered(world, address)
        for fault in page_faults(answer.response)
    ]
    assert found == []


@override_settings(ROOT_URLCONF="tests.broken_urls")
def test_a_page_with_everything_open_is_caught(world):
    assert page_faults(world.ask(ANONYMOUS, "GET", "/broken/inline/").response) == [
        "another content policy",
        "may be framed",
        "cookie plain is open to scripts or other sites",
        "inline onload on <body>",
        "inline <style>",
        "inline style on <p>",
        "inline <script>",
        "src=https://elsewhere.example/pixel.gif on <img>",
        "href=javascript:go() on <a>",
    ]


@pytest.mark.parametrize("to", OUTSIDE)
def test_next_never_leads_out(world, to):
    said = {"login": world.people["owner"].username, "password": PASSWORD, "next": to}
    answers = [
        world.ask(ANONYMOUS, "POST", "/accounts/login/", said),
        world.ask("owner", "GET", "/accounts/login/", {"next": to}),
        world.ask("owner", "POST", "/accounts/logout/", {"next": to}),
        world.ask("owner", "POST", "/language/", {"language": "en", "next": to}),
        world.ask("owner", "POST", "/theme/", {"theme": "dark", "next": to}),
    ]
    for answer in answers:
        assert answer.status in (200, 302, 400)
        place = answer.response.headers.get("Location", "/")
        assert place.startswith("/"), place
        assert place[1:2] not in ("/", "\\"), place
        assert "evil.example" not in place or place.startswith(("/accounts/login/?next=", "/%"))


def test_signing_in_changes_the_session_and_signing_out_ends_it(world):
    client = Client()
    client.cookies["sessionid"] = before = "f" * 32
    said = {"login": world.people["owner"].username, "password": PASSWORD}
    response = client.post("/accounts/login/", said)
    cookie = response.cookies["sessionid"]
    assert response.status_code == 302
    assert cookie.value not in ("", before)
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    kept = cookie.value
    assert client.get("/customers/").status_code == 200
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = kept
    assert client.get("/customers/").status_code == 302


def test_behind_https_cookies_stay_there():
    assert {name: getattr(settings, name) for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")} == dict.fromkeys(
        ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"), settings.HTTPS
    )


def unforgeable(world: World, path: str, data: object) -> list[str]:
    """What is wrong with the answers to a post from another site and to one with a made-up token."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["sessionid"] = world.cookies["manager"]
    found = []
    for headers, more in (({}, {}), ({"Origin": "https://evil.example"}, {}), ({}, {"csrfmiddlewaretoken": "a" * 64})):
        response = client.post(path, {**data_of(data, world), **more}, headers=headers)
        found += [] if response.status_code == 403 else [f"{path} answered {response.status_code} without a token"]
    return found


# Other programs post here: a signature over the body stands for the token, and a post without one is refused.
SIGNED = {"lead_hook"}
POSTS = {str(address): address for address in ADDRESSES if address.post and address.name not in SIGNED}


def test_a_post_of_another_program_is_refused_without_its_signature(world):
    for address in ADDRESSES:
        if address.name in SIGNED:
            for kind in ("application/json", "application/x-www-form-urlencoded"):
                answer = world.ask(
                    ANONYMOUS, "POST", address.path(world), b'{"phone": "15400000001"}', content_type=kind
                )
                assert answer.status in (400, 401, 403, 415)
                assert answer.wrote == []


@pytest.mark.parametrize("address", POSTS.values(), ids=str)
def test_no_post_comes_from_another_site(world, address):
    assert unforgeable(world, address.path(world), address.typed) == []


@override_settings(ROOT_URLCONF="tests.broken_urls")
def test_a_post_that_anybody_can_forge_is_caught(world):
    assert len(unforgeable(world, "/broken/forgeable/", {})) == 3

"""A real browser against a live server: Chromium of the machine, signed in without typing."""

import os

import pytest
from django.conf import settings
from django.test import Client

from ops import machine

from .seat import HARMLESS, sit_down

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.fixture(scope="session", autouse=True)
def database_beside_the_browser():
    """The browser's driver runs an event loop in this thread; the database is used beside it, never within it."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium, or a failure in words."""
    path = machine.browser()
    if path is None:
        pytest.fail("No Chromium here: install it or name it in CHROMIUM")
    return browser_type_launch_args | {"executable_path": path, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A desk's screen, whose browser prefers English: the product speaks Chinese all the same."""
    return browser_context_args | {"viewport": {"width": 1400, "height": 900}, "locale": "en-US"}


@pytest.fixture
def sign_in(context, live_server):
    """Give the browser the session of a person."""

    def give(user):
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    return give


@pytest.fixture
def faults(page):
    """What the browser complained about: errors of scripts, and whatever the content policy stopped."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on(
        "console",
        lambda message: (
            found.append(message.text) if message.type == "error" and not message.text.startswith(HARMLESS) else None
        ),
    )
    return found


@pytest.fixture
def seats(browser, live_server):
    """Everybody's screens; at the end none of their pages may have had a fault."""
    taken = []

    def take(user, *, width, scheme):
        taken.append(sit_down(browser, live_server.url, user, width=width, scheme=scheme))
        return taken[-1]

    yield take
    for seat in taken:
        seat.page.context.close()
    assert [fault for seat in taken for fault in seat.found] == []

"""One person at a screen of their own: the pages they open are looked at as they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

PHONE, DESK = 390, 1400
# An answer that is no 200 is looked at by itself; a count of the menu is given up when its page is left.
HARMLESS = ("Failed to load", "htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")


@dataclass
class Seat:
    """A browser window of one person; ``found`` collects what was wrong with its pages."""

    page: Any
    url: str
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(15_000)
        self.page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)

    def _heard(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(HARMLESS):
            self.found.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.found.append(f"outside: {request.url}")

    def go(self, path: str) -> Any:
        """Open a page and look at it."""
        answer = self.page.goto(self.url + path)
        if not answer.ok:
            self.found.append(f"{path}: {answer.status}")
        return self.look()

    def look(self) -> Any:
        """The page as it is now has no fault that a machine can see: contrast, names, order; nothing sticks out."""
        where = self.page.url.removeprefix(self.url)
        self.found += [f"{where}: {one['id']}" for one in Axe().run(self.page).response["violations"]]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.found.append(f"{where}: scrolls sideways")
        if self.page.locator("main .btn.primary:visible").count() > 1:
            self.found.append(f"{where}: more than one primary button")
        return self.page

    def press(self, words: str) -> Any:
        """Press the button with these words, and look at what comes."""
        return self.send(self.page.get_by_role("button", name=words).first)

    def send(self, button: Any) -> Any:
        """Press a button that sends something, wait for the page or the part that answers, and look at it."""
        self.page.evaluate("document.documentElement.dataset.before = 'yes'")
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as told:
            button.click()
        part = "hx-request" in told.value.request.headers and "hx-redirect" not in told.value.headers
        answered = "html:not(:has([aria-busy=true]))" if part else "html:not([data-before])"
        self.page.wait_for_selector(answered, state="attached")
        self.page.wait_for_load_state()
        return self.look()

    def enter(self, form: str, **said: Any) -> Any:
        """Fill in the form whose address ends so, field by field as a person would, send it, and look at what comes."""
        found = f"form:is([action$='{form}'], [action*='{form}?'])"
        box = self.page.locator(found).first
        folded = self.page.locator(f"details:not([open]):has({found}) > summary")
        if folded.count():
            folded.first.click()
        for name, value in said.items():
            self._fill(box, name, value)
        return self.send(box.locator("button[type=submit]").first)

    def follow(self, link: Any) -> Any:
        """Open what a link leads to, and look at it."""
        with self.page.expect_navigation():
            link.click()
        return self.look()

    def _fill(self, box: Any, name: str, value: Any) -> None:
        field = box.locator(f"[name={name}]").first
        kind = field.evaluate("field => field.type")
        if kind in ("radio", "checkbox"):
            for one in value if isinstance(value, list) else [value]:
                box.locator(f"label:has(input[name={name}][value='{one}'])").click()
        elif kind == "select-one":
            field.select_option(str(value))
        elif kind == "file":
            field.set_input_files(value)
        else:
            field.fill(value)

    def fetch(self, link: Any) -> bytes:
        """The file that a link gives."""
        with self.page.expect_download() as told:
            link.click()
        return Path(told.value.path()).read_bytes()

    def in_reach_of_a_thumb(self, selector: str) -> bool:
        """Whether a control lies in the lower half of the screen and is tall enough for a thumb."""
        box, screen = self.page.locator(selector).bounding_box(), self.page.viewport_size
        return box["y"] > screen["height"] / 2 and box["y"] + box["height"] <= screen["height"] and box["height"] >= 44


def sit_down(browser: Any, url: str, user: Any | None, *, width: int, scheme: str) -> Seat:
    """A person signed in (or a stranger) with a screen of this width in these colours."""
    phone = {"has_touch": True, "is_mobile": True} if width == PHONE else {}
    size = {"width": width, "height": 844 if width == PHONE else 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, locale="en-US", **phone)
    if user is not None:
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    return Seat(context.new_page(), url)

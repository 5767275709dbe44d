"""What a page may not hold: anything inline, anything from outside, anything that a visitor typed as markup."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from django.http import HttpResponse

from common.middleware import ATTACHMENT_POLICY, CONTENT_SECURITY_POLICY

LINKS = ("href", "src", "action", "formaction", "data", "poster", "srcset", "hx-get", "hx-post", "hx-put", "hx-delete")
HTMX = {"HX-Request": "true"}
VOID = ("javascript", "vbscript")


class Page(HTMLParser):
    """Collects what a browser would run, load or send elsewhere."""

    def __init__(self, body: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.forms: list[dict[str, str]] = []
        self.fields: set[str] = set()
        self.tokens = 0
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag: nothing inline, every address ours; forms and their fields are remembered."""
        said = {name: value or "" for name, value in attrs}
        if tag == "style" or (tag == "script" and "src" not in said):
            self.found.append(f"inline <{tag}>")
        if tag in ("iframe", "object", "embed", "base"):
            self.found.append(f"<{tag}>")
        for name, value in said.items():
            if name == "style" or name.startswith(("on", "hx-on")) or (name.startswith("hx-") and "js:" in value):
                self.found.append(f"inline {name} on <{tag}>")
            if name in LINKS and is_outside(value):
                self.found.append(f"{name}={value[:60]} on <{tag}>")
        if tag == "form":
            self.forms.append(said)
        self.tokens += said.get("name") == "csrfmiddlewaretoken"
        if tag in ("input", "select", "textarea", "button") and said.get("name"):
            self.fields.add(said["name"])


def is_outside(address: str) -> bool:
    """Whether an address leads out of the product, or runs something."""
    if address.startswith("http://testserver/"):
        return False  # the address of a display is shown in full
    parts = urlsplit(address.strip().replace("\\", "/"))
    if parts.scheme in ("tel", "data"):
        return parts.scheme == "data" and not parts.path.startswith("image/svg+xml")
    return bool(parts.scheme or parts.netloc)


def page_faults(response: HttpResponse) -> list[str]:
    """What is wrong with an answer as a page: headers, cookies, markup."""
    headers = response.headers
    attached = headers.get("Content-Disposition", "").startswith("attachment")
    policies = {CONTENT_SECURITY_POLICY, ATTACHMENT_POLICY} if attached else {CONTENT_SECURITY_POLICY}
    found = [] if headers.get("Content-Security-Policy") in policies else ["another content policy"]
    found += [] if headers.get("X-Frame-Options") == "DENY" else ["may be framed"]
    found += [] if headers.get("X-Content-Type-Options") == "nosniff" else ["may be sniffed"]
    found += [] if "no-store" in headers.get("Cache-Control", "") else ["may be stored"]
    for name, cookie in response.cookies.items():
        if cookie.value and not (cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict")):
            found.append(f"cookie {name} is open to scripts or other sites")
    if response.get("Content-Type", "").startswith("text/html"):
        page = Page(response.content.decode())
        posting = [form for form in page.forms if form.get("method", "").lower() == "post"]
        found += page.found
        found += [f"{len(posting)} forms, {page.tokens} tokens"] if len(posting) > page.tokens else []
    return found

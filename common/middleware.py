"""The first two layers around every request: what is refused unread, and what every answer carries."""

import logging
import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.utils.translation import gettext as _

log = logging.getLogger("common.security")

GetResponse = Callable[[HttpRequest], HttpResponseBase]
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
UNREADABLE = {"\x00", "\ufffd"}  # NUL, and what Django puts where bytes were no UTF-8
DRAIN_LIMIT = 32 * 1024 * 1024

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
# A file that somebody attached runs nothing at all, not even what our own pages may.
ATTACHMENT_POLICY = "default-src 'none'; sandbox"
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """Puts the content policy and its companions on every answer; a page with people's data is never stored."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class RejectBadInput:
    """Answers what no page can read with a 4xx in words, before anything else looks at it.

    Without it Django answers a form in a foreign charset with an error of its own making (500), and a NUL byte
    reaches PostgreSQL, which refuses the whole statement.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        status = fault_of(request)
        if status is None:
            return self.get_response(request)
        log.warning("refused unread: %s %s with %d", request.method, ascii(request.path[:200]), status)
        with translation.override(visitor_language(request)):
            return HttpResponse(
                sentence_for(status, most_bytes(request)), status=status, content_type="text/plain; charset=utf-8"
            )


def fault_of(request: HttpRequest) -> int | None:
    """The status to refuse ``request`` with, or None when it can be read."""
    charset = (request.content_params or {}).get("charset", "utf-8").strip("\"'").lower()
    if charset != "utf-8" or "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
        return 400
    if content_length(request) > most_bytes(request):
        drain(request)
        return 413
    if request.method == "POST" and request.content_type in FORMS:
        return fault_of_form(request)
    return None


def fault_of_form(request: HttpRequest) -> int | None:
    """The status to refuse a form with: unreadable, not UTF-8, too many fields or a NUL byte in it."""
    try:
        if request.content_type == FORMS[0]:
            unquote_to_bytes(request.body).decode("utf-8")
        fields = request.POST.lists()
    except RequestDataTooBig:
        return 413
    except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError, UnicodeError):
        return 400
    broken = any(UNREADABLE & set(text) for name, values in fields for text in (name, *values))
    return 400 if broken else None


def most_bytes(request: HttpRequest) -> int:
    """How large a body may be: larger where files are uploaded, and there only for a browser that has a session."""
    usual: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type != FORMS[1] or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return usual
    return next((most for path, most in settings.UPLOADS.items() if re.fullmatch(path, request.path)), usual)


def content_length(request: HttpRequest) -> int:
    """The announced length of the body in bytes; 0 when there is none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def drain(request: HttpRequest) -> None:
    """Reads an oversized body to nowhere: a server that hangs up on a sending browser is never heard."""
    read = 0
    try:
        while read < DRAIN_LIMIT and (chunk := request.read(65536)):
            read += len(chunk)
    except OSError:
        log.info("the sender of an oversized body hung up")


def visitor_language(request: HttpRequest) -> str:
    """The language chosen on this device, or the house's; good before anybody is signed in."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def sentence_for(status: int, most: int) -> str:
    """What to tell the sender of a request that was refused unread."""
    if status == 413:
        return _("What you sent is too large. Send less at once, at most %(most)s MB") % {"most": most // 1024**2}
    return _("What you sent cannot be read. Go back, reload the page and type it again")

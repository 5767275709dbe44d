"""A signed-in browser without a browser: requests straight into a WSGI application of this process."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from staff.models import User

CSRF = "c" * 32
FORM = "application/x-www-form-urlencoded"
NONE: Mapping[str, str] = {}


def session_of(user: User) -> str:
    """The key of a new session of the person."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def cookies(session: str) -> str:
    """The header with session and CSRF cookie."""
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Visitor:
    """Asks one application in one session."""

    def __init__(self, application: Callable[..., Iterable[bytes]], session: str) -> None:
        self.application, self.cookies = application, cookies(session)

    def get(self, path: str, query: str = "", *, status: int = 200, headers: Mapping[str, str] = NONE) -> Answer:
        """GET; anything but ``status`` is an error."""
        return self._ask(self._environ("GET", path, query, b"", headers), status)

    def post(self, path: str, data: dict[str, Any], *, status: int = 302) -> Answer:
        """POST a form; anything but ``status`` is an error."""
        body = urlencode(data).encode()
        return self._ask(self._environ("POST", path, "", body, {"HTTP_X_CSRFTOKEN": CSRF}), status)

    def _environ(self, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookies,
            "CONTENT_TYPE": FORM if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **headers,
        }

    def _ask(self, environ: dict[str, Any], wanted: int) -> Answer:
        said: list[Any] = []
        parts = self.application(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        body = b"".join(parts)
        parts.close()  # type: ignore[attr-defined]
        status = int(said[0].split()[0])
        if status != wanted:
            raise RuntimeError(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}: {said[0]}\n{body[:2000].decode()}")
        return Answer(status, dict(said[1]), body)

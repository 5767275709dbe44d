"""Posting to an address that somebody typed in: never into our own network, whatever the name resolves to.

The name is resolved once, every address of it is looked at, and the connection goes to the very address that was
looked at: a name that changes its answer between two questions gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

CONNECT_SECONDS, ANSWER_SECONDS = 5, 10
MOST_BYTES = 64 * 1024
GLOBAL_UNICAST = IPv6Network("2000::/3")
PRINTABLE = re.compile(r"[!-~]{1,1000}")


class NotAllowed(Exception):
    """The address is not one that we post to."""


class NotReached(Exception):
    """No connection was made: surely nothing was sent."""


def split(url: str) -> SplitResult:
    """The parts of an https address without a user in it; NotAllowed for anything else."""
    schemes = ("https", "http") if settings.OUTGOING_PRIVATE else ("https",)
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise NotAllowed("malformed") from None
    plain = PRINTABLE.fullmatch(url) and found.hostname and not (found.username or found.password)
    if not plain or found.scheme not in schemes or port == 0:
        raise NotAllowed("not an https address")
    return found


def is_public(address: str) -> bool:
    """Whether an address is of the internet at large: no loopback, private, link-local, shared or embedded one."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address) and (ip not in GLOBAL_UNICAST or ip.sixtofour or ip.teredo):
        return False
    return ip.is_global and not ip.is_multicast


def resolve(host: str, port: int) -> str:
    """The address to connect to. NotAllowed if any address of the host is not public, NotReached if it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotReached("name not found") from None
    addresses = [str(row[4][0]) for row in found]
    if not settings.OUTGOING_PRIVATE and not all(is_public(one) for one in addresses):
        raise NotAllowed("not a public address")
    return addresses[0]


class Pinned(HTTPConnection):
    """A connection to one address under the name of its host."""

    def __init__(self, target: SplitResult) -> None:
        self.tls = target.scheme == "https"
        self.default_port = 443 if self.tls else 80
        super().__init__(str(target.hostname), target.port or self.default_port, timeout=ANSWER_SECONDS)

    def connect(self) -> None:
        """Connect to what the name resolves to now; the certificate has to be the host's."""
        address = resolve(self.host, self.port)
        try:
            link = socket.create_connection((address, self.port), CONNECT_SECONDS)
            link.settimeout(ANSWER_SECONDS)
            self.sock = ssl.create_default_context().wrap_socket(link, server_hostname=self.host) if self.tls else link
        except OSError as error:
            raise NotReached(type(error).__name__) from None


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body of the answer, redirects included. Whatever else is raised leaves open what became of it."""
    target = split(url)
    link = Pinned(target)
    try:
        link.connect()
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        link.request("POST", path, body, dict(headers))
        answer = link.getresponse()
        return answer.status, _read(answer)
    finally:
        link.close()


def _read(answer: HTTPResponse) -> bytes:
    """The body, up to a size and a time: an answer that drips is cut off."""
    limit, found = time.monotonic() + ANSWER_SECONDS, b""
    while len(found) < MOST_BYTES and time.monotonic() < limit and (part := answer.read1(MOST_BYTES)):
        found += part
    return found[:MOST_BYTES]

"""Posting outwards: to the internet alone, to the very address that was looked at, never where a redirect leads."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from common import outgoing

OURS = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1", "2001:db8::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001::1"),
]


@pytest.mark.parametrize("address", OURS)
def test_an_address_of_our_own_network_is_not_public(address):
    assert outgoing.is_public(address) is False


@pytest.mark.parametrize("address", ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2400:3200::1", "2606:4700::1111"])
def test_an_address_of_the_internet_is_public(address):
    assert outgoing.is_public(address) is True


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "localhost", "[::1]", "[::ffff:10.0.0.1]"])
def test_however_it_is_written_an_address_of_ours_is_refused(host):
    with pytest.raises(outgoing.NotAllowed):
        outgoing.post(f"https://{host}/hook", b"{}", {})


@pytest.mark.parametrize(
    "url",
    [
        *("http://1.1.1.1/", "ftp://1.1.1.1/", "file:///etc/passwd", "//1.1.1.1/", "https://", "", "x"),
        *("https://a:b@1.1.1.1/", "https://1.1.1.1:0/", "https://1.1.1.1:99999/", "https://1.1.1.1/ x", "https://云/"),
        "https://1.1.1.1/\r\nX-Header: y",
    ],
)
def test_what_is_no_plain_https_address_is_refused(url):
    with pytest.raises(outgoing.NotAllowed):
        outgoing.split(url)


def named(monkeypatch, *addresses: str) -> list[str]:
    """From now on the name ``chat.example`` resolves to these; how often it was asked for."""
    asked, real = [], socket.getaddrinfo

    def answer(host, port, *args, **kwargs):
        if host != "chat.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_a_name_is_refused_if_any_of_its_addresses_is_ours(monkeypatch):
    named(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(outgoing.NotAllowed):
        outgoing.resolve("chat.example", 443)


class Handler(BaseHTTPRequestHandler):
    """Answers as the server says; keeps what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.given.append((self.path, self.headers["Host"], body))
        self.send_response(self.server.status)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()
        self.wfile.write(b"x" * self.server.long)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def chat(settings) -> Iterator[HTTPServer]:
    """A server of our own network, which is allowed here."""
    settings.OUTGOING_PRIVATE = True
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.given, server.status, server.long = [], 200, 2
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_name_is_asked_for_once_and_the_connection_goes_where_it_pointed(chat, monkeypatch):
    asked = named(monkeypatch, "127.0.0.1")
    answer = outgoing.post(f"http://chat.example:{chat.server_port}/hook?key=1", b"{}", {})
    assert (answer, asked) == ((200, b"xx"), ["chat.example"])
    assert chat.given == [("/hook?key=1", f"chat.example:{chat.server_port}", b"{}")]


def test_a_redirect_is_an_answer_and_is_not_followed(chat):
    chat.status = 302
    assert outgoing.post(f"http://127.0.0.1:{chat.server_port}/", b"{}", {})[0] == 302
    assert len(chat.given) == 1


def test_an_endless_answer_is_cut_off(chat):
    chat.long = 10 * outgoing.MOST_BYTES
    assert len(outgoing.post(f"http://127.0.0.1:{chat.server_port}/", b"{}", {})[1]) == outgoing.MOST_BYTES


def test_where_nobody_listens_surely_nothing_was_sent(settings):
    settings.OUTGOING_PRIVATE = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", "http://nowhere.invalid/"):
        with pytest.raises(outgoing.NotReached):
            outgoing.post(url, b"{}", {})

"""The outbox: each message at most once, whatever the carrier, the network and the process do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from staff import outbox
from staff.models import Message
from staff.outbox import Recipient
from tests.factories import OfficeFactory
from tests.house import phone
from tests.test_concurrency import together

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
TO = Recipient(phone(1), "谢谢来访")


class Carrier(HTTPServer):
    """Answers with ``status``, or hangs up without an answer; keeps what it was given."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.given: list[tuple[str, dict[str, str]]] = []


class Handler(BaseHTTPRequestHandler):
    server: Carrier

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.given.append((self.headers["Idempotency-Key"], body))
        if self.server.status:
            self.send_response(self.server.status)
            self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def carrier(settings) -> Iterator[Carrier]:
    server = Carrier()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def message(db) -> Message:
    outbox.put(OfficeFactory(), key="thanks:1", kind="thanks", about="customer:1", now=NOW)
    return Message.objects.get()


def delivered(message, find=lambda message: TO, later: int = 0) -> tuple[str, str, int]:
    outbox.deliver_waiting(find, now=NOW + timedelta(minutes=later))
    message.refresh_from_db()
    return message.state, message.why, message.tries


def test_one_cause_is_one_message(message):
    assert outbox.put(message.office, key="thanks:1", kind="thanks", about="customer:1", now=NOW) is False
    assert Message.objects.count() == 1


@pytest.mark.rule("FUP-06")
def test_a_message_goes_to_the_carrier_once(message, carrier):
    assert [delivered(message) for _again in range(3)] == [("sent", "", 1)] * 3
    assert carrier.given == [("thanks:1", {"to": phone(1), "text": "谢谢来访"})]


@pytest.mark.rule("FUP-06")
@pytest.mark.parametrize(("status", "state"), [(400, "refused"), (500, "unknown"), (0, "unknown")])
def test_what_was_refused_or_is_not_known_is_never_sent_again(message, carrier, status, state):
    carrier.status = status
    assert [delivered(message)[0] for _again in range(3)] == [state] * 3
    assert len(carrier.given) == 1


def test_what_surely_was_not_taken_is_tried_again_but_not_for_ever(message, carrier):
    carrier.status = 503
    states = [delivered(message)[0] for _again in range(outbox.TRIES_MOST + 1)]
    assert states == ["waiting"] * (outbox.TRIES_MOST - 1) + ["refused"] * 2
    assert len(carrier.given) == outbox.TRIES_MOST


def test_a_carrier_that_is_not_there_was_not_reached(message, carrier, settings):
    settings.SMS_URL = "http://127.0.0.1:1/"
    assert delivered(message) == ("waiting", "no connection", 1)


def test_a_process_that_died_while_sending_leaves_the_outcome_unknown(message, carrier):
    outbox._claim(message.pk, lambda message: TO, now=NOW)
    assert delivered(message, later=9)[0] == "sending"
    assert delivered(message, later=11)[0] == "unknown"
    assert carrier.given == []


@pytest.mark.rule("PRIV-03")
def test_without_a_recipient_at_the_moment_of_sending_it_is_withheld(message, carrier):
    assert delivered(message, lambda message: "no consent") == ("withheld", "no consent", 0)
    assert delivered(message) == ("withheld", "no consent", 0)
    assert carrier.given == []


def test_one_that_cannot_be_read_does_not_stop_the_rest(message, carrier):
    outbox.put(message.office, key="thanks:2", kind="thanks", about="customer:2", now=NOW)

    def find(asked):
        if asked.key == "thanks:1":
            raise ValueError(phone(1))
        return TO

    assert outbox.deliver_waiting(find, now=NOW) == 1
    assert list(Message.objects.order_by("pk").values_list("state", "why")) == [
        ("withheld", "ValueError"),
        ("sent", ""),
    ]


def test_the_console_shows_no_number(message, capsys):
    assert delivered(message)[0] == "sent"
    shown = capsys.readouterr().out
    assert ("154****0001" in shown, phone(1) in shown) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_a_message_once(carrier):
    office = OfficeFactory()
    for n in range(5):
        outbox.put(office, key=f"thanks:{n}", kind="thanks", about="customer:1", now=NOW)
    told = together(*[lambda: outbox.deliver_waiting(lambda message: TO, now=NOW)] * 4)
    assert sum(told) == 5
    assert sorted(key for key, _body in carrier.given) == [f"thanks:{n}" for n in range(5)]

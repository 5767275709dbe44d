"""The bot of an office: who sets it up, how its address is kept, each thing said once, to a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import Client

from common import crypto
from common.errors import RuleError
from staff import bot_secrets, bot_sending, bots, outbox
from staff.models import Bot, Message
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member
from tests.test_concurrency import together

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PUBLIC = "https://93.184.215.14/send?key=t0psecret"


class Chat(HTTPServer):
    """Answers with ``status`` and ``body``, or hangs up without an answer; keeps what it was given."""

    status, body = 200, b'{"errcode": 0}'

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.given: list[tuple[str, dict]] = []
        self.url = f"http://127.0.0.1:{self.server_port}/send?key=t0psecret"


class Handler(BaseHTTPRequestHandler):
    server: Chat

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.given.append((self.path, said))
        if self.server.status:
            self.send_response(self.server.status)
            self.end_headers()
            self.wfile.write(self.server.body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def chat(settings) -> Iterator[Chat]:
    settings.OUTGOING_PRIVATE = True
    server = Chat()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def office(db):
    return OfficeFactory()


@pytest.fixture
def manager(office):
    return staff_member(Role.MARKETING_MANAGER, office)


@pytest.fixture
def bot(office, manager, chat) -> Bot:
    return bots.set_up(office, kind="wecom", url=chat.url, by=manager, now=NOW)


def said(bot, later: int = 0) -> tuple[str, str, int]:
    """What became of the one message after another round of delivery."""
    bot_sending.deliver(now=NOW + timedelta(minutes=later))
    found = Message.objects.get()
    return found.state, found.why, found.tries


def put(bot, key="x") -> bool:
    return bots.put(bot.office, key=key, words="今日待办", now=NOW)


@pytest.mark.rule("OFF-03")
def test_the_manager_of_the_office_and_the_administrator_of_the_company_set_it_up(office, manager):
    for by in (manager, staff_member(Role.ADMIN, office)):
        assert bots.set_up(office, kind="wecom", url=PUBLIC, by=by, now=NOW).set_by == by
    for role in (Role.SUPERVISOR, Role.CLERK, Role.REP, Role.FINANCE):
        with pytest.raises(RuleError):
            bots.set_up(office, kind="wecom", url=PUBLIC, by=staff_member(role, office), now=NOW)
    for stranger in (staff_member(Role.MARKETING_MANAGER), staff_member(Role.ADMIN)):
        for act in (bots.remove, lambda one, by: bot_sending.try_out(one, by=by, now=NOW)):
            with pytest.raises(RuleError):
                act(office, by=stranger)
    assert Bot.objects.count() == 1


def test_the_address_is_sealed_and_stays_unless_another_is_typed(office, manager):
    made = bots.set_up(office, kind="dingtalk", url=PUBLIC, secret="SECabc", by=manager, now=NOW)
    row = repr(
        {name: bytes(value) if isinstance(value, (bytes, memoryview)) else value for name, value in vars(made).items()}
    )
    assert ("t0psecret" in row, "SECabc" in row) == (False, False)
    again = bots.set_up(office, kind="wecom", by=manager, now=NOW)
    assert (bot_secrets.opened(again), bot_secrets.host(again), again.pk) == (
        (PUBLIC, "SECabc"),
        "93.184.215.14",
        made.pk,
    )
    other = bots.set_up(office, kind="wecom", url=f"{PUBLIC}2", by=manager, now=NOW)
    assert bot_secrets.opened(other) == (f"{PUBLIC}2", "")
    stolen = Bot(office=OfficeFactory(), kek=other.kek, wrapped=other.wrapped, url_sealed=other.url_sealed)
    with pytest.raises(crypto.Tampered):
        bot_secrets.opened(stolen)


@pytest.mark.parametrize(
    "url", ["", "http://93.184.215.14/", "https://127.0.0.1/x", "https://[fd00::1]/", "https://localhost/", "x"]
)
def test_an_address_of_our_own_network_is_refused_in_words(office, manager, url):
    with pytest.raises(RuleError):
        bots.set_up(office, kind="wecom", url=url, by=manager, now=NOW)
    assert Bot.objects.count() == 0


def test_one_cause_is_said_once(bot, chat):
    assert [put(bot), put(bot)] == [True, False]
    assert [said(bot) for _again in range(3)] == [("sent", "", 1)] * 3
    assert chat.given == [("/send?key=t0psecret", {"msgtype": "text", "text": {"content": "今日待办"}})]


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"errcode": 93000}', "refused"),
        (200, b"<html>", "unknown"),
        (302, b"", "refused"),
        (404, b"", "refused"),
        (500, b"", "unknown"),
        (0, b"", "unknown"),
    ],
)
def test_what_was_refused_or_is_not_known_is_never_said_again(bot, chat, status, body, state):
    chat.status, chat.body = status, body
    put(bot)
    assert [said(bot)[0] for _again in range(3)] == [state] * 3
    assert len(chat.given) == 1


def test_too_fast_is_tried_again_but_not_for_ever(bot, chat):
    chat.body = b'{"errcode": 45009}'
    put(bot)
    states = [said(bot)[0] for _again in range(outbox.TRIES_MOST + 1)]
    assert states == ["waiting"] * (outbox.TRIES_MOST - 1) + ["refused"] * 2


def test_a_process_that_died_while_sending_leaves_the_outcome_open(bot, chat):
    put(bot)
    Message.objects.update(state="sending", tried_at=NOW)
    assert [said(bot, later)[0] for later in (9, 11, 30)] == ["sending", "unknown", "unknown"]
    assert chat.given == []


def test_an_address_that_turned_private_is_refused_at_sending(bot, chat, settings):
    settings.OUTGOING_PRIVATE = False
    put(bot)
    assert said(bot)[0] == "refused"
    assert chat.given == []


def test_what_is_too_old_or_has_no_bot_any_more_is_withheld(bot, chat, manager):
    put(bot)
    assert said(bot, later=13 * 60)[:2] == ("withheld", "too late")
    put(bot, key="y")
    bots.remove(bot.office, by=manager)
    bot_sending.deliver(now=NOW)
    assert Message.objects.order_by("-pk").first().why == "no bot"
    assert (put(bot, key="z"), chat.given) == (False, [])


def test_messages_to_customers_and_to_bots_keep_apart(bot, chat, settings):
    put(bot)
    outbox.put(bot.office, key="thanks:1", kind="thanks", about="customer:1", now=NOW)
    bot_sending.deliver(now=NOW)
    assert dict(Message.objects.values_list("kind", "state")) == {"bot": "sent", "thanks": "waiting"}
    put(bot, key="y")
    outbox.deliver_waiting(lambda message: "no consent", now=NOW)
    assert dict(Message.objects.values_list("kind", "state").order_by("pk")) == {"bot": "waiting", "thanks": "withheld"}


@pytest.mark.django_db(transaction=True)
def test_two_workers_say_each_thing_once(bot, chat):
    for n in range(5):
        put(bot, key=str(n))
    assert sum(together(*[lambda: bot_sending.deliver(now=NOW)] * 4)) == 5
    assert len(chat.given) == 5


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_manager_sets_up_tries_out_and_removes(office, manager, chat):
    client, page = browser(manager), f"/bots/{office.pk}/"
    assert page in client.get("/bots/").content.decode()
    assert client.post(page, {"kind": "wecom", "url": ""}).status_code == 422
    assert client.post(page, {"kind": "fax", "url": chat.url}).status_code == 422
    assert client.post(page, {"kind": "wecom", "url": "ftp://x/"}).status_code == 422
    assert client.post(page, {"kind": "wecom", "url": chat.url, "secret": "s3cret"}).status_code == 302
    body = client.get(page).content.decode()
    assert ("127.0.0.1" in body, "t0psecret" in body, "s3cret" in body) == (True, False, False)
    assert client.post(f"{page}test/", follow=True).context["latest"][0][0].state == "sent"
    chat.body = b'{"errcode": 93000}'
    assert "93000" in client.post(f"{page}test/", follow=True).content.decode()
    assert len(chat.given) == 2
    assert client.post(f"{page}remove/").status_code == 302
    assert (Bot.objects.count(), client.post(f"{page}test/").status_code) == (0, 302)


def test_the_administrator_sees_the_offices_of_the_company_and_nobody_elses(office, manager):
    admin, other = browser(staff_member(Role.ADMIN, office)), OfficeFactory()
    OfficeFactory(branch=office.branch)
    assert len(admin.get("/bots/").context["rows"]) == 2
    for client in (admin, browser(manager)):
        for path in (f"/bots/{other.pk}/", f"/bots/{other.pk}/test/", f"/bots/{other.pk}/remove/"):
            assert client.post(path, {"kind": "wecom", "url": PUBLIC}).status_code == 404

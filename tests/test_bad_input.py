"""What goes wrong on an ordinary day at the desk: each is answered in words, nothing is lost, nothing is done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client, override_settings
from django.utils import translation

from common.keyfile import generate
from customers.models import Person, RegisterLine
from ops.broker import free_port
from reception import versions
from reception.models import Reception
from tests.house import House, phone
from tests.markup import HTMX

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def house(db) -> Iterator[House]:
    """A, B and C signed in; it is ten o'clock."""
    house = House("ABC")
    house.sign_in("A", "B", "C")
    with time_machine.travel(house.at("10:00"), tick=False):
        yield house


@pytest.fixture
def desk(house) -> Client:
    """The clerk's browser, in English."""
    return browser(house.clerk)


def browser(user: Any) -> Client:
    """Somebody's browser, in English."""
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def visitor(**said: Any) -> dict[str, Any]:
    """A form at the desk as a browser sends it."""
    shape = {"first_visit": "yes", "appointment": "no", "party": "1", "purpose": "buy", "name": "", "phone": ""}
    return {**shape, "request_id": uuid4(), **said}


def refusals(response: Any) -> str:
    """What the form complains of, in one line."""
    with translation.override("en"):
        return " ".join(str(error) for errors in response.context["form"].errors.values() for error in errors)


@pytest.mark.rule("REG-06")
@pytest.mark.parametrize(
    "typed",
    [
        "15400000001",
        "154 0000 0001",
        "154-0000-0001",
        "+86 154 0000 0001",
        "+8615400000001",
        "0086 15400000001",
        "8615400000001",
        "１５４０００００００１",
        "＋８６１５４０００００００１",
        "\u200b154\u00a00000\u30000001\u202c",
        "015400000001",
        "(154) 0000.0001",
    ],
)
def test_every_spelling_of_a_number_is_the_same_number(house, desk, typed):
    house.call("09:00", "B", name="老客", phone="15400000001")
    response = desk.post("/checkin/answer/", visitor(phone=typed), headers=HTMX)
    assert response.context["answer"].customer.number == 1
    assert desk.post("/checkin/", visitor(phone=typed)).status_code == 302
    assert RegisterLine.objects.order_by("number").last().decision == "returning"


@pytest.mark.rule("REG-06")
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("123", "A mobile number has 11 digits, this one has 3"),
        ("1540000000", "this one has 10"),
        ("154000000012", "this one has 12"),
        ("12000000000", "No mobile number begins with 120"),
        ("+1 415 555 0100", "from abroad"),
        ("00852 9123 4567", "from abroad"),
        ("010-62345678", "landline"),
        ("15400000O01", "digits only"),
        ("一五四零零零零零零零一", "digits only"),
        ("📞15400000001", "digits only"),
        ("1" * 4000, "A mobile number has 11 digits"),
    ],
)
def test_a_wrong_number_is_refused_in_words_and_stays_in_the_form(house, desk, typed, words):
    said = visitor(phone=typed, name="林一", needs="三房")
    for path, more in (("/checkin/", {}), ("/calls/new/", {"answered_by": house.people["A"].pk})):
        response = desk.post(path, {**said, **more})
        assert response.status_code == 422
        assert words in refusals(response)
        assert response.context["form"]["phone"].value() == typed
        assert [text in response.content.decode() for text in ("林一", "三房")] == [True, True]
    assert RegisterLine.objects.count() == 0


@pytest.mark.rule("REG-03")
@pytest.mark.parametrize(
    "name",
    [
        "林",
        "a",
        "𠮷",
        "𠮷野家",
        "阿卜杜拉·买买提",
        "Anne-Marie O'Neill",
        "王 小 明",
        "👩‍👩‍👧",
        "é" * 60,
        "字" * 60,
        "𠮷" * 60,
        "<b>粗</b>",
        "=1+1",
        "؜مرحبا",
    ],
)
def test_every_name_of_one_to_sixty_characters_is_kept_as_typed(house, desk, name):
    assert desk.post("/checkin/", visitor(name=name, phone=phone(1))).status_code == 302
    kept = Person.objects.select_related("customer__key").get().name
    assert kept.replace("\u200d", "") == name.replace("\u200d", "").lstrip("؜")
    page = desk.get("/customers/")
    assert page.status_code == 200
    assert "<b>粗</b>" not in page.content.decode()
    assert desk.post("/find/", {"q": name[:60]}).status_code in (302, 422)


@pytest.mark.rule("REG-03")
@pytest.mark.parametrize("name", ["字" * 61, "𠮷" * 61, "x" * 5000])
def test_a_longer_name_is_refused_in_words(house, desk, name):
    response = desk.post("/checkin/", visitor(name=name, phone=phone(1), needs="三房"))
    assert (response.status_code, "at most 60 characters" in refusals(response)) == (422, True)
    assert response.context["form"]["name"].value() == name
    assert RegisterLine.objects.count() == 0


@pytest.mark.rule("REG-03")
@pytest.mark.parametrize("party", ["0", "-1", "100", "500", "1.5", "many", "", "９００", "1e3"])
def test_a_party_of_nobody_or_of_a_crowd_is_refused_in_words(house, desk, party):
    response = desk.post("/checkin/", visitor(party=party, name="林一", phone=phone(1)))
    assert response.status_code == 422
    assert refusals(response)
    assert response.context["form"]["party"].value() == party
    assert (RegisterLine.objects.count(), house.queue()) == (0, "ABC")


@pytest.mark.rule("FUP-03")
def test_a_time_in_the_future_is_refused_or_not_asked(house, desk):
    """The clock of arrival is the server's; what is typed about the future is refused, and the past minute is read."""
    desk.post("/checkin/", visitor(name="林一", phone=phone(1), at="2030-01-01T10:00", arrived="2030-01-01"))
    line = RegisterLine.objects.get()
    assert line.at == house.at("10:00")
    supervisor = browser(house.supervisor)
    assert supervisor.get("/board/at/", {"day": "2030-01-01", "t": "10:00"}).status_code == 200
    assert supervisor.get("/board/at/", {"day": "2030-13-01", "t": "25:00"}).status_code == 422
    owner = browser(house.people["A"])
    contact = {"manner": "phone", "reached": "yes", "result": "再谈", "level": "B", "next_on": "2099-12-31"}
    response = owner.post(f"/customers/{line.customer_id}/contact/", contact)
    assert response.status_code == 422
    assert "再谈" in response.content.decode()


@pytest.mark.rule("REG-01")
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_double_click_is_one_visitor(house, desk, headers):
    said = visitor(name="林一", phone=phone(1))
    answers = [desk.post("/checkin/", said, headers=headers) for _ in range(3)]
    places = {answer.headers.get("Location") or answer.headers["HX-Redirect"] for answer in answers}
    assert (places, house.numbers(), Reception.objects.count()) == ({"/checkin/done/1/"}, [1], 1)
    assert "registered already" in desk.get("/checkin/done/1/").content.decode()
    assert house.queue() == "BC"


def test_a_double_click_of_every_other_button_does_it_once(house, desk):
    owner, lead = browser(house.people["A"]), browser(house.supervisor)
    said = {"name": "来电", "phone": phone(2), "answered_by": house.people["B"].pk, "request_id": uuid4()}
    assert [desk.post("/calls/new/", said).headers["Location"] for _ in "ab"] == ["/checkin/done/1/"] * 2
    desk.post("/checkin/", visitor(name="林一", phone=phone(1)))
    reception = Reception.objects.get()
    for path in (f"/receptions/{reception.pk}/leave/", f"/board/{house.people['C'].pk}/away/"):
        answers = [lead.post(path, headers=HTMX) for _ in "ab"]
        assert [answer.status_code for answer in answers] == [200, 422]
        assert "(REC-" in answers[1].content.decode()
    assert house.numbers() == [1, 2]
    assert owner.get("/board/").status_code == 200


@pytest.mark.rule("REC-18")
def test_a_stale_board_says_what_happened_meanwhile(house, desk, django_capture_on_commit_callbacks):
    seen = versions.current(house.office.pk, house.on)
    expected = house.people["A"].pk
    with django_capture_on_commit_callbacks(execute=True):
        desk.post("/checkin/", visitor(name="林一", phone=phone(1)))
    late = desk.post("/checkin/", visitor(name="林二", phone=phone(2), expected=expected), follow=True)
    assert "The board moved on while you typed: no longer A, but B receives" in late.content.decode()
    lead = browser(house.supervisor)
    adjust = {"act": "skipped", "reason": "迟到", "seen": str(seen)}
    first = lead.post(f"/board/{house.people['C'].pk}/adjust/", adjust)
    assert first.status_code == 422
    assert "The board moved on since you looked" in first.content.decode()
    assert first.context["form"]["reason"].value() == "迟到"
    assert str(first.context["form"]["seen"].value()) != str(seen)


@pytest.mark.rule("REC-07")
def test_signing_out_while_receiving_is_refused_in_words(house, desk):
    desk.post("/checkin/", visitor(name="林一", phone=phone(1)))
    rep = browser(house.people["A"])
    path = f"/board/{house.people['A'].pk}/sign_out/"
    assert rep.post(path, headers=HTMX).status_code == 422
    answer = rep.post(path, follow=True)
    assert (answer.status_code, house.seat("A").state) == (200, "receiving")
    assert "(REC-" in answer.content.decode()


@pytest.mark.rule("OFF-01")
def test_a_customer_of_another_office_cannot_be_named_by_id(house, desk):
    other = House("X")
    other.sign_in("X")
    foreign = other.visit("09:00", name="别家", phone=phone(9)).customer
    for link in ("same", "spouse", "brought"):
        response = desk.post("/checkin/", visitor(name="林一", phone=phone(1), known=foreign.pk, link=link))
        assert response.status_code == 422
        assert "not known here" in refusals(response)
        assert "别家" not in response.content.decode()
    assert house.numbers() == []
    # The same number in another office is another customer.
    assert desk.post("/checkin/", visitor(name="同号", phone=phone(9))).status_code == 302
    assert RegisterLine.objects.get(office=house.office).decision == "new"


def test_with_the_broker_away_pages_work_and_nothing_is_lost(house, desk, django_capture_on_commit_callbacks):
    url = f"redis://127.0.0.1:{free_port()}/0"
    options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    away = {"default": {"BACKEND": "common.cache.PatientRedisCache", "LOCATION": url, "OPTIONS": options}}
    with override_settings(CACHES=away, REDIS_URL=url), django_capture_on_commit_callbacks(execute=True):
        began = time.process_time()
        for path in ("/board/", "/register/", "/customers/", "/checkin/", "/accounts/password/"):
            assert desk.get(path).status_code in (200, 403), path
        assert desk.post("/checkin/answer/", visitor(phone=phone(1)), headers=HTMX).status_code == 200
        assert desk.post("/checkin/", visitor(name="林一", phone=phone(1))).status_code == 302
        assert desk.post("/accounts/login/", {"login": "x", "password": "y"}).status_code in (200, 302)
        assert desk.get("/readyz").json()["broker"] == "down"
        assert time.process_time() - began < 5
        caches["default"].close()
    assert house.numbers() == [1]


def asked(url: str, body: bytes | None = None, **headers: str) -> tuple[int, str | None, str]:
    """Status, Retry-After and body of a real request."""
    request = urllib.request.Request(url, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.headers["Retry-After"], response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Retry-After"], error.read().decode()


@pytest.fixture
def server_without_a_database(tmp_path) -> Iterator[str]:
    """The product as gunicorn serves it, its database where nobody listens; the address."""
    port = free_port()
    database, broker = f"postgres://nobody:nothing@127.0.0.1:{free_port()}/none", f"redis://127.0.0.1:{free_port()}/0"
    unwanted = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "KEYS_JSON", "VAR_DIR")
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    env |= {
        "VAR_DIR": str(tmp_path),
        "KEYS_JSON": json.dumps(generate()),
        "DATABASE_URL": database,
        "REDIS_URL": broker,
    }
    words = ["-m", "gunicorn", "crm.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8"]
    with (tmp_path / "log").open("w") as log:
        command = [sys.executable, *words, "--no-control-socket"]
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def test_with_the_database_away_every_page_says_when_to_come_back(server_without_a_database, tmp_path):
    url, session = server_without_a_database, {"Cookie": "sessionid=" + "a" * 32}
    limit = time.monotonic() + 30
    while True:
        try:
            if asked(f"{url}/healthz")[0] == 200:
                break
        except OSError:
            assert time.monotonic() < limit, (tmp_path / "log").read_text()
        time.sleep(0.1)
    paths = ("/", "/board/", "/checkin/", "/customers/1/", "/register/", "/inbox/unread/")
    with ThreadPoolExecutor(len(paths)) as pool:
        answers = list(pool.map(lambda path: asked(url + path, **session), paths))
    assert [answer[:2] for answer in answers] == [(503, "2")] * len(paths)
    assert all("数据库" in body for _status, _after, body in answers)
    assert not any("nobody" in body or "127.0.0.1" in body for _status, _after, body in answers)
    token = "a" * 32
    posted = f"csrfmiddlewaretoken={token}&login=x&password=y".encode()
    assert asked(f"{url}/accounts/login/", posted, Cookie=f"csrftoken={token}")[:2] == (503, "2")
    assert asked(f"{url}/readyz")[:2] == (503, "2")
    assert asked(f"{url}/healthz")[0] == 200

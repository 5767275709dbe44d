"""What is refused unread, what every answer carries, and what is told when something is away."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from common.middleware import CONTENT_SECURITY_POLICY, HEADERS, RejectBadInput
from crm import errors

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def guard() -> RejectBadInput:
    return RejectBadInput(lambda request: HttpResponse("reached"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"name=a", f"{FORM}; charset=gbk"),
        (b"name=a", f'{FORM}; charset="latin-1"'),
        ("name=张".encode("gbk"), FORM),
        (b"name=%C3%28", FORM),
        (b"name=a%00b", FORM),
        (b"na%00me=a", FORM),
        (b"&".join(b"a%d=1" % number for number in range(401)), FORM),
        (b"anything", "multipart/form-data"),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\x00c\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (b"anything", "multipart/form-data; boundary=" + "x" * 500),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xd5\xc5\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_words(guard, body, content_type):
    response = guard(RequestFactory().post("/", data=body, content_type=content_type))
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().strip()


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b&r=1", "%00"])
def test_a_nul_byte_in_the_address_is_refused(guard, query):
    assert guard(RequestFactory().get("/", QUERY_STRING=query)).status_code == 400
    assert guard(RequestFactory().get("/a%00b")).status_code == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_readable_form_passes(guard, charset):
    body = "name=张𠮷😀".encode()
    assert guard(RequestFactory().post("/", body, f"{FORM}; charset={charset}")).content == b"reached"
    assert guard(RequestFactory().post("/", {"name": "张𠮷😀"})).content == b"reached"


@pytest.mark.parametrize("content_type", [FORM, "multipart/form-data; boundary=x", "application/json"])
def test_a_body_over_the_limit_is_refused_and_read_to_its_end(guard, content_type):
    request = RequestFactory().post("/", b"x" * (10 * 1024 * 1024), content_type)
    assert guard(request).status_code == 413
    assert request.read(1) == b""


def test_a_refusal_speaks_the_language_chosen_on_the_device(guard):
    request = RequestFactory().get("/", QUERY_STRING="%00")
    request.COOKIES["django_language"] = "en"
    assert guard(request).content == b"What you sent cannot be read. Go back, reload the page and type it again"


def test_the_real_stack_answers_a_foreign_charset_with_400():
    response = Client().post(reverse("account_login"), b"login=a", f"{FORM}; charset=gbk")
    assert response.status_code == 400
    assert response["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/accounts/login/", "/static/nothing.css"])
def test_every_answer_carries_the_security_headers(client, db, path):
    response = client.get(path)
    for name, value in HEADERS.items():
        assert response[name] == value
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_the_policy_allows_nothing_inline_and_no_other_origin():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


@override_settings(DEBUG=False)
def test_a_foreign_host_is_refused_without_a_page_of_its_own():
    assert Client(headers={"host": "evil.example"}).get("/accounts/login/").status_code == 400


def failing(*args: object, **kwargs: object) -> None:
    raise OperationalError("server closed the connection, DETAIL: 13812345678")


def test_with_the_database_away_the_answer_is_503_with_a_time_to_retry(db):
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    with patch.object(connection, "cursor", failing):
        response = client.get("/")
    assert response.status_code == 503
    assert response["Retry-After"] == "2"
    assert "13812345678" not in response.content.decode()


def test_an_error_of_ours_is_a_500_that_tells_nothing_of_its_cause(rf):
    try:
        raise KeyError("13812345678")
    except KeyError:
        response = errors.server_error(rf.get("/"))
    assert response.status_code == 500
    assert "13812345678" not in response.content.decode()


def test_an_old_form_is_refused_in_words(db):
    response = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "a", "password": "b"})
    assert response.status_code == 403
    assert "CSRF" not in response.content.decode()


def test_an_unknown_address_is_a_404_in_the_house_style(client, db):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert response.templates[0].name == "404.html"


@pytest.mark.parametrize(
    ("path", "cookie", "content_type", "status"),
    [
        ("/imports/", True, "multipart/form-data; boundary=x", 200),
        ("/imports/", False, "multipart/form-data; boundary=x", 413),
        ("/imports/1/", True, "multipart/form-data; boundary=x", 413),
        ("/imports/", True, "application/x-www-form-urlencoded", 413),
    ],
)
def test_large_bodies_are_read_where_files_are_uploaded_and_with_a_session_alone(
    guard, path, cookie, content_type, status
):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        + b"x" * (2 << 20)
        + b"\r\n--x--\r\n"
    )
    request = RequestFactory().generic("POST", path, body, content_type=content_type)
    if cookie:
        request.COOKIES["sessionid"] = "some"
    assert guard(request).status_code == status

"""One view answers page and fragment."""

import pytest
from django.contrib.messages import add_message, constants
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from common import htmx
from tests.markup import HTMX

PAGE = "staff/hire.html"


@pytest.fixture
def asked():
    def ask(**headers):
        request = RequestFactory().get("/", headers=headers)
        request._messages = CookieStorage(request)
        return request

    return ask


def test_a_fragment_is_wanted_by_htmx_but_not_for_its_history(asked):
    assert htmx.wants_part(asked(**HTMX))
    assert not htmx.wants_part(asked())
    assert not htmx.wants_part(asked(**HTMX, **{"HX-History-Restore-Request": "true"}))


def test_part_is_rendered_alone_and_told_apart_by_caches(asked):
    answer = htmx.render_part(asked(**HTMX), PAGE, {}, part="form")
    assert "<html" not in answer.content.decode()
    assert answer.headers["Vary"] == "HX-Request"


def test_part_brings_the_waiting_messages(asked):
    request = asked(**HTMX)
    add_message(request, constants.SUCCESS, "已保存")
    part = htmx.render_part(request, PAGE, {}, part="form").content.decode()
    assert 'hx-swap-oob="true"' in part
    assert "已保存" in part


def test_invalid_part_is_422(asked):
    assert htmx.render_invalid(asked(**HTMX), PAGE, {}, part="form").status_code == 422


def test_back_is_a_redirect_without_htmx(asked):
    answer = htmx.back_or_fragment(asked(), "inbox", PAGE, {}, part="form")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/inbox/")


def test_back_is_the_part_with_htmx(asked):
    assert htmx.back_or_fragment(asked(**HTMX), "inbox", PAGE, {}, part="form").status_code == 200


def test_go_leaves_the_page(asked):
    assert htmx.go(asked(), "staff_person", 7).headers["Location"] == "/staff/7/"
    answer = htmx.go(asked(**HTMX), "staff_person", 7)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/staff/7/")

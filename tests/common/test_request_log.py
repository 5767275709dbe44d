"""A refusal is one line in the log and names nobody; what went wrong keeps its traceback."""

from __future__ import annotations

import logging

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from common.request_log import Refusals
from staff.roles import Role
from tests.factories import staff_member
from tests.house import House, phone

pytestmark = pytest.mark.django_db
NAME = "欧阳金丝雀"


@pytest.fixture
def house():
    return House("AB")


def written(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "django.request"]


def test_a_refusal_by_permission_is_one_line_without_traceback(house, sign_in, caplog):
    assert sign_in(house.people["A"]).get(reverse("staff")).status_code == 403
    (record,) = written(caplog)
    assert record.getMessage() == f"refused: GET staff/ with 403, account {house.people['A'].pk}"
    assert (record.exc_info, record.levelno) == (None, logging.WARNING)
    assert "Traceback" not in caplog.text


def test_a_refusal_by_a_rule_names_neither_customer_nor_colleague(house, sign_in, caplog):
    house.people["B"].name = NAME
    house.people["B"].save()
    customer = house.customer(house.call("09:30", "A", name=NAME, phone=phone(7)))
    for path in (reverse("customer", args=[customer.pk]), reverse("customer_transfer", args=[customer.pk])):
        sign_in(house.people["B"]).post(path, {"reason": NAME, "to": house.people["B"].pk})
    assert written(caplog)
    assert NAME not in caplog.text
    assert phone(7) not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_code_in_an_address_is_not_written(caplog):
    assert Client().get("/tv/not-a-code-of-ours/").status_code == 404
    assert [record.getMessage() for record in written(caplog)] == ["refused: GET tv/<str:token>/ with 404, account -"]


@override_settings(ROOT_URLCONF="tests.broken_urls")
def test_what_went_wrong_keeps_its_traceback(caplog):
    assert Client(raise_request_exception=False).get("/broken/stumbling/", {"q": "x"}).status_code == 500
    (record,) = written(caplog)
    assert record.exc_info
    assert "stumbling" in caplog.text


def test_a_record_that_tells_of_no_request_is_left_as_it_is():
    record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "said %s", ("so",), None)
    assert Refusals().filter(record)
    assert record.getMessage() == "said so"


def test_a_refusal_with_its_traceback_would_name_people_and_is_caught():
    """The broken twin: the record as Django makes it."""
    request: HttpRequest = RequestFactory().get("/staff/")
    try:
        raise PermissionError(NAME)
    except PermissionError as error:
        told = (PermissionError, error, error.__traceback__)
        record = logging.LogRecord("django.request", logging.WARNING, "x", 1, "Forbidden: %s", ("/staff/",), told)
    assert NAME in logging.Formatter().format(record)
    record.status_code, record.request, record.exc_text = 403, request, None
    assert Refusals().filter(record)
    assert NAME not in logging.Formatter().format(record)


@pytest.mark.rule("OFF-03")
def test_the_person_who_is_refused_reads_the_sentence_all_the_same(house, sign_in):
    person = staff_member(Role.REP, house.office, 9)
    page = sign_in(person).get(reverse("staff"))
    assert (page.status_code, "你的岗位" in page.content.decode()) == (403, True)

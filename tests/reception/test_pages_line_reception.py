"""The reception behind a line: when the visitor came and left."""

import pytest
from django.urls import reverse

from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.markup import HTMX

pytestmark = pytest.mark.django_db


def url(told):
    return reverse("line_reception", args=[told.line.number])


@pytest.mark.rule("REG-03")
def test_line_tells_when_the_visitor_left(open_house, client_of):
    told = open_house.visit("09:30", phone=phone(1))
    desk = client_of(open_house.clerk)
    assert b"still here" in desk.get(url(told), headers=HTMX).content
    open_house.leave(told, "09:50")
    body = desk.get(url(told), headers=HTMX).content.decode()
    assert ("2026-03-02 09:30" in body, "2026-03-02 09:50" in body, "<html" in body) == (True, True, False)
    assert b"<html" in desk.get(url(told)).content


def test_call_has_no_reception(open_house, client_of):
    told = open_house.call("09:30", "A", phone=phone(1))
    assert b"There was no reception" in client_of(open_house.clerk).get(url(told)).content


def test_colleague_s_line_is_not_found_and_other_roles_are_refused(open_house, client_of):
    told = open_house.visit("09:30", phone=phone(1))
    assert client_of(open_house.people["B"]).get(url(told)).status_code == 404
    assert client_of(staff_member(Role.SUPERVISOR)).get(url(told)).status_code == 404
    assert client_of(staff_member(Role.FINANCE, open_house.office)).get(url(told)).status_code == 403
    assert client_of(open_house.clerk).post(url(told)).status_code == 405

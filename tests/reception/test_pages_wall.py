"""The display on the wall, and the page where displays are made and revoked."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reception.models import Display
from tests.house import House, phone

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REC-18")]
PAGE = reverse("displays")


@pytest.fixture
def address(supervisor: Client) -> str:
    """The address of a new display, as it is shown once."""
    page = supervisor.post(PAGE, {"label": "lobby"}).content.decode()
    found = re.search(r"http://testserver(/tv/[^/]+/)<", page)
    assert found
    assert 'src="data:image/svg+xml' in page
    return found[1]


def seen(page: str) -> str:
    return re.search(r"rows/\?v=([^\"]+)\"", page)[1]


def test_the_wall_shows_the_order_without_sign_in_and_without_customers(open_house, address):
    open_house.visit("09:10", phone=phone(1), name="欧阳明月")
    page = Client().get(address).content.decode()
    names = re.findall(r'<span class="who-name">(\w+)', page)
    assert names == ["B", "C", "A", "P"]
    assert "欧阳" not in page
    assert phone(1)[-4:] not in page
    assert "10:00" in page


def test_the_wall_polls_with_one_question_and_hears_of_nothing_new(open_house, address, django_assert_num_queries):
    wall = Client()
    rows = f"{address}rows/"
    known = seen(wall.get(address).content.decode())
    assert wall.get(rows, {"v": known}).status_code == 204
    with django_assert_num_queries(1):
        assert wall.get(rows, {"v": known}).status_code == 204
    with django_assert_num_queries(3):
        assert wall.get(rows, {"v": "older"}).status_code == 200


def test_the_wall_follows_a_change(open_house, address, django_capture_on_commit_callbacks):
    wall = Client()
    known = seen(wall.get(address).content.decode())
    with django_capture_on_commit_callbacks(execute=True):
        open_house.away("A", "09:59")
    rows = wall.get(f"{address}rows/", {"v": known})
    assert rows.status_code == 200
    assert "<html" not in rows.content.decode()


def test_a_revoked_or_invented_address_opens_nothing(supervisor, address):
    display = Display.objects.get()
    assert supervisor.post(reverse("displays_revoke", args=[display.pk])).status_code == 302
    assert Client().get(address).status_code == 404
    assert Client().get(f"{address}rows/").status_code == 404
    assert Client().get(reverse("tv", args=["x" * 500])).status_code == 404
    assert "revoked" in supervisor.get(PAGE).content.decode()


def test_another_offices_display_is_another_offices(open_house, elsewhere, client_of, address):
    foreign = client_of(elsewhere.supervisor)
    assert "lobby" not in foreign.get(PAGE).content.decode()
    assert foreign.post(reverse("displays_revoke", args=[Display.objects.get().pk])).status_code == 404
    assert Client().get(address).status_code == 200


def test_a_display_without_a_place_is_refused(supervisor):
    response = supervisor.post(PAGE, {"label": " "})
    assert response.status_code == 422
    assert not Display.objects.exists()


def test_the_page_is_for_supervisors(open_house, desk, rep_a, supervisor):
    for client in (desk, rep_a):
        assert client.get(PAGE).status_code == 403
    assert supervisor.put(PAGE).status_code == 405
    assert supervisor.get(reverse("displays_revoke", args=[1])).status_code == 405
    assert "<html" not in supervisor.get(PAGE, headers={"HX-Request": "true"}).content.decode()


def test_the_list_asks_as_many_questions_for_three_as_for_one(supervisor, address, django_assert_num_queries):
    with django_assert_num_queries(3):
        supervisor.get(PAGE)
    for label in ("east", "west"):
        supervisor.post(PAGE, {"label": label})
    with django_assert_num_queries(3):
        supervisor.get(PAGE)


def test_nobody_writes_to_a_wall(address):
    assert Client().post(address).status_code == 405
    assert Client().post(f"{address}rows/").status_code == 405


def test_a_wall_in_another_time_zone_shows_its_own_clock(client_of):

    house = House("A", zone="America/New_York")
    house.sign_in("A")
    with time_machine.travel(house.at("10:00"), tick=False):
        page = client_of(house.supervisor).post(PAGE, {"label": "lobby"}).content.decode()
        address = re.search(r"http://testserver(/tv/[^/]+/)<", page)[1]
        assert 'data-clock="America/New_York">10:00<' in Client().get(address).content.decode()

"""What a page may cost: statements and bytes, the same for few rows and for many. Times are for ``make bench``."""

from __future__ import annotations

import gzip

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench import by_hand, checkins, data
from bench.pages import Pages, Scene, visit
from bench.visitor import session_of
from customers.models import Customer
from reception import versions
from tests.markup import HTMX

STATEMENTS = {"list": 5, "find": 5, "customer": 7, "check-in": 19, "board": 7}
KILOBYTES = {"whole": 60, "part": 40, "gzipped": 6}


@pytest.fixture(params=[1, 60])
def house(request, db):
    """An office with one line, or with more than a page of them; everybody is signed in."""
    place = data.found()
    data.fill(place, request.param)
    data.open_house(place)
    return place


@pytest.fixture
def desk(house):
    client = Client()
    client.force_login(house.desk)
    return client


def statements(run) -> list[str]:
    """What ``run`` asks of the database once everything that is asked only once has been; histories apart."""
    run()
    return [one.sql for one in by_hand.caught(run) if checkins.HISTORY not in one.sql]


def within(name: str, run) -> None:
    asked = statements(run)
    assert len(asked) <= STATEMENTS[name], "\n".join(asked)


def test_the_register_asks_few_statements(desk):
    within("list", lambda: desk.get(reverse("register")))


def test_finding_asks_few_statements(desk):
    within("find", lambda: desk.post(reverse("find"), {"q": data.phone_of(1), "where": ""}))


def test_a_customer_asks_few_statements(desk):
    pk = Customer.objects.get(number=1).pk
    within("customer", lambda: desk.get(reverse("customer", args=[pk])))


def test_a_check_in_asks_few_statements(desk):
    numbers = iter(range(1_000, 2_000))

    def run():
        assert desk.post(reverse("check_in"), visit(next(numbers))).status_code == 302

    within("check-in", run)


def test_the_rule_of_a_check_in_asks_few_statements(house):
    asked = statements(checkins.Desk(house).check_in)
    assert len(asked) <= checkins.CAP, "\n".join(asked)


def test_a_changed_board_asks_few_statements(desk):
    within("board", lambda: desk.get(reverse("board_rows"), headers=HTMX))


def test_an_unchanged_board_asks_nothing(desk, house, monkeypatch):
    monkeypatch.setattr(versions, "KEPT_SECONDS", 60)
    today = house.office.today(timezone.now())
    seen = versions.stamp(house.office.pk, today, versions.current(house.office.pk, today))

    def poll():
        assert desk.get(reverse("board_rows"), {"v": seen}, headers=HTMX).status_code == 204

    assert statements(poll) == []


def test_fifty_lines_are_light(desk, house):
    whole = desk.get(reverse("register")).content
    part = desk.get(reverse("register"), headers=HTMX).content
    assert part.count(b"<tr>") <= 51
    assert len(whole) <= KILOBYTES["whole"] * 1024
    assert len(part) <= KILOBYTES["part"] * 1024
    assert len(gzip.compress(part, 6)) <= KILOBYTES["gzipped"] * 1024


@pytest.mark.django_db(transaction=True)
def test_the_benchmarks_visitor_sees_what_a_browser_sees():
    place = data.found()
    data.fill(place, 3)
    data.open_house(place)
    pages = Pages(Scene(str(settings.DATABASES["default"]["NAME"]), place, 3, 0), session_of(place.desk))
    assert pages.register().status == 200
    assert pages.check_in().headers["Location"].startswith(reverse("check_in"))

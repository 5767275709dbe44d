"""Receptions that nobody ended are over at midnight, written down or not."""

import pytest

from reception import closing
from reception.models import Reception
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    house = House()
    house.sign_in("A", "B")
    return house


@pytest.mark.rule("REC-07")
def test_reception_left_open_is_closed_at_its_own_midnight(house):
    told = house.visit("17:00", phone=phone(1))
    assert closing.close_left_open(now=house.at("23:59:59")) == 0
    house.sleep(2)
    assert closing.close_left_open(now=house.at("08:00")) == 1
    reception = Reception.objects.get(pk=told.reception.pk)
    assert (reception.ended_at, reception.closed_at_midnight) == (house.at("00:00", house.on.replace(day=3)), True)


def test_closing_twice_changes_nothing(house):
    house.visit("17:00", phone=phone(1))
    house.sleep()
    assert [closing.close_left_open(now=house.at("00:00")) for _n in range(2)] == [1, 0]


@pytest.mark.rule("REC-07")
def test_customer_left_open_can_arrive_next_day_without_the_job(house):
    house.visit("17:00", phone=phone(1))
    house.sleep()
    house.sign_in("A", "B")
    told = house.visit("09:30", phone=phone(1))
    assert (told.decision, Reception.objects.filter(ended_at__isnull=True).count()) == ("returning", 1)


def test_only_the_office_asked_for_is_closed(house):
    neighbour = House("X")
    neighbour.sign_in("X")
    for one in (house, neighbour):
        one.visit("17:00", phone=phone(1))
        one.sleep()
    assert closing.close_left_open(now=house.at("08:00"), office=house.office) == 1
    assert Reception.objects.filter(office=neighbour.office, ended_at__isnull=True).count() == 1

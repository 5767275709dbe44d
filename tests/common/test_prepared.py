"""Prepared look-ups make the rows that the ORM makes, whatever values they are asked with."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from common.prepared import Prepared
from customers.models import Customer
from reception.models import Day
from tests.house import House, phone

pytestmark = pytest.mark.django_db

WHOLE = Prepared(lambda pk: Customer.objects.filter(pk=pk).select_related("key", "owner"), int)
OF_DAY = Prepared(lambda office, day: Day.objects.filter(office=office, day=day, version__gt=0), int, date)
NAMED = Prepared(lambda name, office: Customer.objects.filter(level=name, office=office).order_by("-pk"), str, int)
LOCKED = Prepared(lambda pk: Customer.objects.filter(pk=pk).select_for_update(), int)


@pytest.fixture
def customers() -> list[Customer]:
    """Three of one office, the last without a key."""
    house = House("ABC")
    house.sign_in("A", "B", "C")
    found = [house.arrive("09:00", name=f"测试{n}", phone=phone(n)).customer for n in range(3)]
    found[2].key.delete()
    return [Customer.objects.get(pk=one.pk) for one in found]


def values(row: models.Model) -> dict:
    """Every column of a row."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_those_of_the_orm_whoever_asks_first(customers):
    for one in [*customers, *customers]:
        found = WHOLE.get(one.pk)
        assert values(found) == values(one)
        assert values(found.owner) == values(one.owner)
        assert found._state.db == one._state.db
        assert not found._state.adding


def test_what_is_joined_asks_nothing_more(customers):
    with CaptureQueriesContext(connection) as asked:
        found = WHOLE.get(customers[0].pk)
        assert found.data_key
        assert str(found.owner)
    assert len(asked) == 1


def test_a_joined_row_that_is_not_there_is_none(customers):
    assert not hasattr(WHOLE.get(customers[2].pk), "key")


def test_values_of_several_types_find_their_places(customers):
    office, today = customers[0].office, Day.objects.get().day
    assert OF_DAY.get(office.pk, today) == Day.objects.get()
    assert OF_DAY.first(office.pk, date(2020, 1, 1)) is None
    assert OF_DAY.first(office.pk + 1, today) is None
    Customer.objects.update(level="B")
    assert list(NAMED.rows("B", office.pk)) == customers[::-1]
    assert list(NAMED.rows("A", office.pk)) == []


def test_a_row_that_is_not_there_is_said_so(customers):
    with pytest.raises(Customer.DoesNotExist):
        WHOLE.get(customers[2].pk + 1)


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        LOCKED.first(1)
    with transaction.atomic():
        assert LOCKED.first(1) is None


def test_changed_rows_are_read_as_they_are(customers):
    one = WHOLE.get(customers[0].pk)
    one.level = "H"
    one.save(update_fields=["level"])
    assert WHOLE.get(one.pk).level == "H"

"""Every table that nobody may change, with rows in it: the database refuses UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customers import disputes
from reports import receipts
from reports.models import MonthArchive
from sales import results
from tests.customers.test_append_only import TABLES, key_of, refused, rows
from tests.house import MONDAY, phone
from tests.world import World, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """An office in which every guarded table has a row, each brought about by a rule."""
    with opened(django_db_blocker) as world:
        house, manager, at = world.house, world.people["manager"], world.house.at("12:00")
        house.visit("12:00", phone=phone(1), name="王示例", taken_by="A" if house.queue("12:00")[:1] == "B" else "B")
        results.enter(house.office, user=house.people["A"], first=MONDAY, last=MONDAY, deals=0, amount=0, by=manager)
        ruled = {"text": "登记在先", "to": world.people["colleague"]}
        disputes.rule(world.rows["dispute"], by=house.supervisor, now=at, **ruled)
        receipts.take_over(MonthArchive.objects.latest("pk"), by=world.people["planner"], now=at)
        yield world


@pytest.mark.rule("REG-04")
@pytest.mark.rule("REC-17")
@pytest.mark.parametrize("table", TABLES)
def test_update_and_delete_are_refused(world, table):
    before, key = rows(table), key_of(table)
    assert before
    refused(f'UPDATE "{table}" SET "{key}" = "{key}"')
    refused(f'DELETE FROM "{table}"')
    assert rows(table) == before

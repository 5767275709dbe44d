"""History of rows written in sets: the same as the library writes for rows saved one by one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import history
from customers.models import Episode
from tests.house import House

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    made = House("ABC")
    made.sign_in(*"ABC")
    return made


def test_what_is_kept_is_what_the_library_keeps_of_a_saved_row(house):
    house.visit("09:30")
    episode = Episode.objects.get()
    by_library = Episode.history.get()
    history.keep(Episode, [episode.pk], how=history.MADE, by=episode.by, at=by_library.history_date)
    kept = Episode.history.latest("history_id")
    fields = [field.attname for field in kept._meta.concrete_fields if field.name != "history_id"]
    for name in fields:
        assert getattr(kept, name) == getattr(by_library, name), name


def test_each_row_once_in_one_statement_with_who_and_when(house):
    rows = [house.customer(house.visit(clock)) for clock in ("09:30", "09:40", "09:50")]
    keys = list(Episode.objects.filter(customer__in=rows[:2]).order_by("pk").values_list("pk", flat=True))
    had = Episode.history.count()
    with CaptureQueriesContext(connection) as sent:
        history.keep(Episode, keys, how=history.CHANGED, by=None, at=AT)
    assert len(sent) == 1
    found = Episode.history.order_by("history_id").values_list("id", "history_type", "history_user", "history_date")
    assert list(found[had:]) == [(key, "~", None, AT) for key in keys]


def test_no_rows_ask_nothing(house):
    with CaptureQueriesContext(connection) as sent:
        history.keep(Episode, [], how=history.MADE, by=None, at=AT)
    assert len(sent) == 0


def test_more_rows_than_one_statement_takes_are_all_kept(house, monkeypatch):
    for clock in ("09:30", "09:40", "09:50"):
        house.visit(clock)
    keys = list(Episode.objects.order_by("pk").values_list("pk", flat=True))
    had = Episode.history.count()
    monkeypatch.setattr(history, "BATCH", 2)
    history.keep(Episode, keys, how=history.MADE, by=None, at=AT)
    assert list(Episode.history.order_by("history_id").values_list("id", flat=True)[had:]) == keys

"""Rows appended in sets: the values arrive as they were, and constraints hold as for any other row."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import bulk
from customers.models import LevelChange, SearchToken
from exchange.models import BatchKind, ImportBatch, ImportRow
from tests.house import House

AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
TOKEN = ("office_id", "customer_id", "kind", "digest")
DIGESTS = [b"", b"\x00\xff", b'"{}\\', b"\\N", b"\t\n\r", bytes(range(32))]
TEXTS = ["", "\\N", "\\.", "a\tb\nc\rd", '"quoted", {}', "三室两厅，南向 𠮷"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    house = House("A")
    house.sign_in("A")
    return house.customer(house.visit("09:30"))


def test_bytes_arrive_as_they_were(customer):
    bulk.insert(SearchToken, TOKEN, [(customer.office_id, customer.pk, "test", digest) for digest in DIGESTS])
    kept = SearchToken.objects.filter(kind="test").order_by("pk").values_list("digest", flat=True)
    assert [bytes(digest) for digest in kept] == DIGESTS


def test_texts_lists_moments_and_nothing_arrive_as_they_were(customer):
    batch = ImportBatch(office=customer.office, kind=BatchKind.REGISTER, by=customer.owner, made_at=AT, file_size=1)
    batch.keep_key(b"k" * 32)
    batch.save()
    names = ("batch_id", "n", "cells_sealed", "state", "place", "mark", "faults", "result")
    bulk.insert(ImportRow, names, [(batch.pk, n, b"", "good", 0, "", [["name", t]], t) for n, t in enumerate(TEXTS)])
    rows = list(ImportRow.objects.order_by("n"))
    assert [row.result for row in rows] == TEXTS
    assert [row.faults for row in rows] == [[["name", text]] for text in TEXTS]
    bulk.insert(
        LevelChange,
        ("customer_id", "at", "was", "became", "by_id", "reason_sealed"),
        [(customer.pk, AT, "", "B", None, b"")],
    )
    change = customer.level_changes.get()
    assert (change.at, change.by, change.follow_up) == (AT, None, None)


def test_a_constraint_is_told_as_always_and_no_row_of_the_set_stays(customer):
    row = (customer.office_id, customer.pk, "test", b"once")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(SearchToken, TOKEN, [(*row[:3], b"another"), row, row])
    assert not SearchToken.objects.filter(kind="test").exists()


def test_no_rows_are_no_error(customer):
    had = SearchToken.objects.count()
    bulk.insert(SearchToken, TOKEN, [])
    assert SearchToken.objects.count() == had


def test_a_set_is_at_most_one_statement_that_is_counted(customer):
    with CaptureQueriesContext(connection) as sent:
        bulk.insert(SearchToken, TOKEN, [(customer.office_id, customer.pk, "test", digest) for digest in DIGESTS])
    assert len(sent) <= 1

"""Rows appended in sets: the values arrive as they were, and constraints hold as for any other row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import bulk
from customers.models import Customer, LevelChange, SearchToken, Standing
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


@pytest.fixture
def batch(customer):
    made = ImportBatch(office=customer.office, kind=BatchKind.REGISTER, by=customer.owner, made_at=AT, file_size=1)
    made.keep_key(b"k" * 32)
    made.save()
    return made


def test_bytes_arrive_as_they_were(customer):
    bulk.insert(SearchToken, TOKEN, [(customer.office_id, customer.pk, "test", digest) for digest in DIGESTS])
    kept = SearchToken.objects.filter(kind="test").order_by("pk").values_list("digest", flat=True)
    assert [bytes(digest) for digest in kept] == DIGESTS


def test_texts_lists_moments_and_nothing_arrive_as_they_were(customer, batch):
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


def test_new_rows_get_their_keys_in_order_and_read_as_they_were_written(customer):
    uuids = [uuid4() for _n in range(3)]
    rows = [
        Customer(
            **{"office": customer.office, "number": 100 + n, "uuid": uuid, "registered_at": AT},
            **{
                "standing": Standing.ACTIVE,
                "owner": customer.owner,
                "since": AT.date(),
                "valid_until": date(2026, 4, 1),
            },
        )
        for n, uuid in enumerate(uuids)
    ]
    bulk.create(Customer, rows)
    assert [row.pk for row in rows] == sorted({row.pk for row in rows} - {customer.pk})
    assert {row._state.adding for row in rows} == {False}
    for row in rows:
        kept = Customer.objects.get(pk=row.pk)
        for field in Customer._meta.concrete_fields:
            assert getattr(kept, field.attname) == getattr(row, field.attname), field.name
    later = SearchToken.objects.create(office=customer.office, customer=rows[0], kind="test", digest=b"1")
    assert later.customer_id == rows[0].pk


def test_keys_given_in_sets_and_one_by_one_never_meet(customer):
    def token(n: int) -> SearchToken:
        return SearchToken(office=customer.office, customer=customer, kind="test", digest=bytes([n]))

    sets = [[token(1), token(2)], [token(3)], []]
    for rows in sets:
        bulk.create(SearchToken, rows)
        token(10 + len(rows)).save()
    kept = SearchToken.objects.filter(kind="test").order_by("pk").values_list("digest", flat=True)
    assert [bytes(digest)[0] for digest in kept] == [1, 2, 12, 3, 11, 10]


def test_each_row_is_set_to_values_of_its_own(batch):
    rows = [ImportRow.objects.create(batch=batch, n=n, cells_sealed=b"0") for n in range(len(TEXTS) + 1)]
    told = [
        (row.pk, text, [["", text]], n, text.encode()) for n, (row, text) in enumerate(zip(rows, TEXTS, strict=False))
    ]
    bulk.update(ImportRow, ("result", "faults", "place", "cells_sealed"), told)
    kept = ImportRow.objects.order_by("n").values_list("pk", "result", "faults", "place", "cells_sealed")
    found = [(pk, result, faults, place, bytes(cells)) for pk, result, faults, place, cells in kept]
    assert found == [*told, (rows[-1].pk, "", [], 0, b"0")]
    bulk.update(ImportRow, ("result",), [])
    assert ImportRow.objects.filter(result="").count() == 2


def test_a_text_that_is_too_long_is_refused_and_never_cut(batch, db_kind):
    row = ImportRow.objects.create(batch=batch, n=1, cells_sealed=b"0")
    if db_kind == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            bulk.update(ImportRow, ("result",), [(row.pk, "x" * 41)])
        assert ImportRow.objects.get().result == ""
    else:
        bulk.update(ImportRow, ("result",), [(row.pk, "x" * 41)])
        assert ImportRow.objects.get().result == "x" * 41


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

"""Binary columns: kept as they are, and sent as arrays where the database takes them."""

from __future__ import annotations

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from common.fields import BytesField
from customers.models import SearchToken
from tests.house import House

DIGESTS = [b"", b"\x00\xff", b'"{}\\', bytes(range(32))]


@pytest.mark.django_db
def test_many_rows_keep_their_bytes_and_go_as_one_array_for_each_column(db_kind):
    house = House("A")
    house.sign_in("A")
    customer = house.customer(house.visit("09:30"))
    rows = [SearchToken(office=house.office, customer=customer, kind="test", digest=digest) for digest in DIGESTS]
    with CaptureQueriesContext(connection) as sent:
        SearchToken.objects.bulk_create(rows)
    kept = SearchToken.objects.filter(kind="test").order_by("pk").values_list("digest", flat=True)
    assert [bytes(digest) for digest in kept] == DIGESTS
    assert len(sent) == 1
    assert ("UNNEST" in sent[0]["sql"]) == (db_kind == "postgresql")


def test_migrations_know_it_as_djangos_field():
    field = BytesField(max_length=32)
    _name, path, args, options = field.deconstruct()
    assert path == "django.db.models.BinaryField"
    assert (args, options) == ([], {"max_length": 32})
    assert hasattr(models.BinaryField(), "get_placeholder")
    assert not hasattr(field, "get_placeholder")

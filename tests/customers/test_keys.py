"""Data keys and search tokens: made at registration, rotated, rebuilt, destroyed."""

from __future__ import annotations

import base64
import copy
import os
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from common import crypto
from customers import keys, registers, search
from customers.models import Customer, CustomerKey, Person, RegisterLine, SearchToken
from tests.house import House, phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """Three customers of A."""
    house = House("AB")
    for n in (1, 2, 3):
        house.call(f"10:0{n}", "A", phone=phone(n), name=f"王示例{n}")
    return house


@pytest.fixture
def ring(settings):
    """A key ring that a test may change."""
    settings.KEYS = copy.deepcopy(settings.KEYS)
    crypto.reset()
    yield settings.KEYS
    crypto.reset()


def use(ring: dict, kind: str, name: str) -> None:
    """Add a key to the ring and make it the one in use."""
    ring[kind][name] = base64.b64encode(os.urandom(32)).decode()
    ring["active" if kind == "kek" else "active_index"] = name
    crypto.reset()


def names() -> list[str]:
    """The names of all people, opened."""
    return [one.name for one in Person.objects.select_related("customer__key").order_by("pk")]


@pytest.mark.rule("PRIV-02")
def test_every_customer_has_a_key_of_its_own(house):
    wrapped = {bytes(key.wrapped) for key in CustomerKey.objects.all()}
    opened = {one.data_key for one in Customer.objects.select_related("key")}
    assert (len(wrapped), len(opened)) == (3, 3)
    for key in CustomerKey.objects.select_related("customer__key"):
        assert key.commitment == crypto.commitment(key.customer.data_key)


@pytest.mark.rule("PRIV-02")
def test_no_column_holds_a_name_or_a_number_in_the_clear(house):
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()])
            assert phone(1) not in rows, table
            assert repr("王示例1".encode())[2:-1] not in rows, table
            assert "王示例1" not in rows, table


@pytest.mark.rule("PRIV-02")
def test_rotation_wraps_every_key_anew_and_opens_the_same_texts(house, ring):
    before = names()
    old = crypto.active_kek()
    use(ring, "kek", "next")
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert out.getvalue() == f"3 data keys wrapped anew by next.\nUnused master keys: {old}.\n"
    assert {key.kek for key in CustomerKey.objects.all()} == {"next"}
    del ring["kek"][old]
    crypto.reset()
    assert names() == before == ["王示例1", "王示例2", "王示例3"]


@pytest.mark.rule("PRIV-05")
def test_without_its_key_a_customer_reads_as_empty(house):
    CustomerKey.objects.filter(customer__number=1).delete()
    customer = Customer.objects.get(number=1)
    assert customer.data_key is None
    assert [(one.name, one.phone) for one in customer.people.all()] == [("", "")]
    line = RegisterLine.objects.select_related("customer__key").get(number=1)
    assert (line.details, registers.fault(house.office)) == ("", None)


@pytest.mark.rule("PRIV-02")
def test_a_text_does_not_open_in_another_place(house):
    first, second = Person.objects.select_related("customer__key").order_by("pk")[:2]
    second.name_sealed = first.name_sealed
    with pytest.raises(crypto.Tampered):
        _ = second.name
    first.phone_sealed = first.name_sealed
    with pytest.raises(crypto.Tampered):
        _ = first.phone


def test_an_empty_text_is_kept_as_nothing(house):
    person = Person.objects.select_related("customer__key").first()
    person.name = ""
    assert (person.name_sealed, person.name) == (b"", "")


@pytest.mark.rule("PRIV-02")
def test_tokens_are_rebuilt_under_a_new_index_key(house, ring):
    use(ring, "index", "next")
    assert search.by_phone(house.office, phone(1)) is None
    for customer in Customer.objects.select_related("key"):
        keys.rebuild_tokens(customer)
    assert search.by_phone(house.office, phone(1)) == Customer.objects.get(number=1)
    kinds = set(SearchToken.objects.values_list("kind", flat=True))
    assert kinds == {"phone", "last4", "name", "prefix", "pinyin", "initials"}


@pytest.mark.rule("OWN-06b")
@pytest.mark.parametrize("oldest_first", [True, False])
def test_a_number_that_went_to_the_family_finds_the_family_after_a_rebuild(house, ring, oldest_first):
    house.sign_in("A", "B")
    family = Customer.objects.get(number=2)
    lead = house.web("11:00", phone=phone(8))
    told = house.visit("11:10", phone=phone(8), relative=family, relation="spouse")
    assert (told.decision, told.customer) == ("family", family)
    use(ring, "index", "next")
    customers = Customer.objects.select_related("key").order_by("pk" if oldest_first else "-pk")
    for customer in customers:
        keys.rebuild_tokens(customer)
    assert search.by_phone(house.office, phone(8)) == family
    assert lead.customer.pk != family.pk


@pytest.mark.rule("OWN-06b")
def test_a_phone_number_is_one_customers_in_an_office(house):
    token = SearchToken.objects.filter(kind="phone").first()
    other = Customer.objects.get(number=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        SearchToken.objects.create(office=house.office, customer=other, kind="phone", digest=token.digest)
    elsewhere = House("D")
    theirs = elsewhere.call("10:00", "D").customer
    SearchToken.objects.create(office=elsewhere.office, customer=theirs, kind="phone", digest=token.digest)


def test_a_token_exists_once_per_customer(house):
    token = SearchToken.objects.filter(kind="prefix").first()
    token.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        token.save(force_insert=True)

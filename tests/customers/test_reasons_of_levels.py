"""Why a level was chosen is kept under the customer's key: what is written now, and what was written before."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from customers import cards
from customers.models import CardVersion, Customer, CustomerKey, LevelChange
from tests.house import House, phone

BEFORE = [("customers", "0013_guidance")]
SEALED = [("customers", "0016_no_reasons_of_levels_in_the_clear")]
WHY = "他说下周付定金"


def judged(house: House, n: int = 1) -> Customer:
    """A customer whose level somebody chose against the findings, with a reason."""
    customer = house.customer(house.call("09:30", "A", phone=phone(n)))
    findings = cards.Findings(need=True)
    now = house.at("10:00")
    cards.submit(customer, by=house.people["A"], now=now, findings=findings, level="H", reason=WHY)
    return Customer.objects.get(pk=customer.pk)


@pytest.mark.rule("PRIV-02")
@pytest.mark.django_db
def test_a_reason_is_sealed_in_the_version_and_the_change_and_goes_with_the_key(house):
    customer = judged(house)
    kept = [CardVersion.objects.get(customer=customer), LevelChange.objects.get(customer=customer)]
    assert [row.reason for row in kept] == [WHY, WHY]
    assert not any(WHY.encode() in bytes(row.reason_sealed) for row in kept)
    CustomerKey.objects.filter(customer=customer).delete()
    kept = [CardVersion.objects.get(customer=customer), LevelChange.objects.get(customer=customer)]
    assert [row.reason for row in kept] == ["", ""]


@pytest.mark.rule("PRIV-02")
@pytest.mark.django_db(transaction=True)
def test_reasons_written_in_the_clear_are_sealed_by_the_migration_and_those_of_the_erased_go():
    house = House("AB")
    house.sign_in("A", "B")
    kept, erased = judged(house, 1), judged(house, 2)
    heads = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        old = MigrationExecutor(connection)
        old.migrate(BEFORE)
        for name in ("CardVersion", "LevelChange"):
            state = old.loader.project_state(BEFORE).apps.get_model("customers", name)
            assert state.objects.update(reason=WHY) == 2
        CustomerKey.objects.filter(customer=erased).delete()
        MigrationExecutor(connection).migrate(SEALED)
    finally:
        MigrationExecutor(connection).migrate(heads)
    for model in (CardVersion, LevelChange):
        found = {row.customer_id: row.reason for row in model.objects.select_related("customer__key")}
        assert found == {kept.pk: WHY, erased.pk: ""}
        assert not any(WHY in repr(row) for row in model.objects.values())

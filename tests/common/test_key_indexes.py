"""A key that gives up its own index: the table itself stays as it is, triggers and all, and the way back is there."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ProjectState
from django.db.models import PROTECT, ForeignKey

from common.key_indexes import DropKeyIndex
from customers.models import Customer, RegisterLine, SearchToken
from exchange.models import ImportRow

KEYS = [
    *((SearchToken, name) for name in ("office", "customer")),
    *((RegisterLine, name) for name in ("office", "customer")),
    *((Customer, name) for name in ("office", "owner")),
    (ImportRow, "batch"),
]


def indexes(model: type) -> dict[str, list[str]]:
    """Columns by name of every index of the table."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return {name: said["columns"] for name, said in found.items() if said["index"] or said["unique"]}


def triggers() -> int:
    asked = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "name"), KEYS)
def test_what_has_no_index_of_its_own_leads_another(model, name):
    field = model._meta.get_field(name)
    columns = list(indexes(model).values())
    assert not field.db_index
    assert [field.column] not in columns
    assert any(several and several[0] == field.column for several in columns)


@pytest.mark.django_db(transaction=True)
def test_there_and_back_again():
    model, had, guards = RegisterLine, indexes(RegisterLine), triggers()
    with_index = ForeignKey("staff.office", PROTECT, related_name="lines")
    before = ProjectState.from_apps(apps)
    before.alter_field("customers", "registerline", "office", with_index, preserve_default=True)
    drop = DropKeyIndex("registerline", "office", ForeignKey("staff.office", PROTECT, db_index=False))
    after = before.clone()
    drop.state_forwards("customers", after)
    with connection.schema_editor(atomic=False) as editor:
        drop.database_backwards("customers", editor, after, before)
    try:
        assert ["office_id"] in indexes(model).values()
        assert triggers() == guards
    finally:
        with connection.schema_editor(atomic=False) as editor:
            drop.database_forwards("customers", editor, before, after)
    assert indexes(model) == had
    assert triggers() == guards > 0

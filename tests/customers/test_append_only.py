"""Tables that nobody may change: the database itself refuses UPDATE, DELETE and TRUNCATE."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from common import append_only
from crm import guarded
from customers import contacts, registers
from customers.models import Person
from reception import helping
from sales import results
from staff import policy, posting
from staff.roles import Role
from tests.house import MONDAY, House, phone

pytestmark = pytest.mark.django_db
TABLES = guarded.tables()


@pytest.fixture
def filled() -> House:
    """An office with rows in the tables that its rules fill first."""
    house = House("ABC")
    manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.sign_in("A", "B", "C")
    told = house.visit("10:00", phone=phone(1), name="王示例", taken_by="C")
    registers.correct(told.line, by=house.clerk, now=house.at("10:05"), reason="笔误", name="王更正")
    helping.help_with(house.reception(told), helper=house.people["A"], by=house.supervisor, now=house.at("10:10"))
    contacts.record(
        house.customer(told), by=house.people["C"], now=house.at("11:00"), manner="phone", reached=True, result="好"
    )
    policy.change(house.office, by=manager, now=house.at("12:00"), valid_days=20)
    posting.hire(house.office, name="新人", role=Role.REP, username="new", now=house.at("12:00"))
    results.enter(house.office, user=house.people["A"], first=MONDAY, last=MONDAY, deals=0, amount=0, by=manager)
    return house


def rows(table: str) -> list:
    """Everything in a table."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return cursor.fetchall()


def refused(statement: str) -> None:
    """The database refuses a statement."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def key_of(table: str) -> str:
    """The name of the table's primary key."""
    with connection.cursor() as cursor:
        return str(connection.introspection.get_primary_key_column(cursor, table))


@pytest.mark.rule("REG-04")
@pytest.mark.rule("REC-17")
def test_truncate_is_refused_where_there_is_such_a_thing(filled, db_kind):
    if db_kind != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'append_only%'")
            assert cursor.fetchone()[0] == 2 * len(TABLES)
        return
    connection.check_constraints()
    for table in TABLES:
        refused(f'TRUNCATE "{table}" CASCADE')


@pytest.mark.rule("REG-04")
def test_the_orm_is_refused_as_well(filled):
    told = filled.visit("13:00")
    told.line.reason = "另有原因"
    for change in (told.line.save, told.line.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.rule("REG-04")
def test_every_guarded_table_lacks_no_trigger():
    assert append_only.unguarded(connection, TABLES) == []
    assert guarded.check_guards(databases=["default"]) == []
    assert [found.id for found in run_checks(databases=["default"]) if found.id.startswith("crm.")] == []


@pytest.mark.rule("REG-04")
def test_a_lost_trigger_is_found_and_migrate_puts_it_on_again():
    table = "customers_registerline"
    append_only.remove(connection, [table])
    assert append_only.unguarded(connection, TABLES) == [table]
    assert [found.id for found in guarded.check_guards(databases=["default"])] == ["crm.E001"]
    guarded.guard()
    guarded.guard()
    assert append_only.unguarded(connection, TABLES) == []


@pytest.mark.rule("REG-04")
def test_a_table_that_does_not_exist_is_no_fault():
    assert append_only.unguarded(connection, ["no_such_table"]) == []
    append_only.install(connection, ["no_such_table"])


def test_history_of_people_is_guarded_while_people_change(filled):
    person = Person.objects.select_related("customer__key").get()
    person.name = "王改名"
    person.save(update_fields=["name_sealed"])
    assert person.history.count() == 2
    refused('DELETE FROM "customers_historicalperson"')


@pytest.mark.django_db(transaction=True)
def test_emptying_a_whole_database_on_purpose_works_and_guards_again(filled):
    call_command("flush", interactive=False, verbosity=0)
    assert all(rows(table) == [] for table in TABLES)
    assert append_only.unguarded(connection, TABLES) == []

"""The public register: gapless, chained, corrected beside and never in place."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from common import append_only, crypto
from common.errors import RuleError
from crm import guarded
from customers import completing, registers
from customers.models import Customer, CustomerKey, OfficeRegister, RegisterCorrection, RegisterLine
from staff.models import Notice
from tests.house import House, phone

pytestmark = pytest.mark.django_db
VERIFIER = Path(__file__).resolve().parents[2] / "ops" / "verify_register.py"


@pytest.fixture
def house() -> House:
    """Five calls of customers, the second one with a correction."""
    house = House("AB")
    for n in range(1, 6):
        house.call(f"10:0{n}", "A", phone=phone(n), name=f"王示例{n}")
    return house


def line(house: House, number: int) -> RegisterLine:
    """A line as the records are now."""
    return RegisterLine.objects.select_related("office", "customer__key").get(office=house.office, number=number)


def tamper(statement: str, *values: object) -> None:
    """What somebody with the database's own password could do."""
    append_only.remove(connection, guarded.tables())
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    append_only.install(connection, guarded.tables())


def correct(house: House, number: int, **changed: str) -> RegisterCorrection:
    """The clerk corrects a line."""
    said = {"reason": "笔误", **changed}
    return registers.correct(line(house, number), by=house.clerk, now=house.at("17:00"), **said)


# Numbers and the chain


@pytest.mark.rule("REG-01")
@pytest.mark.rule("REG-05")
def test_the_register_is_gapless_and_intact(house):
    assert house.numbers() == [1, 2, 3, 4, 5]
    register = OfficeRegister.objects.get(office=house.office)
    assert (register.last_number, register.head) == (5, line(house, 5).digest)
    assert registers.fault(house.office) is None


@pytest.mark.rule("REG-05")
def test_an_empty_register_is_intact():
    assert registers.fault(House("A").office) is None


@pytest.mark.rule("REG-05")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reason", "另有原因"),
        ("kind", "visit"),
        ("decision", "named"),
        ("source", "agent"),
        ("party", 9),
        ("first", False),
        ("opens", False),
        ("appointment", True),
        ("commit", "0" * 64),
        ("digest", "0" * 64),
        ("owner_id", None),
        ("receiver_id", None),
        ("recorded_by_id", None),
    ],
)
def test_an_altered_column_names_the_line(house, column, value):
    tamper(f'UPDATE customers_registerline SET "{column}" = %s WHERE number = 3', value)
    assert registers.fault(house.office) == "line 3 was altered"


@pytest.mark.rule("REG-05")
def test_an_altered_time_customer_or_request_names_the_line(house):
    moved = RegisterLine.objects.get(number=4)
    for values in (
        {"at": moved.at + timedelta(seconds=1)},
        {"customer": Customer.objects.get(number=1)},
        {"request_id": "00000000-0000-4000-8000-000000000000"},
    ):
        was = {field: getattr(moved, field) for field in values}
        append_only.remove(connection, guarded.tables())
        RegisterLine.objects.filter(pk=moved.pk).update(**values)
        assert registers.fault(house.office) == "line 4 was altered"
        RegisterLine.objects.filter(pk=moved.pk).update(**was)
        append_only.install(connection, guarded.tables())
    assert registers.fault(house.office) is None


@pytest.mark.rule("REG-05")
@pytest.mark.parametrize(("number", "fault"), [(1, "line 1 missing"), (3, "line 3 missing"), (5, "line 5 missing")])
def test_a_deleted_line_is_missed_even_the_last(house, number, fault):
    gone = line(house, number)
    ids = {"line": gone.pk}
    tamper("DELETE FROM customers_historicalfollowup WHERE line_id = %s", ids["line"])
    tamper("UPDATE customers_episode SET line_id = NULL WHERE line_id = %s", ids["line"])
    tamper("DELETE FROM customers_registerline WHERE id = %s", ids["line"])
    assert registers.fault(house.office) == fault


@pytest.mark.rule("REG-05")
def test_a_line_rewritten_with_a_fitting_digest_is_found_by_the_one_after_it(house):
    forged = line(house, 3)
    forged.party = 9
    forged.digest = registers.chain.digest(forged.prev, registers.public_part(forged, forged.customer.uuid))
    tamper("UPDATE customers_registerline SET party = 9, digest = %s WHERE number = 3", forged.digest)
    assert registers.fault(house.office) == "line 4 does not follow the one before it"


@pytest.mark.rule("REG-05")
def test_the_last_line_rewritten_with_a_fitting_digest_is_found_by_the_counter(house):
    forged = line(house, 5)
    forged.party = 9
    forged.digest = registers.chain.digest(forged.prev, registers.public_part(forged, forged.customer.uuid))
    tamper("UPDATE customers_registerline SET party = 9, digest = %s WHERE number = 5", forged.digest)
    assert registers.fault(house.office) == "line 5 is not the last one written"


@pytest.mark.rule("REG-05")
def test_two_lines_exchanged_are_found(house):
    tamper("UPDATE customers_registerline SET number = 99 WHERE number = 2")
    tamper("UPDATE customers_registerline SET number = 2 WHERE number = 3")
    tamper("UPDATE customers_registerline SET number = 3 WHERE number = 99")
    assert registers.fault(house.office) == "line 2 does not follow the one before it"


@pytest.mark.rule("REG-05")
def test_a_changed_ciphertext_does_not_open(house):
    other = line(house, 2)
    tamper("UPDATE customers_registerline SET details_sealed = %s WHERE number = 3", bytes(other.details_sealed))
    with pytest.raises(crypto.Tampered):
        registers.details_of(line(house, 3))


@pytest.mark.rule("REG-05")
def test_erasing_a_customers_key_leaves_the_chain_intact(house):
    correct(house, 3, name="王更正")
    CustomerKey.objects.filter(customer=line(house, 3).customer).delete()
    assert registers.fault(house.office) is None
    assert registers.details_of(line(house, 3)) == {}
    assert registers.details_of(line(house, 2))["phone"] == phone(2)
    house.call("11:00", "B", phone=phone(9))
    assert registers.fault(house.office) is None


@pytest.mark.rule("OFF-01")
def test_the_chains_of_two_offices_are_their_own(house):
    other = House("D")
    other.call("10:00", "D")
    tamper("UPDATE customers_registerline SET party = 9 WHERE office_id = %s AND number = 3", house.office.pk)
    assert (registers.fault(house.office), registers.fault(other.office)) == ("line 3 was altered", None)


# Corrections beside


@pytest.mark.rule("REG-04")
def test_a_correction_keeps_the_original_its_author_and_time(house):
    entry = correct(house, 2, name="王更正", reason=" 听错 ")
    assert (entry.by, entry.at, entry.reason, entry.kind) == (house.clerk, house.at("17:00"), "听错", "correction")
    original = registers.details_of(line(house, 2))
    assert (original["name"], line(house, 2).recorded_by, line(house, 2).at) == (
        "王示例2",
        house.clerk,
        house.at("10:02"),
    )
    assert completing.effective(line(house, 2), [entry]) == {"name": "王更正", "phone": phone(2)}


@pytest.mark.rule("REG-04")
@pytest.mark.parametrize(
    "changed",
    [{"reason": ""}, {"reason": "  ", "name": "王"}, {}, {"name": " "}, {"phone": "123"}, {"name": "长" * 61}],
)
def test_a_correction_needs_a_reason_and_something_to_say(house, changed):
    with pytest.raises(RuleError):
        correct(house, 2, **changed)
    assert OfficeRegister.objects.get(office=house.office).last_correction == 0


@pytest.mark.rule("REG-05")
def test_corrections_have_a_chain_of_their_own(house):
    correct(house, 2, name="王甲")
    correct(house, 3, name="王乙")
    assert registers.fault(house.office) is None
    tamper("UPDATE customers_registercorrection SET reason = %s WHERE seq = 1", "无")
    assert registers.fault(house.office) == "correction 1 was altered"
    tamper("DELETE FROM customers_registercorrection WHERE seq = 1")
    assert registers.fault(house.office) == "correction 1 missing"


@pytest.mark.rule("REG-04")
@pytest.mark.rule("REG-08")
def test_who_may_complete_and_who_may_correct(house):
    one, today, tomorrow = line(house, 1), house.on, house.on + timedelta(days=1)
    allowed = [
        (house.people["A"], today, True),
        (house.clerk, today, True),
        (house.clerk, today, False),
        (house.supervisor, tomorrow, True),
        (house.supervisor, tomorrow, False),
    ]
    refused = [
        (house.people["A"], tomorrow, True, "REG-08"),
        (house.people["A"], today, False, "REG-04"),
        (house.people["B"], today, True, "REG-08"),
        (house.people["B"], today, False, "REG-08"),
        (House("X").clerk, today, True, "REG-08"),
        (House("Y").supervisor, today, False, "REG-08"),
    ]
    for by, day, completing_it in allowed:
        registers.check_correct(one, by=by, today=day, completing=completing_it)
    for by, day, completing_it, rule in refused:
        with pytest.raises(RuleError) as error:
            registers.check_correct(one, by=by, today=day, completing=completing_it)
        assert error.value.rule == rule


@pytest.mark.rule("REG-08")
@pytest.mark.parametrize(("night", "at", "allowed"), [(0, "23:59:59", True), (1, "00:00:00", False)])
def test_a_line_is_completed_on_its_own_day(house, night, at, allowed):
    told = house.call("12:00", "A", phone=phone(8))
    house.sleep(night)
    one = line(house, told.line.number)
    assert completing.lacking(one) == ["name"]
    if allowed:
        completing.amend(one, by=house.people["A"], now=house.at(at), kind="completion", name="王补登")
        assert completing.lacking(line(house, one.number)) == []
        assert registers.fault(house.office) is None
        return
    with pytest.raises(RuleError) as refused:
        completing.amend(one, by=house.people["A"], now=house.at(at), kind="completion", name="王补登")
    assert refused.value.rule == "REG-08"


@pytest.mark.rule("REG-08")
def test_a_line_still_incomplete_at_the_end_of_its_day_goes_before_the_supervisor_once(house):
    told = house.call("12:00", "A", phone=phone(8))
    assert completing.put_before_supervisors(now=house.at("23:59:59")) == 0
    house.sleep()
    assert completing.put_before_supervisors(now=house.at("00:10")) == 1
    assert completing.put_before_supervisors(now=house.at("00:20")) == 0
    notice = Notice.objects.get()
    assert (notice.user, notice.link) == (house.supervisor, f"/register/{told.line.number}/")


@pytest.mark.rule("REG-08")
@pytest.mark.parametrize(
    ("details", "lacks"),
    [
        ({}, ["name", "phone"]),
        ({"name": "王"}, ["phone"]),
        ({"phone": phone(1)}, ["name"]),
        ({"name": "王", "phone": phone(1)}, []),
    ],
)
def test_a_line_lacks_name_and_phone(details, lacks):
    assert registers.missing(details) == lacks


@pytest.mark.rule("REG-09")
def test_the_reception_record_is_an_entry_beside_the_line(house):
    house.sign_in("A")
    told = house.visit("13:00", phone=phone(8), name="王示例")
    one = line(house, told.line.number)
    said = {"shown": "3 号楼样板间", "summary": "喜欢南向", "intent": "高", "companions": "妻"}
    entry = completing.amend(one, by=house.people["A"], now=house.at("14:00"), kind="record", **said)
    assert {key: value for key, value in registers.details_of(entry).items() if key != "r"} == said
    assert (entry.kind, registers.fault(house.office)) == ("record", None)


@pytest.mark.rule("REG-02")
def test_the_personal_register_is_a_view_of_the_public_one(house):
    house.on = house.office.today(house.at("12:00"))
    Customer.objects.update(valid_until="2999-01-01")
    house.call("12:00", "B", phone=phone(8))
    Customer.objects.update(valid_until="2999-01-01")
    seen = {
        code: list(
            RegisterLine.objects.visible_to(house.people[code]).order_by("number").values_list("number", flat=True)
        )
        for code in "AB"
    }
    assert seen == {"A": [1, 2, 3, 4, 5], "B": [6]}
    assert RegisterLine.objects.visible_to(house.clerk).count() == 6
    assert RegisterLine.objects.visible_to(House("X").supervisor).count() == 0


# The check command and the stand-alone verifier


def verify(*arguments: str) -> tuple[int, str]:
    """Status and words of the check command."""
    out = StringIO()
    try:
        call_command("verify_register", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.rule("REG-05")
def test_the_check_command_proves_it_intact_or_names_the_first_bad_line(house):
    office = house.office
    assert verify() == (0, f"Office {office.pk} {office}: intact, 5 lines\n")
    tamper("UPDATE customers_registerline SET party = 9 WHERE number > 2")
    assert verify("--office", str(office.pk)) == (1, f"Office {office.pk} {office}: NOT INTACT: line 3 was altered\n")


def test_the_check_command_knows_only_offices_that_exist():
    with pytest.raises(CommandError):
        call_command("verify_register", "--office", "999999")


@pytest.mark.rule("REG-05")
def test_the_verifier_needs_python_alone(house, tmp_path):
    correct(house, 2, name="王更正")
    exported, proof = tmp_path / "register.jsonl", tmp_path / "proof.json"
    assert verify("--export", str(exported))[0] == 0
    assert phone(1) not in exported.read_text(encoding="utf-8")
    verify("--office", str(house.office.pk), "--disclose", "2", "--export", str(proof))

    def judge(*more: str) -> int:
        command = [sys.executable, "-I", str(VERIFIER), str(exported), *more]
        return subprocess.run(command, capture_output=True, timeout=60).returncode

    assert judge("--disclose", str(proof)) == 0
    shown = json.loads(proof.read_text(encoding="utf-8"))
    shown["details"]["name"] = "李冒名"
    proof.write_text(json.dumps(shown), encoding="utf-8")
    assert judge("--disclose", str(proof)) == 1
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace('"party":1', '"party":2', 1), encoding="utf-8")
    assert judge() == 1


# What the database promises


@pytest.mark.rule("REG-01")
@pytest.mark.parametrize("field", ["number", "request_id"])
def test_a_number_and_a_request_exist_once_per_office(house, field):
    twin = line(house, 2)
    values = {"number": 6, "request_id": "00000000-0000-4000-8000-000000000000"}
    values[field] = getattr(line(house, 1), field)
    twin.pk = None
    for name, value in values.items():
        setattr(twin, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.rule("REG-01")
def test_numbers_begin_with_one(house):
    twin = line(house, 1)
    twin.pk, twin.number, twin.request_id = None, 0, "00000000-0000-4000-8000-000000000000"
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.rule("REG-01")
def test_a_rolled_back_line_uses_up_no_number(house):
    with transaction.atomic():
        assert house.call("12:00", "A").line.number == 6
        transaction.set_rollback(True)
    assert house.call("12:01", "A").line.number == 6


@pytest.mark.rule("REG-05")
def test_a_correction_has_its_number_once(house):
    entry = correct(house, 2, name="王更正")
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)

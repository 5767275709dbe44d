"""The register proven intact, by the product and by Python alone; the first bad line named; keys rotated."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from common import append_only, crypto
from common.keyfile import new_key
from crm.guarded import tables
from customers import completing
from customers.models import CustomerKey, RegisterLine
from tests.house import House, phone

VERIFIER = Path(__file__).resolve().parents[2] / "ops" / "verify_register.py"


@pytest.fixture
def house(db) -> House:
    """An office with five lines and a correction."""
    house = House("A")
    for n in range(1, 6):
        told = house.call(f"09:0{n}", "A", name=f"客户{n}", phone=phone(n))
    completing.amend(told.line, by=house.clerk, now=house.at("10:00"), kind="correction", reason="错字", name="柯户")
    return house


def verify(*args) -> tuple[int, str]:
    """(exit status, words) of the command."""
    out = StringIO()
    try:
        call_command("verify_register", *args, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def stand_alone(*args) -> tuple[int, str]:
    """(exit status, words) of the verifier that needs Python alone."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def tampered(sql: str) -> None:
    """Change the register behind the product's back, as somebody with the database's password could."""
    append_only.remove(connection, tables())
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.rule("REG-05")
def test_an_intact_register_is_said_to_be_so(house):
    assert verify() == (0, f"Office {house.office.pk} {house.office}: intact, 5 lines\n")


@pytest.mark.rule("REG-05")
@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE customers_registerline SET owner_id = NULL WHERE number = 3", "line 3 was altered"),
        ("UPDATE customers_registerline SET party = 9 WHERE number = 1", "line 1 was altered"),
        ("UPDATE customers_registerline SET digest = prev WHERE number = 4", "line 4 was altered"),
        ("UPDATE customers_registercorrection SET reason = 'x'", "correction 1 was altered"),
        ("DELETE FROM customers_registercorrection", "correction 1 missing"),
        ("UPDATE customers_officeregister SET last_number = 6", "line 6 missing"),
        ("UPDATE customers_officeregister SET last_number = 4", "line 5 beyond the counter"),
    ],
)
def test_the_first_bad_line_is_named_by_both_verifiers(house, tmp_path, sql, fault):
    tampered(sql)
    status, words = verify("--export", str(tmp_path / "register.jsonl"))
    assert (status, words) == (1, f"Office {house.office.pk} {house.office}: NOT INTACT: {fault}\n")
    status, words = stand_alone(tmp_path / "register.jsonl")
    entry = " ".join(fault.split()[:2])
    assert status == 1
    assert words.startswith(f"Office {house.office.pk}: NOT INTACT: {entry} ")


@pytest.mark.rule("REG-05")
def test_an_export_holds_no_personal_data_and_is_verified_by_python_alone(house, tmp_path):
    House("B").call("09:00", "B", name="外店客")
    file = tmp_path / "register.jsonl"
    assert verify("--export", str(file))[0] == 0
    text = file.read_text(encoding="utf-8")
    assert not any(secret in text for secret in ("客户1", phone(1), "柯户", "外店客"))
    status, words = stand_alone(file)
    assert status == 0
    assert f"Office {house.office.pk}: intact, 5 lines, 1 corrections" in words


def test_one_office_can_be_asked_for(house, tmp_path):
    other = House("B").office
    assert verify("--office", str(other.pk)) == (0, f"Office {other.pk} {other}: intact, 0 lines\n")
    with pytest.raises(CommandError):
        call_command("verify_register", "--office", "999999")


@pytest.mark.rule("REG-05")
def test_a_disclosed_line_is_proven_and_a_changed_disclosure_is_not(house, tmp_path):
    register, proof = tmp_path / "register.jsonl", tmp_path / "proof.json"
    verify("--export", str(register))
    verify("--office", str(house.office.pk), "--disclose", "3", "--export", str(proof))
    shown = json.loads(proof.read_text(encoding="utf-8"))
    assert (shown["details"]["name"], shown["details"]["phone"]) == ("客户3", phone(3))
    assert proof.stat().st_mode & 0o077 == 0
    status, words = stand_alone(register, "--disclose", proof)
    assert (status, words.splitlines()[-1]) == (0, f"Line 3 of office {house.office.pk} says what was disclosed")
    for change in ({"details": {**shown["details"], "name": "别人"}}, {"number": 4}, {"number": 9}):
        proof.write_text(json.dumps({**shown, **change}), encoding="utf-8")
        assert stand_alone(register, "--disclose", proof)[0] == 1


@pytest.mark.rule("REG-05")
def test_erasing_a_customer_leaves_the_chain_intact_and_nothing_to_disclose(house, tmp_path):
    CustomerKey.objects.filter(customer__lines__number=3).delete()
    assert verify()[0] == 0
    arguments = ("--office", str(house.office.pk), "--disclose", "3", "--export", str(tmp_path / "proof.json"))
    with pytest.raises(CommandError):
        call_command("verify_register", *arguments)
    assert not (tmp_path / "proof.json").exists()


@pytest.mark.parametrize("text", ["not json", "[1]", '{"type": "line"}', '{"type": "register", "format": 2}'])
def test_a_file_that_is_no_register_is_refused(tmp_path, text):
    file = tmp_path / "x.jsonl"
    file.write_text(text, encoding="utf-8")
    assert stand_alone(file)[0] == 2
    assert stand_alone(tmp_path / "missing.jsonl")[0] == 2


@pytest.mark.rule("PRIV-02")
def test_rotated_keys_open_everything_and_the_old_one_may_go(house, monkeypatch):
    keys = {**settings.KEYS, "kek": {**settings.KEYS["kek"], "k9": new_key()}, "active": "k9"}
    old = crypto.active_kek()
    monkeypatch.setattr(settings, "KEYS", keys)
    crypto.reset()
    try:
        out = StringIO()
        call_command("rotate_keys", stdout=out)
        assert out.getvalue().splitlines() == ["5 data keys wrapped anew by k9.", f"Unused master keys: {old}."]
        del keys["kek"][old]
        crypto.reset()
        line = RegisterLine.objects.select_related("customer__key").get(number=1)
        assert '"name":"客户1"' in line.details
        out = StringIO()
        call_command("rotate_keys", stdout=out)
        assert out.getvalue().startswith("0 data keys")
    finally:
        crypto.reset()


@pytest.fixture(autouse=True)
def ring_is_restored():
    """A test that changes the key ring leaves none of it behind."""
    yield
    crypto.reset()

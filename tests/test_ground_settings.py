"""Settings from the environment: each malformed one is one sentence that quotes no password."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from common.environment import read, read_broker, read_database, read_number

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = "django.db.backends.postgresql"


def test_without_a_setting_the_database_is_a_file(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert read_database(Path("/x/db")) == {"ENGINE": "django.db.backends.sqlite3", "NAME": "/x/db"}


def test_a_database_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me:p%40ss%2F@db.example:5433/office")
    assert read_database(Path("x")) == {
        "ENGINE": POSTGRES,
        "NAME": "office",
        "USER": "me",
        "PASSWORD": "p@ss/",
        "HOST": "db.example",
        "PORT": 5433,
    }


def test_a_sqlite_file_may_be_named(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:////data/office.sqlite3")
    assert read_database(Path("x"))["NAME"] == "/data/office.sqlite3"


@pytest.mark.parametrize(
    "url",
    [
        "foo",
        "postgres://",
        "postgres://me:s3cret@host:port/db",
        "mysql://me:s3cret@host/db",
        "postgres://[/db",
        "sqlite://",
    ],
)
def test_a_malformed_database_address_stops_with_a_sentence(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL is malformed; it is written like") as refusal:
        read_database(Path("x"))
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["redis://h", "redis://:p@h:6379/0", "rediss://h:6380/1"])
def test_a_broker_address_is_taken(monkeypatch, url):
    monkeypatch.setenv("REDIS_URL", url)
    assert read_broker() == url


@pytest.mark.parametrize(
    "url", ["localhost:6379", "redis://", "redis://h:port/0", "http://h/0", "redis://h/zero", "redis://["]
)
def test_a_malformed_broker_address_stops_with_a_sentence(monkeypatch, url):
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL is malformed; it is written like"):
        read_broker()


def test_a_setting_may_come_from_a_file(monkeypatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("postgres://a:b@c/d\n")
    monkeypatch.setenv("DATABASE_URL_FILE", str(secret))
    assert read("DATABASE_URL") == "postgres://a:b@c/d"
    secret.unlink()
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL_FILE names .* which cannot be read"):
        read("DATABASE_URL")


@pytest.mark.parametrize("text", ["many", "-1", "0", "501", "１２", "1.5"])
def test_a_number_out_of_range_stops_with_a_sentence(monkeypatch, text):
    monkeypatch.setenv("DATABASE_POOL", text)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_POOL must be a whole number from 1 to 500"):
        read_number("DATABASE_POOL", 12, 1, 500)


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL is malformed"),
        ("REDIS_URL", "nonsense", "REDIS_URL is malformed"),
        ("KEYS_JSON", "{}", "KEYS_JSON is malformed"),
        ("KEY_FILE", "/nowhere/keys.json", "The key file /nowhere/keys.json is missing"),
        ("PORT", "many", "PORT must be a number"),
    ],
)
@pytest.mark.parametrize("module", ["ops.run", "manage"])
def test_a_malformed_setting_stops_the_start_with_one_sentence(tmp_path, module, setting, value, sentence):
    if (module, setting) == ("manage", "PORT"):
        value, setting, sentence = "many", "DATABASE_POOL", "DATABASE_POOL must be a whole number"
        extra = {"DATABASE_URL": "postgres://a@b/c"}
    else:
        extra = {}
    unwanted = ("KEYS_JSON", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    env = {key: text for key, text in os.environ.items() if key not in unwanted}
    env |= {"VAR_DIR": str(tmp_path), "DEMO": "0"} | extra
    if module == "manage" and "KEY" not in setting:
        env["KEYS_JSON"] = os.environ["KEYS_JSON"]
    arguments = ["-m", module] if module == "ops.run" else ["manage.py", "check"]
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=env | {setting: value}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Not started: {sentence}")
    assert len(done.stderr.splitlines()) == 1

"""Rotating the master key reaches everything that one wraps."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import BinaryField

from common import crypto
from common.keyfile import new_key
from crm.management.commands.rotate_keys import WRAPPED
from reception import channels
from staff import bot_secrets, bots
from staff.roles import Role
from tests.house import House, phone

pytestmark = pytest.mark.django_db
URL = "https://93.184.215.14/send?key=t0psecret"


@pytest.fixture
def ring(monkeypatch):
    """A second master key is in use."""
    keys = {**settings.KEYS, "kek": {**settings.KEYS["kek"], "k9": new_key()}, "active": "k9"}

    def turn() -> dict:
        monkeypatch.setattr(settings, "KEYS", keys)
        crypto.reset()
        return keys

    yield turn
    monkeypatch.undo()
    crypto.reset()


def columns() -> set[tuple[str, str]]:
    """Every binary column that by its name holds something wrapped."""
    models = [model for model in apps.get_models() if not model.__name__.startswith("Historical")]
    return {
        (model._meta.label, field.name)
        for model in models
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.name.endswith("wrapped")
    }


def test_no_wrapped_column_is_forgotten():
    assert columns() == {(label, wrapped) for label, (wrapped, _kek) in WRAPPED.items()}


@pytest.mark.rule("WEB-01")
@pytest.mark.rule("PRIV-02")
def test_customers_webhooks_and_bots_open_after_the_old_key_is_gone(ring):
    house, old = House("A"), crypto.active_kek()
    manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.call("09:30", "A", name="孙小平", phone=phone(1))
    form, _none = channels.make(house.office, kind="form", label="官网", by=manager, now=house.at("09:00"))
    hook, secret = channels.make(house.office, kind="hook", label="平台", by=manager, now=house.at("09:00"))
    bot = bots.set_up(house.office, kind="feishu", url=URL, secret="abc", by=manager, now=house.at("09:00"))
    keys, out = ring(), StringIO()
    call_command("rotate_keys", stdout=out)
    assert out.getvalue() == f"3 data keys wrapped anew by k9.\nUnused master keys: {old}.\n"
    del keys["kek"][old]
    crypto.reset()
    for row in (form, hook, bot):
        row.refresh_from_db()
    stamp = str(int(house.at("10:00").timestamp()))
    signed = channels.sign(bytes.fromhex(secret), stamp, b"{}")
    channels.verify(hook, timestamp=stamp, signature=signed, body=b"{}", now=house.at("10:00"))
    assert (bot_secrets.opened(bot), form.secret_kek) == ((URL, "abc"), "")
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert out.getvalue().startswith("0 data keys")

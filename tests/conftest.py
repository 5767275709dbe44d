"""What every test may ask for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation

from staff.models import User

from .house import NOON
from .template import django_db_keepdb, django_db_setup

__all__ = ["django_db_keepdb", "django_db_setup"]

# A busy machine is no bug, and CI looks at the same examples each time; at home new ones are tried.
hypothesis.settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("house")
RULE_ID = re.compile(r"[A-Z]{2,5}-\d\d[a-z]?")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a rule mark that names no rule: a typing error would hide an untested rule."""
    for item in items:
        for mark in item.iter_markers("rule"):
            if not mark.args or not all(RULE_ID.fullmatch(rule) for rule in mark.args):
                raise pytest.UsageError(f"{item.nodeid}: a rule is named like OWN-06, not {mark.args}")


@pytest.fixture
def db_kind() -> str:
    """``sqlite`` or ``postgresql``: the database under test."""
    return connection.vendor


@pytest.fixture(autouse=True)
def fresh_state():
    """No test sees what another left in the cache or which language it spoke."""
    cache.clear()
    yield
    cache.clear()
    translation.deactivate()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon of the Monday on which a house begins; ``clock.move_to`` goes elsewhere."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A browser in which somebody is signed in."""

    def browser_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return browser_of

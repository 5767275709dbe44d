"""An office with a manager, and another office whose rows must not leak."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from staff.models import Office, User
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def office() -> Office:
    return OfficeFactory(name="云栖花园")


@pytest.fixture
def manager(office: Office) -> User:
    return staff_member(Role.MARKETING_MANAGER, office, name="孙建国", language="en")


@pytest.fixture
def supervisor(office: Office) -> User:
    return staff_member(Role.SUPERVISOR, office, name="周雨桐", language="en")


@pytest.fixture
def rep(office: Office) -> User:
    return staff_member(Role.REP, office, number=1, name="林晓燕", language="en")


@pytest.fixture
def stranger() -> User:
    """A rep of another office."""
    return staff_member(Role.REP, number=1, name="外人甲", username="stranger-secret", language="en")


@pytest.fixture
def as_manager(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


@pytest.fixture
def as_rep(rep: User) -> Client:
    client = Client()
    client.force_login(rep)
    return client


@pytest.fixture
def now() -> datetime:
    return NOW

"""The two questions a supervisor of processes asks."""

from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import override_settings

from crm import health
from ops.broker import free_port


@pytest.fixture(autouse=True)
def nothing_known_yet():
    health._migrated.clear()
    yield
    health._migrated.clear()


def test_healthz_answers_anybody_without_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


def test_readyz_is_ready_when_database_and_migrations_are(client, db):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True, "database": "ok", "broker": "none"}


def test_readyz_asks_one_statement_once_migrated(client, db, django_assert_num_queries):
    client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz")


def test_readyz_is_not_ready_while_a_migration_is_missing(client, db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'staff'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "unmigrated"


def test_readyz_is_not_ready_while_the_database_is_away(client, db):
    with patch.object(connection, "cursor", side_effect=OperationalError("away")), patch.object(connection, "close"):
        response = client.get("/readyz")
    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["database"] == "down"


def test_a_broker_that_is_away_is_told_but_pages_work(client, db):
    with override_settings(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"):
        response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["broker"] == "down"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_allowed(client, path):
    assert client.post(path).status_code == 405

"""docker-compose.yml against the schema of the Compose Specification, and against what the product promises of it."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from ops import secrets

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "tests" / "data" / "compose-spec.json").read_text())
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OFFICE = ("migrate", "web", "worker", "beat")


def complaints(document: dict) -> list[str]:
    """What the schema has against a compose file."""
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


def test_it_is_a_valid_compose_file():
    assert complaints(COMPOSE) == []


@pytest.mark.parametrize(
    "broken",
    [
        {"services": {"web": {"imagee": "x"}}},
        {"services": {"web": {"healthcheck": {"tests": []}}}},
        {"services": {"web": {"depends_on": {"db": {"condition": "healthy"}}}}},
        {"services": []},
    ],
)
def test_the_schema_catches_a_broken_file(broken):
    assert complaints(broken) != []


def test_the_layout_is_two_web_processes_and_one_of_the_rest():
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "postgres", "valkey", "proxy"}
    assert SERVICES["web"]["deploy"]["replicas"] == 2
    assert SERVICES["postgres"]["image"] == "postgres:17"
    assert "--appendonly yes" in SERVICES["valkey"]["command"][2]
    assert SERVICES["proxy"]["ports"] == ["80:80", "443:443"]
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_files_of_cases_outlive_the_container_that_took_them_in():
    assert SERVICES["web"]["read_only"]
    assert SERVICES["web"]["volumes"] == ["papers:/app/var/papers"]
    image = (ROOT / "Dockerfile").read_text()
    assert "VAR_DIR=/app/var\n" in image
    assert "install --directory --owner 10001 /app/var/papers" in image


def test_everything_that_stays_has_a_health_check_and_restarts():
    for name, service in SERVICES.items():
        if name != "migrate":
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_nothing_starts_before_the_database_is_migrated():
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_every_named_service_secret_and_volume_exists():
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {volume for volume in named if not volume.startswith(".")} <= set(COMPOSE["volumes"])
        for volume in named:
            assert not volume.startswith(".") or (ROOT / volume).is_file()


def test_secrets_come_by_file_alone(tmp_path):
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.search(r"://[^\s/]*:[^\s/]*@", text)
    files = {Path(secret["file"]).name for secret in COMPOSE["secrets"].values()}
    assert files == set(secrets.make(tmp_path))
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert secrets.make(tmp_path) == []
    password = (tmp_path / "database_password").read_text().strip()
    assert (tmp_path / "database_url").read_text() == f"postgres://office:{password}@postgres:5432/office\n"


def test_the_office_runs_as_the_procfile_says_without_rights_it_does_not_need():
    procfile = dict(line.split(": exec ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    for name in ("worker", "beat"):
        words = SERVICES[name]["command"]
        assert words[:5] == procfile[name].split()[:5]
        shared = {word for word in words if word.startswith("--") or word == "celery.beat:Scheduler"}
        assert shared <= set(procfile[name].split()) | {"threads"}
    for name in OFFICE:
        assert SERVICES[name]["read_only"] is True
        assert SERVICES[name]["cap_drop"] == ["ALL"]


def test_the_image_is_built_from_what_is_here():
    dockerfile = (ROOT / "Dockerfile").read_text()
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert "--require-hashes" in dockerfile
    assert "USER 10001" in dockerfile
    for name in re.search(r"compileall -q (.*)", dockerfile)[1].split():
        assert (ROOT / name).is_dir()
        assert name not in ignored
    assert {"secrets", "var", ".*"} <= set(ignored)

"""The environment is made once and again only when something changed; the machine's part is found or named."""

import json
import sys
from pathlib import Path

import pytest

from ops import env, machine, postgres


@pytest.fixture
def venv(tmp_path, monkeypatch) -> Path:
    """A project folder of its own, with lock files and an environment that looks installed."""
    for name in env.LOCKS.values():
        (tmp_path / name).write_text(name)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    monkeypatch.setattr(env, "ROOT", tmp_path)
    monkeypatch.setattr(env, "PYTHON", python)
    monkeypatch.setattr(env, "STAMP", tmp_path / ".venv" / "installed.json")
    return tmp_path


def stamp(*kinds: str) -> None:
    env.STAMP.write_text(json.dumps({kind: env.fingerprint(kind) for kind in kinds}))


def test_without_a_stamp_nothing_is_up_to_date(venv):
    assert [env.up_to_date(kind) for kind in ("run", "dev")] == [False, False]
    env.STAMP.write_text("{broken")
    assert not env.up_to_date("run")


def test_the_development_environment_serves_for_running_but_not_the_other_way(venv):
    stamp("run")
    assert [env.up_to_date(kind) for kind in ("run", "dev")] == [True, False]
    stamp("dev")
    assert [env.up_to_date(kind) for kind in ("run", "dev")] == [True, True]


def test_a_changed_lock_file_or_a_lost_interpreter_calls_for_a_new_one(venv):
    stamp("run", "dev")
    (venv / "requirements-dev.txt").write_text("changed")
    assert [env.up_to_date(kind) for kind in ("run", "dev")] == [True, False]
    env.PYTHON.unlink()
    assert not env.up_to_date("run")


def test_an_old_python_is_told_in_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(env, "OLDEST", (sys.version_info.major, sys.version_info.minor + 1))
    assert env.main(["run"]) == 1
    assert capsys.readouterr().out.startswith("Python 3.11 or newer is needed; this is 3.")


@pytest.mark.parametrize("arguments", [[], ["everything"], ["run", "dev"]])
def test_other_words_are_answered_with_the_usage(arguments, capsys):
    assert env.main(arguments) == 2
    assert capsys.readouterr().out == "usage: python -m ops.env run|dev\n"


def test_a_named_browser_is_taken_and_a_missing_one_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert machine.browser() == sys.executable
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "none"))
    assert machine.browser() is None


def test_postgres_binaries_out_of_reach_of_the_other_user_are_copied(tmp_path):
    hidden = tmp_path / "closed" / "bin"
    hidden.mkdir(parents=True)
    (hidden / "initdb").touch()
    hidden.parent.chmod(0o700)
    folder = tmp_path / "open"
    folder.mkdir()
    copied = postgres.reachable(hidden, folder)
    assert copied == folder / "pginstall" / "bin"
    assert (copied / "initdb").exists()

"""The key file: made once, closed to others, and a plain sentence for whatever is wrong with it."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from common.keyfile import create, generate, load_keys, main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_keys_in_environment(monkeypatch):
    monkeypatch.delenv("KEYS_JSON", raising=False)


def written(path: Path, text: str, mode: int = 0o600) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_created_file_is_loaded_and_closed_to_others(tmp_path):
    path = tmp_path / "var" / "deep" / "keys.json"
    assert create(path) is True
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_keys(str(path)) == json.loads(path.read_text())


def test_create_never_overwrites(tmp_path):
    path = tmp_path / "keys.json"
    create(path)
    before = path.read_bytes()
    assert create(path) is False
    assert path.read_bytes() == before


def test_command_line_makes_then_keeps(tmp_path):
    path = tmp_path / "keys.json"
    command = [sys.executable, "-m", "common.keyfile", str(path)]
    first = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (first.stdout, second.stdout) == (f"{path}: made\n", f"{path}: kept\n")


def test_command_line_without_a_path_says_how(capsys):
    assert main([]) == 2
    assert capsys.readouterr().err == "usage: python -m common.keyfile PATH\n"


def test_two_documents_share_no_key():
    first, second = generate(), generate()
    assert first["secret_key"] != second["secret_key"]
    assert not set(first["kek"].values()) & set(second["kek"].values())
    assert not set(first["index"].values()) & set(second["index"].values())


def test_environment_takes_the_place_of_the_file(tmp_path, monkeypatch):
    document = generate()
    monkeypatch.setenv("KEYS_JSON", json.dumps(document))
    assert load_keys(str(tmp_path / "absent.json")) == document


def test_missing_file_is_a_sentence_that_says_what_to_do(tmp_path):
    path = tmp_path / "keys.json"
    with pytest.raises(ImproperlyConfigured) as refused:
        load_keys(str(path))
    assert str(refused.value) == f"The key file {path} is missing; “python -m common.keyfile {path}” makes one."


@pytest.mark.parametrize("mode", [0o604, 0o620, 0o644, 0o666])
def test_file_open_to_others_is_refused(tmp_path, mode):
    path = written(tmp_path / "keys.json", json.dumps(generate()), mode)
    with pytest.raises(ImproperlyConfigured) as refused:
        load_keys(path)
    assert str(refused.value) == f"The key file {path} is open to others; “chmod 600 {path}” closes it."


@pytest.mark.parametrize("mode", [0o400, 0o600, 0o440, 0o640])
def test_file_may_be_readable_by_its_group(tmp_path, mode):
    document = generate()
    assert load_keys(written(tmp_path / "keys.json", json.dumps(document), mode)) == document


def test_folder_in_place_of_the_file_is_a_sentence(tmp_path):
    with pytest.raises(ImproperlyConfigured) as refused:
        load_keys(str(tmp_path))
    assert str(refused.value) == f"The key file {tmp_path} cannot be read: Is a directory."


def test_file_that_is_no_text_is_a_sentence(tmp_path):
    path = tmp_path / "keys.json"
    path.write_bytes(b"\xff\xfe\x00")
    os.chmod(path, 0o600)
    with pytest.raises(ImproperlyConfigured) as refused:
        load_keys(str(path))
    assert str(refused.value) == f"The key file {path} cannot be read: it is not text."


SHORT = "c2hvcnQ="
FAULTS: dict[str, list] = {
    "it is not a JSON object": [None, [], "text"],
    "“secret_key” must have at least 50 characters": [{"secret_key": None}, {"secret_key": "x" * 49}],
    "“kek” must hold at least one key": [{"kek": None}, {"kek": {}}, {"kek": []}],
    "each key in “kek” must be 32 bytes in base64": [{"kek": {"k1": k}} for k in (SHORT, "?", "王", 7, None)],
    "“active” must name a key in “kek”": [{"active": "k9"}, {"active": None}, {"active": ["k1"]}],
    "“index” must hold at least one key": [{"index": {}}],
    "each key in “index” must be 32 bytes in base64": [{"index": {"i1": SHORT}}],
    "“active_index” must name a key in “index”": [{"active_index": "k1"}],
}


@pytest.mark.parametrize(("fault", "change"), [(fault, change) for fault, cases in FAULTS.items() for change in cases])
def test_malformed_document_is_a_sentence_without_its_content(tmp_path, fault, change):
    document = generate()
    text = json.dumps({**document, **change} if isinstance(change, dict) else change)
    path = written(tmp_path / "keys.json", text)
    with pytest.raises(ImproperlyConfigured) as refused:
        load_keys(path)
    assert str(refused.value) == (
        f"The key file {path} is malformed: {fault}; "
        f"restore it from its backup, or “python -m common.keyfile {path}” makes one."
    )


def test_malformed_environment_is_named(monkeypatch):
    monkeypatch.setenv("KEYS_JSON", "{")
    with pytest.raises(ImproperlyConfigured, match=r"^KEYS_JSON is malformed: it is not a JSON object; "):
        load_keys("var/keys.json")

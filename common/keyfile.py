"""The key file: the master keys that wrap customers' data keys, and the keys of the search digests.

Settings read it before Django is ready, so the standard library has to do. ``python -m common.keyfile PATH`` makes one.
"""

import base64
import binascii
import json
import os
import secrets
import stat
import sys
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
OPEN_TO_OTHERS = 0o027
SECRET_KEY_CHARACTERS = 50
HINT = "“python -m common.keyfile {path}” makes one"


def new_key() -> str:
    """A fresh random 256-bit key in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def generate() -> dict:
    """A new key document: a secret for signing, one master key, one digest key."""
    return {
        "secret_key": secrets.token_urlsafe(SECRET_KEY_CHARACTERS),
        "active": "k1",
        "kek": {"k1": new_key()},
        "active_index": "i1",
        "index": {"i1": new_key()},
    }


def load_keys(path: str) -> dict:
    """The key document from ``KEYS_JSON`` in the environment, else from the file at ``path``.

    Raises ImproperlyConfigured with one sentence that says what to do.
    """
    if text := os.environ.get("KEYS_JSON"):
        return parse(text, "KEYS_JSON", path)
    return parse(read(Path(path)), f"The key file {path}", path)


def read(path: Path) -> str:
    """The text of the key file: its owner's, at most readable by a group (as secrets are mounted into containers)."""
    try:
        with path.open(encoding="utf-8") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & OPEN_TO_OTHERS:
                raise ImproperlyConfigured(f"The key file {path} is open to others; “chmod 600 {path}” closes it.")
            return file.read()
    except FileNotFoundError:
        raise ImproperlyConfigured(f"The key file {path} is missing; {HINT.format(path=path)}.") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise ImproperlyConfigured(f"The key file {path} cannot be read: {reason}.") from None


def parse(text: str, source: str, path: str) -> dict:
    """Check a key document; ``source`` names it in the complaint, which never quotes its content."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if (fault := find_fault(document)) is None:
        return document
    raise ImproperlyConfigured(
        f"{source} is malformed: {fault}; restore it from its backup, or {HINT.format(path=path)}."
    )


def find_fault(document: object) -> str | None:
    """What is wrong with a key document, in words, or None."""
    if not isinstance(document, dict):
        return "it is not a JSON object"
    if not isinstance(document.get("secret_key"), str) or len(document["secret_key"]) < SECRET_KEY_CHARACTERS:
        return f"“secret_key” must have at least {SECRET_KEY_CHARACTERS} characters"
    for ring, active in (("kek", "active"), ("index", "active_index")):
        keys = document.get(ring)
        if not isinstance(keys, dict) or not keys:
            return f"“{ring}” must hold at least one key"
        if not all(is_key(key) for key in keys.values()):
            return f"each key in “{ring}” must be {KEY_BYTES} bytes in base64"
        if not isinstance(document.get(active), str) or document[active] not in keys:
            return f"“{active}” must name a key in “{ring}”"
    return None


def is_key(value: object) -> bool:
    """Is ``value`` the base64 of exactly 32 bytes?"""
    try:
        return isinstance(value, str) and len(base64.b64decode(value, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def create(path: Path) -> bool:
    """Write a new key file, readable by its owner only; False when there is one already: keys are never overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(generate(), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def main(arguments: list[str]) -> int:
    """Make the key file named on the command line unless it is there."""
    if len(arguments) != 1:
        print("usage: python -m common.keyfile PATH", file=sys.stderr)
        return 2
    made = create(Path(arguments[0]))
    print(f"{arguments[0]}: {'made' if made else 'kept'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Settings from the environment, read with care: a missing or malformed one stops the start with one sentence.

Each can also come from a file: ``DATABASE_URL_FILE=/run/secrets/database_url`` is read in place of ``DATABASE_URL``.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

DATABASE_EXAMPLE = "postgres://user:password@host:5432/name"
BROKER_EXAMPLE = "redis://host:6379/0"


def read(name: str, default: str = "") -> str:
    """The setting ``name``, or the content of the file named by ``name`` + ``_FILE``, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read.") from None
    return os.environ.get(name, "").strip() or default


def read_number(name: str, default: int, lowest: int, highest: int) -> int:
    """The whole number in the setting ``name``."""
    text = read(name, str(default))
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise ImproperlyConfigured(f"{name} must be a whole number from {lowest} to {highest}, not “{text[:40]}”.")
    return int(text)


def read_database(default: Path) -> dict:
    """Django's description of the database in DATABASE_URL; without one, the SQLite file ``default``."""
    text = read("DATABASE_URL")
    if not text:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default)}
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        raise malformed("DATABASE_URL", DATABASE_EXAMPLE) from None
    name = unquote(url.path.removeprefix("/"))
    if url.scheme == "sqlite" and name and not url.netloc:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name}
    if url.scheme not in ("postgres", "postgresql") or not name:
        raise malformed("DATABASE_URL", f"{DATABASE_EXAMPLE} or sqlite:///path")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": port or "",
    }


def read_broker() -> str:
    """The address of the broker in REDIS_URL, or nothing."""
    text = read("REDIS_URL")
    if not text:
        return ""
    try:
        url = urlsplit(text)
        complete = url.scheme in ("redis", "rediss") and url.hostname and (url.port or True)
        number = url.path.removeprefix("/")
    except ValueError:
        raise malformed("REDIS_URL", BROKER_EXAMPLE) from None
    if not complete or (number and not number.isdigit()):
        raise malformed("REDIS_URL", BROKER_EXAMPLE)
    return text


def malformed(name: str, example: str) -> ImproperlyConfigured:
    """The complaint about an address that cannot be read; it never quotes it, for it may hold a password."""
    return ImproperlyConfigured(f"{name} is malformed; it is written like {example}.")

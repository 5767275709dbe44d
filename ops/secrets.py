"""``make secrets``: the files that docker-compose.yml mounts. What exists is kept."""

import os
import secrets
import sys
from pathlib import Path

from common import keyfile

ROOT = Path(__file__).resolve().parent.parent


def make(folder: Path) -> list[str]:
    """Write the missing files into ``folder``, readable by their owner only; the names of those written."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = ["keys.json"] if keyfile.create(folder / "keys.json") else []
    for service, url in (
        ("database", "postgres://office:{}@postgres:5432/office"),
        ("redis", "redis://:{}@valkey:6379/0"),
    ):
        made += [f"{service}_password"] if write(folder / f"{service}_password", secrets.token_hex(24)) else []
        password = (folder / f"{service}_password").read_text().strip()
        made += [f"{service}_url"] if write(folder / f"{service}_url", url.format(password)) else []
    return made


def write(path: Path, text: str) -> bool:
    """Write a new file; False when there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
    return True


if __name__ == "__main__":
    made = make(ROOT / "secrets")
    print(f"made in secrets/: {', '.join(made) or 'nothing, all were there'}")
    sys.exit(0)

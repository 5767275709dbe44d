"""``make run``: prepares the office on this machine, then runs web, worker, beat and broker in one terminal."""

import errno
import os
import secrets
import signal
import socket
import sys
import threading
import time
import urllib.request
from pathlib import Path

from ops import prepare
from ops.broker import free_port

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT = 60
AS_ROOT = "You're running the worker with superuser privileges"


def main() -> int:
    """Prepare, start, wait; everything is stopped before this returns."""
    os.chdir(ROOT)
    os.umask(0o077)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        address = choose_address()
        signs = prepare.prepare()
    except prepare.NotReadyError as error:
        print(f"Not started: {error}", file=sys.stderr)
        return 1
    threading.Thread(target=announce, args=(address, signs), daemon=True).start()
    return start()


def choose_address() -> str:
    """The address from HOST and PORT, checked to be free, and left in the environment for the Procfile."""
    host = os.environ.setdefault("HOST", "127.0.0.1")
    text = os.environ.setdefault("PORT", "8000")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise prepare.NotReadyError(f"PORT must be a number from 1 to 65535, not “{text[:20]}”.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(text)))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = f"PORT={int(text) % 65535 + 1} make run"
                raise prepare.NotReadyError(f"port {text} is in use; “{other}” takes another.") from None
            raise prepare.NotReadyError(f"{host}:{text} cannot be listened on: {error.strerror}.") from None
    return f"http://{'localhost' if host == '127.0.0.1' else host}:{text}/"


def start() -> int:
    """Run the Procfile until Ctrl-C, a signal, or the end of any of its processes, which ends the others."""
    from honcho.environ import parse_procfile
    from honcho.manager import Manager

    processes = parse_procfile((ROOT / "Procfile").read_text()).processes
    env = os.environ | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": f"ignore:{AS_ROOT}"}
    if env.get("REDIS_URL") or env.get("REDIS_URL_FILE"):
        del processes["broker"]
    else:
        env |= own_broker()
    manager = Manager()
    for name, command in processes.items():
        manager.add_process(name, command, env=env, cwd=str(ROOT))
    # A closed terminal ends everything as Ctrl-C does; nothing stays behind.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    return 0 if manager.returncode in (128 + signal.SIGINT, 128 + signal.SIGTERM) else 1


def own_broker() -> dict[str, str]:
    """Settings of the embedded broker: a free port and a password for this run only."""
    port, password = str(free_port()), secrets.token_hex(16)
    return {
        "BROKER_PORT": port,
        "BROKER_PASSWORD": password,
        "REDIS_URL": f"redis://:{password}@127.0.0.1:{port}/0",
    }


def announce(address: str, signs: str) -> None:
    """Print where to go and who to be as soon as the web process answers."""
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        try:
            urllib.request.urlopen(f"{address}healthz", timeout=1).close()
        except OSError:
            time.sleep(0.1)
            continue
        print(f"\n  Open {address}\n\n{signs}\n  Ctrl-C stops everything.\n", flush=True)
        return


if __name__ == "__main__":
    sys.exit(main())

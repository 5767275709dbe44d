"""Makes ``.venv`` with the locked packages: ``python -m ops.env run`` or ``dev``. Needs nothing but Python and pip."""

import hashlib
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOCKS = {"run": "requirements.txt", "dev": "requirements-dev.txt"}
OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Install what ``arguments`` names unless it is there already."""
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Name another: make PYTHON=python3.12")
        return 1
    if len(arguments) != 1 or arguments[0] not in LOCKS:
        print("usage: python -m ops.env run|dev")
        return 2
    if not up_to_date(arguments[0]):
        return install(arguments[0])
    return 0


def fingerprint(kind: str) -> str:
    """Changes with the lock file and with the interpreter."""
    return hashlib.sha256((ROOT / LOCKS[kind]).read_bytes() + sys.version.encode()).hexdigest()


def up_to_date(kind: str) -> bool:
    """Whether the environment holds what the lock file of ``kind`` says; the development one holds everything."""
    if not STAMP.exists() or not PYTHON.exists():
        return False
    try:
        stamp = json.loads(STAMP.read_text())
    except ValueError:
        return False
    return stamp.get(kind) == fingerprint(kind) or (kind == "run" and stamp.get("dev") == fingerprint("dev"))


def install(kind: str) -> int:
    """Make the environment and install the locked packages, hashes checked."""
    print(f"Installing {LOCKS[kind]} into {VENV.name} …", flush=True)
    if not PYTHON.exists():
        without = [] if find_spec("ensurepip") else ["--without-pip"]
        subprocess.run([sys.executable, "-m", "venv", *without, str(VENV)], check=True)
    has_pip = subprocess.run([str(PYTHON), "-c", "import pip"], stderr=subprocess.DEVNULL).returncode == 0
    pip = [str(PYTHON), "-m", "pip"] if has_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    options = ["--require-hashes", "--no-deps", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "install", *options, "-r", str(ROOT / LOCKS[kind])])
    if done.returncode:
        print(f"The packages of {LOCKS[kind]} could not be installed; pip's words above say why.")
        return 1
    subprocess.run([str(PYTHON), "-m", "compileall", "-q", *sources()], stdout=subprocess.DEVNULL)
    STAMP.write_text(json.dumps({kind: fingerprint(kind)} | ({"run": fingerprint("run")} if kind == "dev" else {})))
    return 0


def sources() -> list[str]:
    """Our own packages, compiled ahead so that the first page is quick."""
    return [str(path.parent) for path in ROOT.glob("*/__init__.py")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

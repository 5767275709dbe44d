"""What must be there before the processes start: keys, database, translations, static files, a demo office."""

import hashlib
import io
import os
import sys
from pathlib import Path

from ops.translations import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent


class NotReadyError(Exception):
    """Something must be put right first; the sentence says what."""


def prepare() -> str:
    """Make what is missing, keep what is there. Returns the lines that name the demo sign-ins."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from django.core.exceptions import ImproperlyConfigured

    var = Path(os.environ.setdefault("VAR_DIR", str(ROOT / "var")))
    var.mkdir(parents=True, exist_ok=True)
    compile_catalogues()
    made = make_keys(var)
    try:
        import django

        django.setup()
    except ImproperlyConfigured as error:
        raise NotReadyError(str(error)) from None
    migrate(made)
    collect_static(var)
    return demo()


def make_keys(var: Path) -> Path | None:
    """Make the key file in its usual place if no other is named; the path if it was made just now."""
    from common.keyfile import create

    if os.environ.get("KEY_FILE") or os.environ.get("KEYS_JSON"):
        return None
    path = var / "keys.json"
    return path if create(path) else None


def migrate(new_keys: Path | None) -> None:
    """Bring the database up to date. Fresh keys with an old database are refused: its data could not be read."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        tables = connection.introspection.table_names()
        if new_keys and "django_migrations" in tables:
            new_keys.unlink()
            raise NotReadyError(f"there is a database but no key file; restore {new_keys} from its backup.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            print("Preparing the database …", flush=True)
            call_command("migrate", interactive=False, verbosity=0)
        connection.close()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise NotReadyError(f"the database cannot be used: {reason}") from None


def collect_static(var: Path) -> None:
    """Gather and compress the static files when one of ours, or a package, has changed."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.DEBUG:
        return
    stamp = var / "static.stamp"
    state = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        info = path.stat()
        state.update(f"{path} {info.st_mtime_ns} {info.st_size}".encode())
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return
    print("Gathering static files …", flush=True)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(state.hexdigest())


def demo() -> str:
    """Build the demo office in an empty database; what the command says about signing in."""
    from django.core.management import CommandError, call_command

    if os.environ.get("DEMO", "1") == "0":
        return ""
    said = io.StringIO()
    try:
        call_command("demo", if_empty=True, stdout=said, stderr=sys.stderr)
    except CommandError as error:
        raise NotReadyError(f"the demo office could not be built: {error}") from None
    return said.getvalue()

"""What must be there before the processes start: keys, database, translations, static files, a demo office."""

import hashlib
import io
import logging
import os
from pathlib import Path

from ops.translations import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent


class NotReadyError(Exception):
    """Something must be put right first; the sentence says what."""


def prepare() -> str:
    """Make what is missing, keep what is there. Returns the lines that name the demo sign-ins."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    var = Path(os.environ.setdefault("VAR_DIR", str(ROOT / "var")))
    var.mkdir(parents=True, exist_ok=True)
    compile_catalogues()
    made = make_keys(var)
    try:
        set_up()
        migrate(first_time=made is not None)
    except BaseException:
        # Keys that nothing was written with yet must not meet a database that has others, at the next start.
        if made:
            made.unlink()
        raise
    collect_static(var)
    return demo()


def set_up() -> None:
    """Load the settings."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise NotReadyError(str(error)) from None


def make_keys(var: Path) -> Path | None:
    """Make the key file in its usual place if no other is named; the path if it was made just now."""
    from common.keyfile import create

    if os.environ.get("KEY_FILE") or os.environ.get("KEYS_JSON"):
        return None
    path = var / "keys.json"
    return path if create(path) else None


def migrate(first_time: bool) -> None:
    """Bring the database up to date. Keys made just now with an old database are refused: they cannot read it."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    try:
        if first_time and holds_sealed_data():
            raise NotReadyError("there is a database but no key file; restore keys.json from its backup.")
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            print("Preparing the database …", flush=True)
            call_command("migrate", interactive=False, verbosity=0)
        connection.close()
    except DatabaseError as error:
        place = connection.settings_dict["HOST"] or connection.settings_dict["NAME"]
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise NotReadyError(f"the database at {place} cannot be used: {reason}.") from None


def holds_sealed_data() -> bool:
    """Whether the database holds data that only its own key file can open."""
    from django.db import connection

    from customers.models import CustomerKey

    table = CustomerKey._meta.db_table
    return table in connection.introspection.table_names() and CustomerKey.objects.exists()


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
    """Build the demo office in an empty database; the lines that say how to sign in, if it is a demo."""
    from django.core.management import CommandError, call_command

    from staff.models import Company

    if os.environ.get("DEMO", "1") == "0":
        return ""
    if not Company.objects.exists():
        print("Building a demo office, two months of work; this takes less than a minute …", flush=True)
        try:
            call_command("demo", if_empty=True, stdout=io.StringIO())
        except CommandError as error:
            raise NotReadyError(f"the demo office could not be built: {error}") from None
    return sign_ins()


def sign_ins() -> str:
    """How to sign in to the demo office; nothing when this is no demo or its password was changed."""
    from crm.demo.people import PASSWORD
    from staff.models import User

    desk = User.objects.filter(username="desk").first()
    if desk is None or not desk.check_password(PASSWORD):
        return ""
    names = "rep1, desk, supervisor, manager, planner, keeper, web, finance, branch-manager, hq, chairman, admin"
    return f"  Sign in as one of {names}\n  The password of each is {PASSWORD}\n"

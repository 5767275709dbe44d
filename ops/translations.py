"""The catalogues in ``locale/``: ``compile`` them, ``update`` them from the sources, ``check`` that they are complete.

Compiled files are not kept in the repository. ``update`` and ``check`` need GNU gettext.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGE = "zh_Hans"
UNTRANSLATED = (".*", "var", "tests", "bench", "ops", "docs", "node_modules")
Message = tuple[str | None, str, str]


def compile_catalogues(folder: Path = LOCALE) -> int:
    """Compile each catalogue that is newer than its compiled file; how many were."""
    compiled = 0
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        unfinished = target.with_suffix(f".{os.getpid()}")
        polib.pofile(str(source)).save_as_mofile(str(unfinished))
        unfinished.replace(target)
        compiled += 1
    return compiled


def extract(root: Path) -> None:
    """Bring the catalogue under ``root`` in line with the sources there."""
    ignored = [f"--ignore={name}" for name in UNTRANSLATED]
    options = ["--no-location", "--no-wrap", "--no-obsolete", f"--locale={LANGUAGE}", "--verbosity=0"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", *options, *ignored]
    subprocess.run(command, check=True, cwd=root, env=env)


def faults() -> list[str]:
    """What is wrong with the catalogue, in words: missing, left over, untranslated, fuzzy, placeholders that differ."""
    kept = catalogue(LOCALE)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "source"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*UNTRANSLATED, "static", "__pycache__"))
        extract(copy)
        fresh = catalogue(copy / "locale")
    wanted, present = identities(fresh), identities(kept)
    return [
        *(f"missing, “make messages” adds it: {message[1]}" for message in sorted(wanted - present, key=str)),
        *(f"no longer used: {message[1]}" for message in sorted(present - wanted, key=str)),
        *(f"untranslated: {entry.msgid}" for entry in kept.untranslated_entries()),
        *(f"fuzzy: {entry.msgid}" for entry in kept.fuzzy_entries()),
        *(f"obsolete: {entry.msgid}" for entry in kept.obsolete_entries()),
    ]


def catalogue(locale: Path) -> polib.POFile:
    """The catalogue under a locale folder."""
    return polib.pofile(str(locale / LANGUAGE / "LC_MESSAGES" / "django.po"))


def identities(entries: polib.POFile) -> set[Message]:
    """The messages that are in use, without their translations."""
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural) for entry in entries if not entry.obsolete}


def main(arguments: list[str]) -> int:
    """``compile`` (the default), ``update`` or ``check``."""
    action = arguments[0] if arguments else "compile"
    if action == "check":
        found = faults()
        print("\n".join(found) or "the catalogue is complete")
        return 1 if found else 0
    if action == "update":
        extract(ROOT)
    print(f"{compile_catalogues()} catalogues compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

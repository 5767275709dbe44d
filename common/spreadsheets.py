"""Tables that people upload (.xlsx, .xls, .csv), read in a process of its own and refused in words (REG-10)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from subprocess import DEVNULL, PIPE

from django.utils.translation import gettext as _

from common.errors import RuleError

from .sheet_reader import MOST_COLUMNS, MOST_ROWS

MOST_BYTES = 30 << 20
FORMS = ("xlsx", "xls", "csv")
LONGEST_SECONDS = 60
HOME = str(Path(__file__).resolve().parent.parent)


def refusal(code: str) -> RuleError:
    """The sentence for a code of the reader."""
    words = {
        "form": _("The content does not fit the name of the file: save it again as .xlsx, .xls or .csv"),
        "damaged": _("The file is damaged: open it in your office program and save it again as .xlsx"),
        "encrypted": _("The file has a password: save it without one"),
        "macros": _("The file holds macros or links to other files: save it as .xlsx without them"),
        "formulas": _("The file holds formulas: copy the table and paste it as values"),
        "entities": _("The file holds definitions that no table needs: save it again as .xlsx"),
        "bomb": _("The file unpacks to far more than a table needs: save only the sheet that matters"),
        "rows": _("At most %(most)s rows can be taken in at once: split the file") % {"most": f"{MOST_ROWS:,}"},
        "columns": _("At most %(most)s columns can be read: remove the others") % {"most": MOST_COLUMNS},
        "cell": _("A cell is longer than a table allows: shorten it"),
        "encoding": _("The text is in an unknown encoding: save the file as .xlsx or as CSV in UTF-8"),
    }
    return RuleError(words[code], rule="REG-10")


def form_of(name: str) -> str:
    """The form that a file's name promises. RuleError for any other."""
    form = Path(name).suffix.lower().lstrip(".")
    if form not in FORMS:
        raise RuleError(_("Choose a file that ends in .xlsx, .xls or .csv"), rule="REG-10")
    return form


def check_size(size: int) -> None:
    """Refuse an empty file and one that is too large, before anybody looks inside."""
    if size == 0:
        raise RuleError(_("The file is empty: choose the one with the table"), rule="REG-10")
    if size > MOST_BYTES:
        words = {"size": size / (1 << 20), "most": MOST_BYTES >> 20}
        raise RuleError(
            _("The file has %(size).0f MB, at most %(most)s MB can be read: split it") % words, rule="REG-10"
        )


def rows(data: bytes, form: str) -> Iterator[list[str]]:
    """The rows of the first filled sheet as texts, one at a time. RuleError with what to do about a bad file.

    The reading process is bounded in memory and time; whatever happens to it, this one goes on. The file goes through
    a pipe: it never lies on a disk in the clear.
    """
    command = [sys.executable, "-m", "common.sheet_reader", form]
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": HOME, "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=HOME, env=env) as child:
        alarm = threading.Timer(LONGEST_SECONDS, child.kill)
        feeder = threading.Thread(target=_feed, args=(child, data), daemon=True)
        alarm.start()
        feeder.start()
        try:
            yield from _told(child)
        finally:
            alarm.cancel()
            child.kill()
            feeder.join()


def _feed(child: subprocess.Popen, data: bytes) -> None:
    """Hand the file over; a reader that has refused it already listens no more."""
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(data)
        child.stdin.close()


def _told(child: subprocess.Popen) -> Iterator[list[str]]:
    """What the reader writes, its refusal raised; a line cut off by its death is not told."""
    assert child.stdout is not None
    for line in child.stdout:
        said = json.loads(line) if line.endswith(b"\n") else {"refused": "bomb"}
        if isinstance(said, dict):
            raise refusal(said["refused"])
        yield said
    if child.wait() != 0:
        raise refusal("bomb")

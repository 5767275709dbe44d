"""One process that closes months, for tests of what happens when several do so at once, or when one is killed.

    python -m tests.closing_process CLOCK [FILE FUNCTION EVENT TIMES]

It connects to the database of DATABASE_URL, says "ready", waits for a line on its input, then runs the closing as the
worker does and prints how many months it closed. With a point (``excel.py _splice call 5``) it kills itself there, as
``kill -9`` would: nothing is closed, flushed or said any more.
"""

from __future__ import annotations

import os
import signal
import sys
from datetime import datetime
from types import FrameType
from typing import Any

import django

django.setup()

from reports import archive  # noqa: E402
from staff.models import Office  # noqa: E402


def die_at(file: str, function: str, event: str, times: str) -> None:
    """End this process when the function is called (``call``) or left (``return``) for the nth time."""
    left = int(times)

    def watch(frame: FrameType, what: str, _arg: Any) -> None:
        nonlocal left
        code = frame.f_code
        if what == event and code.co_name == function and code.co_filename.endswith(file):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def main(clock: str, *point: str) -> None:
    """Wait for the sign, then close."""
    Office.objects.exists()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    if point:
        die_at(*point)
    sys.stdout.write(f"{archive.close_months(now=datetime.fromisoformat(clock))}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

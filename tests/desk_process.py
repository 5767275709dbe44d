"""One desk as a process of its own, for tests of what happens when several check visitors in at the same instant.

    python -m tests.desk_process OFFICE CLOCK PHONES…

It connects to the database of DATABASE_URL, says "ready", waits for a line on its input, then checks one visitor in
per thread at once and prints what became of each as one JSON object a line.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import datetime
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from common.errors import RuleError  # noqa: E402
from reception.arrival import Arrival  # noqa: E402
from reception.checkin import check_in  # noqa: E402
from staff.models import Office  # noqa: E402


def arrive(office: int, phone: str, now: datetime) -> dict[str, Any]:
    """Check one visitor in; the number and the receiver, or the rule that refuses."""
    try:
        told = check_in(Office.objects.get(pk=office), Arrival("visit", phone=phone), by=None, now=now)
    except RuleError as refused:
        return {"refused": refused.rule}
    finally:
        connection.close()
    assert told.line is not None
    assert told.reception is not None
    return {"number": told.line.number, "receiver": told.reception.receiver_id, "decision": told.decision}


def at_once(office: int, phones: list[str], now: datetime) -> list[dict[str, Any]]:
    """All these visitors at the same instant, each in a thread of its own."""
    barrier, told = threading.Barrier(len(phones)), []

    def desk(phone: str) -> None:
        barrier.wait()
        told.append(arrive(office, phone, now))

    threads = [threading.Thread(target=desk, args=(phone,)) for phone in phones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def main(office: str, clock: str, *phones: str) -> None:
    """Wait for the sign, then let them all in."""
    Office.objects.get(pk=int(office))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for row in at_once(int(office), list(phones), datetime.fromisoformat(clock)):
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

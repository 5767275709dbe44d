"""A worker at imports as a process of its own, for tests of what happens when it is killed or has a rival.

python -m tests.exchange.import_process open ROWS     makes two offices and their files, prints the ids of the imports
python -m tests.exchange.import_process work BATCH    does piece after piece of it until nothing is left
python -m tests.exchange.import_process tell BATCH    prints what came of it as JSON
"""

from __future__ import annotations

import contextlib
import json
import sys
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.utils import timezone  # noqa: E402

from common.errors import RuleError  # noqa: E402
from customers import registers  # noqa: E402
from customers.models import Customer, RegisterLine  # noqa: E402
from exchange import checking, importing, reading  # noqa: E402
from exchange.models import BatchState, ImportBatch, RowState  # noqa: E402
from staff.roles import Role  # noqa: E402
from tests.exchange.tables import text  # noqa: E402
from tests.house import House  # noqa: E402

FIRST = date(2024, 1, 1)
HEADS = ["编号", "日期", "时间", "姓名", "电话", "业务员"]


def row(n: int) -> list[str]:
    """Line ``n`` of the older register: every hundredth is a second arrival of whoever came the day before."""
    who = n - 50 if n % 100 == 0 else n
    return [str(n), day_of(n), "09:30", f"客户{who}", f"154{who:08d}", "AB"[n % 2]]


def day_of(n: int) -> str:
    """The day of line ``n``: forty a day."""
    return (FIRST + timedelta(days=n // 40)).isoformat()


def begin(rows: int) -> int:
    """An office with its table uploaded; nobody has looked at it yet."""
    house = House("AB")
    manager = house.hire(f"manager-{uuid4()}", Role.MARKETING_MANAGER)
    data = text([HEADS, *(row(n) for n in range(1, rows + 1))])
    said = {"kind": "register", "name": "old.csv", "data": data, "by": manager, "now": timezone.now()}
    return int(reading.upload(house.office, **said).pk)


def step(pk: int) -> bool:
    """The next piece, as whoever looks at the page lets it be done; False when all is done."""
    batch = ImportBatch.objects.get(pk=pk)
    if batch.state == BatchState.DONE:
        return False
    if batch.stopped_by:
        sys.exit(batch.stopped_by)
    with contextlib.suppress(RuleError):  # a rival was faster
        if batch.state == BatchState.MAPPING:
            checking.begin_check(batch, mapping=batch.mapping, fill_down=False)
        elif batch.state == BatchState.CHECKED:
            importing.start(batch, set_aside=False)
        else:
            importing.work(batch, now=timezone.now(), pieces=1)
    return True


def told(pk: int) -> dict[str, Any]:
    """Lines, customers and the chain as they are now."""
    batch = ImportBatch.objects.select_related("office__policy").get(pk=pk)
    lines = RegisterLine.objects.filter(office=batch.office).order_by("number").values_list("number", "at")
    return {
        "state": batch.state,
        "done": batch.done,
        "rows": batch.rows.count(),
        "rows_done": batch.rows.filter(state=RowState.DONE).count(),
        "lines": [[number, batch.office.today(at).isoformat()] for number, at in lines],
        "customers": Customer.objects.filter(office=batch.office).count(),
        "fault": str(registers.fault(batch.office) or ""),
    }


def main(act: str, number: str) -> None:
    """Do what is asked for."""
    if act == "work":
        while step(int(number)):
            pass
    else:
        found = [begin(int(number)) for _office in range(2)] if act == "open" else told(int(number))
        sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])

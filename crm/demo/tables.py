"""Tables of the demo brought in and taken out: the old book, a table to mend, exports ready and expired (REG-10, REP-07)."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from exchange import checking, exporting, importing, reading
from exchange.models import ImportBatch
from staff.models import User
from staff.roles import Role

from . import words
from .cast import FIRST, OPENED_DAYS, SECOND
from .story import Story

HEADS = ("日期", "时间", "姓名", "电话", "接待人", "备注")


def enter(story: Story) -> None:
    """The book of the weeks before the opening, then what came and went in the last days."""
    desk, manager, lead = (story.who(role) for role in (Role.CLERK, Role.MARKETING_MANAGER, Role.SUPERVISOR))
    old, wrong = _rows(story, OPENED_DAYS + 4), _rows(story, OPENED_DAYS + 2)
    wrong[1][0], wrong[3][3] = "周三", "1540000"
    story.plan(story.at(OPENED_DAYS - 1, "08:30"), lambda moment: _bring_in(story, "登记簿一.csv", old, desk, moment))
    story.plan(story.at(1, "16:00"), lambda moment: _bring_in(story, "登记簿二.csv", wrong, manager, moment))
    for days_ago, name, by in ((3, "customers", lead), (1, "register", lead), (0, "customers", manager)):
        story.plan(story.at(days_ago, "00:01"), lambda moment, name=name, by=by: _take_out(story, name, by, moment))
    for days_ago, code in ((2, FIRST), (0, FIRST), (0, SECOND)):
        by = story.world.people[code]
        story.plan(story.at(days_ago, "00:01"), lambda moment, by=by: _take_out(story, "customers", by, moment))


def _rows(story: Story, days_ago: int) -> list[list[str]]:
    """Five lines of an old register."""
    rows = []
    for n, said in enumerate(words.OLD_BOOK):
        person, rep = story.person(), story.world.people[story.reps[n]]
        day = f"{story.at(days_ago):%Y-%m-%d}"
        rows.append([day, f"1{n}:20", person["name"] or "示例客户", person["phone"], str(rep), said])
    return rows


def _bring_in(story: Story, name: str, rows: list[list[str]], by: User, at: datetime) -> None:
    """Upload, choose the columns as guessed, check, and take in what is all good."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *rows])
    data = out.getvalue().encode("utf-8-sig")

    def bring(now: datetime) -> ImportBatch:
        batch = reading.upload(story.world.office, kind="register", name=name, data=data, by=by, now=now)
        batch = importing.work(batch, now=now, pieces=1)
        batch = checking.begin_check(batch, mapping=batch.mapping, fill_down=False)
        batch = importing.work(batch, now=now, pieces=2)
        return batch if batch.bad else importing.work(importing.start(batch, set_aside=False), now=now, pieces=2)

    story.does(at, bring)


def _take_out(story: Story, name: str, by: User, at: datetime) -> None:
    """A whole list as a workbook."""
    story.does(at, lambda now: exporting.work(exporting.ask(name, query="", text="", by=by, now=now), now=now))

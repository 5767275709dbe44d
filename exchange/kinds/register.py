"""An older register of visits and calls: its lines with their numbers, dates and owners (REG-10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import crypto, names
from common.errors import RuleError, refusal
from customers import bringing, keys
from customers.models import Level, LineKind, OfficeRegister, RegisterLine, SearchToken, Source
from exchange import value_words, values
from exchange.columns import Column
from exchange.models import ImportBatch, ImportRow, RowState
from staff.roles import Duty

from .cells import Cells, Checked, Row, Staff

DUTY = Duty.IMPORT_DATA
COLUMNS = (
    Column("number", gettext_lazy("No."), ("编号", "序号", "登记号", "号码编号", "no", "number")),
    Column(
        "day",
        gettext_lazy("Day"),
        ("日期", "来访日期", "登记日期", "来电日期", "到访日期", "date", "day"),
        required=True,
    ),
    Column("time", gettext_lazy("Time"), ("时间", "来访时间", "到达时间", "来电时间", "time")),
    Column("kind", gettext_lazy("Kind"), ("类型", "来访方式", "方式", "来访来电", "登记类别", "类别", "kind")),
    Column("name", gettext_lazy("Name"), ("客户姓名", "姓名", "客户名称", "客户", "name", "customer")),
    Column(
        "phone", gettext_lazy("Phone number"), ("联系电话", "手机", "手机号", "电话", "联系方式", "phone", "mobile")
    ),
    Column("companions", gettext_lazy("Companions"), ("随行人员", "同行人", "陪同", "companions")),
    Column("party", gettext_lazy("Party"), ("人数", "来访人数", "批次人数", "party")),
    Column("needs", gettext_lazy("Needs"), ("需求", "意向", "意向户型", "客户需求", "needs")),
    Column("source", gettext_lazy("Source"), ("来源", "获知途径", "渠道", "认知渠道", "媒体", "source")),
    Column("receiver", gettext_lazy("Receiver"), ("接待人", "接待人员", "接待销售", "接听人", "receiver")),
    Column("owner", gettext_lazy("Owner"), ("归属", "业务员", "置业顾问", "销售", "跟进人", "销售员", "owner")),
    Column("level", gettext_lazy("Intent level"), ("级别", "意向级别", "客户级别", "确度", "level")),
    Column(
        "summary", gettext_lazy("Summary"), ("备注", "小结", "洽谈情况", "接待情况", "跟进情况", "summary", "remarks")
    ),
)
KINDS = {
    "来访": LineKind.VISIT,
    "到访": LineKind.VISIT,
    "访": LineKind.VISIT,
    "visit": LineKind.VISIT,
    "来电": LineKind.CALL,
    "电话": LineKind.CALL,
    "电": LineKind.CALL,
    "call": LineKind.CALL,
    "网络": LineKind.WEB,
    "线上": LineKind.WEB,
    "网": LineKind.WEB,
    "web": LineKind.WEB,
}
SOURCES = {
    "路过": Source.WALK_IN,
    "自然来访": Source.WALK_IN,
    "自访": Source.WALK_IN,
    "walk in": Source.WALK_IN,
    "来电": Source.CALL_IN,
    "call": Source.CALL_IN,
    "网络": Source.WEB,
    "互联网": Source.WEB,
    "线上": Source.WEB,
    "web": Source.WEB,
    "介绍": Source.REFERRAL,
    "老带新": Source.REFERRAL,
    "朋友": Source.REFERRAL,
    "referral": Source.REFERRAL,
    "媒体": Source.MEDIA,
    "报纸": Source.MEDIA,
    "电视": Source.MEDIA,
    "广播": Source.MEDIA,
    "media": Source.MEDIA,
    "户外": Source.OUTDOOR,
    "广告牌": Source.OUTDOOR,
    "outdoor": Source.OUTDOOR,
    "中介": Source.AGENT,
    "渠道": Source.AGENT,
    "分销": Source.AGENT,
    "agent": Source.AGENT,
    "其他": Source.OTHER,
    "其它": Source.OTHER,
    "other": Source.OTHER,
}
USUAL = {LineKind.VISIT: Source.WALK_IN, LineKind.CALL: Source.CALL_IN, LineKind.WEB: Source.WEB}


def level(text: str) -> str:
    """An intent level by its letter: ``A``, ``a级``, ``A类``."""
    letter = values.plain(text)[:1].upper()
    if letter not in Level.values:
        raise values.refused(_("No such intent level: enter O, H, A, B, C or D"))
    return letter


def brought(batch: ImportBatch, row: Row, staff: Staff, *, now: datetime) -> tuple[bringing.Brought | None, Cells]:
    """The line that a row tells, or None with what is wrong with it."""
    n, said = row
    cells = Cells(said)
    at = cells.moment(batch.office)
    if at is not None and at > now:
        cells.fault("day", _("This day has not come yet: look at it again"))
    kind = cells.read("kind", lambda text: value_words.word(text, KINDS), LineKind.VISIT)
    fields: dict[str, Any] = {
        "number": cells.read("number", values.whole),
        "name": cells.read("name", names.clean, ""),
        "phone": cells.read("phone", values.phone, ""),
        "source": cells.read("source", lambda text: value_words.word(text, SOURCES), USUAL[LineKind(kind)]),
        "party": cells.read("party", lambda text: values.whole(text, most=999), 1),
        "receiver": cells.read("receiver", staff.find),
        "owner": cells.read("owner", staff.find),
        "level": cells.read("level", level, ""),
        "details": {name: cells.text(name) for name in ("companions", "needs", "summary") if said.get(name)},
    }
    if not (said.get("name") or said.get("phone") or said.get("number")):
        cells.fault("name", _("Neither name nor phone number nor number: one of them is needed"))
    if cells.faults or at is None:
        return None, cells
    origin = _("%(file)s, row %(n)s") % {"file": batch.file_name[:60], "n": n}
    line = bringing.Brought(request_id=request_of(batch, n), kind=kind, at=at, origin=origin, **fields)
    gone = refusal(bringing.check_held, line, office=batch.office, here=staff.here, now=now)
    if gone:
        cells.fault("owner", str(gone))
    return None if gone else line, cells


def request_of(batch: ImportBatch, n: int) -> UUID:
    """The request id of a row: the same whenever it is taken in."""
    return uuid5(batch.uuid, str(n))


def check(batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[Checked]:
    """What is wrong with each row, what is there already, and where each belongs."""
    staff = Staff.of(batch.office)
    told = [brought(batch, row, staff, now=now) for row in rows]
    there = _there(batch, [line for line, _cells in told if line])
    found = []
    for line, cells in told:
        checked = Checked(faults=cells.faults)
        if line is not None:
            checked.place = line.number or int(line.at.timestamp())
            checked.mark = _mark(line)
            number = there.get(checked.mark) if checked.mark else None
            checked.known = _("Registered already under no. %(number)s") % {"number": number} if number else ""
        found.append(checked)
    return found


def _mark(line: bringing.Brought) -> str:
    """A keyed digest of who came when: two rows or lines with the same one tell the same arrival."""
    who = line.phone or line.name
    if not who:
        return ""
    return crypto.digest("arrival", f"{who}|{line.at.date().isoformat()}|{line.kind}").hex()


def _there(batch: ImportBatch, lines: Sequence[bringing.Brought]) -> dict[str, int]:
    """The numbers of lines of the register, by mark, that tell the same arrival of a known phone number."""
    wanted = {keys.phone_digest(line.phone): line.phone for line in lines if line.phone}
    tokens = SearchToken.objects.filter(office=batch.office, kind="phone", digest__in=list(wanted))
    phone_of = {pk: wanted[bytes(digest)] for digest, pk in tokens.values_list("digest", "customer_id")}
    known = RegisterLine.objects.filter(customer__in=list(phone_of)).values_list("customer", "at", "kind", "number")
    found = {}
    for customer, at, kind, number in known:
        day = batch.office.today(at).isoformat()
        found[crypto.digest("arrival", f"{phone_of[customer]}|{day}|{kind}").hex()] = number
    return found


def faults_of_all(batch: ImportBatch) -> list[str]:
    """What is wrong with the table as a whole: a series of numbers that does not carry the register on (REG-01)."""
    if "number" not in batch.mapping:
        return []
    good = ImportRow.objects.filter(batch=batch, state=RowState.GOOD).order_by("place").values_list("place", flat=True)
    last = OfficeRegister.objects.filter(office=batch.office).values_list("last_number", flat=True).first() or 0
    expected = last + 1
    lacking: list[int] = []
    for place in good.iterator(chunk_size=5000):
        if place < expected:
            return [
                _("The register ends at no. %(last)s: no. %(number)s exists already") % {"last": last, "number": place}
            ]
        lacking += range(expected, min(place, expected + 10))
        expected = place + 1
    if not lacking:
        return []
    shown = "、".join(map(str, lacking[:10]))
    return [
        _("Numbers are missing, and the series has no gaps: %(numbers)s. Add or mend their rows") % {"numbers": shown}
    ]


def take_in(batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[tuple[str, str]]:
    """Write the rows as lines of the register; (result, refusal) of each. A refusal of one stops the batch (REG-01)."""
    staff = Staff.of(batch.office)
    numbered = "number" in batch.mapping
    lines = []
    for row in rows:
        line, cells = brought(batch, row, staff, now=now)
        if line is None:
            raise RuleError(_("Row %(n)s: %(why)s") % {"n": row[0], "why": cells.faults[0][1]}, rule="REG-10")
        if numbered and line.number is None:
            raise RuleError(_("Row %(n)s has no number") % {"n": row[0]}, rule="REG-01")
        lines.append(line)
    written = bringing.bring_in(batch.office, lines, by=batch.by, now=now)
    return [(f"line:{line.number}", "") for line in written]

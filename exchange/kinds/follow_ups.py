"""Follow-ups of the past, each to a customer of the register, by the rules of its own day (REG-10, OWN-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import crypto
from common.errors import RuleError
from customers import bringing, keys
from customers.models import Customer, FollowUp, Manner, SearchToken
from exchange import value_words, values
from exchange.columns import Column
from exchange.models import ImportBatch
from staff.models import User
from staff.roles import Duty

from .cells import Cells, Checked, Row, Staff
from .register import level

DUTY = Duty.IMPORT_DATA
COLUMNS = (
    Column("number", gettext_lazy("No."), ("编号", "登记号", "客户编号", "序号", "no", "number")),
    Column(
        "phone", gettext_lazy("Phone number"), ("联系电话", "手机", "手机号", "电话", "联系方式", "phone", "mobile")
    ),
    Column("day", gettext_lazy("Day"), ("日期", "跟进日期", "回访日期", "date", "day"), required=True),
    Column("time", gettext_lazy("Time"), ("时间", "跟进时间", "回访时间", "time")),
    Column("manner", gettext_lazy("Manner"), ("方式", "跟进方式", "回访方式", "manner")),
    Column("reached", gettext_lazy("Reached"), ("是否接通", "接通", "是否联系上", "联系上", "reached")),
    Column(
        "result", gettext_lazy("Result"), ("结果", "跟进内容", "回访内容", "跟进情况", "跟进记录", "内容", "result")
    ),
    Column("objections", gettext_lazy("Objections"), ("异议", "抗性", "顾虑", "objections")),
    Column("level", gettext_lazy("Intent level"), ("级别", "意向级别", "确度", "level")),
    Column(
        "author", gettext_lazy("By"), ("跟进人", "业务员", "置业顾问", "回访人", "销售", "by", "author"), required=True
    ),
)
MANNERS = {
    "电话": Manner.PHONE,
    "phone": Manner.PHONE,
    "上门": Manner.HOME_VISIT,
    "拜访": Manner.HOME_VISIT,
    "来访": Manner.OFFICE_VISIT,
    "到访": Manner.OFFICE_VISIT,
    "短信": Manner.MESSAGE,
    "message": Manner.MESSAGE,
    "微信": Manner.WECHAT,
    "wechat": Manner.WECHAT,
    "问候": Manner.GREETING,
    "节日": Manner.GREETING,
    "礼品": Manner.GIFT,
    "礼物": Manner.GIFT,
    "活动": Manner.GATHERING,
    "聚会": Manner.GATHERING,
}


@dataclass(frozen=True)
class Told:
    """One contact as a row tells it."""

    number: int | None
    phone: str
    at: datetime
    manner: str
    reached: bool
    result: str
    objections: str
    level: str
    author: User


def told(batch: ImportBatch, row: Row, staff: Staff, *, now: datetime) -> tuple[Told | None, Cells]:
    """The contact that a row tells, or None with what is wrong with it."""
    cells = Cells(row[1])
    at = cells.moment(batch.office)
    if at is not None and at > now:
        cells.fault("day", _("This day has not come yet: look at it again"))
    fields: dict[str, Any] = {
        "number": cells.read("number", values.whole),
        "phone": cells.read("phone", values.phone, ""),
        "manner": cells.read("manner", lambda text: value_words.word(text, MANNERS), Manner.PHONE),
        "reached": cells.read("reached", lambda text: value_words.yes(text, otherwise=True), True),
        "result": cells.text("result"),
        "objections": cells.text("objections"),
        "level": cells.read("level", level, ""),
        "author": cells.need("author", staff.find),
    }
    if not (row[1].get("number") or row[1].get("phone")):
        cells.fault("number", _("Neither number nor phone number: whose follow-up is it"))
    if cells.faults or at is None:
        return None, cells
    return Told(at=at, **fields), cells


def customers_of(batch: ImportBatch, contacts: Sequence[Told]) -> dict[tuple[int | None, str], Customer]:
    """The customers meant, by (number, phone): the number of a present registration, else the phone number."""
    numbers = {one.number for one in contacts if one.number}
    digests = {keys.phone_digest(one.phone): one.phone for one in contacts if one.phone}
    rows = Customer.objects.filter(office=batch.office).select_related("office__policy", "key")
    by_number = {one.number: one for one in rows.filter(number__in=numbers)}
    tokens = SearchToken.objects.filter(office=batch.office, kind="phone", digest__in=list(digests))
    pk_of = {digests[bytes(digest)]: pk for digest, pk in tokens.values_list("digest", "customer_id")}
    by_pk = rows.in_bulk(set(pk_of.values()))
    found = {}
    for one in contacts:
        customer = by_number.get(one.number) if one.number else by_pk.get(pk_of.get(one.phone, 0))
        if customer is not None:
            found[one.number, one.phone] = customer
    return found


def check(batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[Checked]:
    """What is wrong with each row, and which contacts are written down already."""
    staff = Staff.of(batch.office)
    read = [told(batch, row, staff, now=now) for row in rows]
    whose = customers_of(batch, [one for one, _cells in read if one])
    there = set(FollowUp.objects.filter(customer__in=whose.values()).values_list("customer_id", "at", "author_id"))
    found = []
    for one, cells in read:
        checked = Checked(faults=cells.faults)
        if one is not None:
            customer = whose.get((one.number, one.phone))
            checked.place = int(one.at.timestamp())
            if customer is None:
                cells.fault("number", _("No such customer in this office: bring the register in first"))
            else:
                checked.mark = crypto.digest("contact", f"{customer.pk}|{one.at.isoformat()}|{one.author.pk}").hex()
                same = (customer.pk, one.at, one.author.pk) in there
                checked.known = _("Written down already") if same else ""
        found.append(checked)
    return found


def faults_of_all(batch: ImportBatch) -> list[str]:
    """Nothing concerns the table as a whole."""
    return []


def take_in(batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[tuple[str, str]]:
    """Record the contacts; (result, refusal) of each: what the rules refuse is set aside in their words."""
    staff = Staff.of(batch.office)
    read = [told(batch, row, staff, now=now) for row in rows]
    whose = customers_of(batch, [one for one, _cells in read if one])
    done = []
    for one, cells in read:
        customer = whose.get((one.number, one.phone)) if one else None
        if one is None or customer is None:
            done.append(("", cells.faults[0][1] if cells.faults else _("No such customer in this office")))
            continue
        try:
            made = bringing.bring_follow_up(
                customer,
                by=one.author,
                at=one.at,
                manner=one.manner,
                reached=one.reached,
                result=one.result,
                objections=one.objections,
                level=one.level,
            )
        except RuleError as refusal:
            done.append(("", f"{refusal} ({refusal.rule})"))
        else:
            done.append((f"followup:{made.pk}", ""))
    return done

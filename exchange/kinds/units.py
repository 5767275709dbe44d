"""Units and price lists: new units are added, those known get the price of the list (REG-10, DEAL-01)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import crypto
from common.errors import RuleError
from exchange import values
from exchange.columns import Column
from exchange.models import ImportBatch
from sales import units
from sales.models import Unit
from staff.roles import Duty

from .cells import Cells, Checked, Row

DUTY = Duty.SET_POLICY
COLUMNS = (
    Column("code", gettext_lazy("Code"), ("房号", "房源编号", "房源", "编号", "房源号", "code", "unit")),
    Column("building", gettext_lazy("Building"), ("楼栋", "栋号", "楼号", "幢", "栋", "building")),
    Column("entrance", gettext_lazy("Entrance"), ("单元", "单元号", "entrance")),
    Column("floor", gettext_lazy("Floor"), ("楼层", "层", "所在层", "floor")),
    Column("room", gettext_lazy("Room"), ("室号", "房间号", "户号", "房间", "室", "room")),
    Column("layout", gettext_lazy("Type"), ("户型", "房型", "layout", "type")),
    Column("area", gettext_lazy("Area (㎡)"), ("建筑面积", "面积", "预测面积", "实测面积", "area")),
    Column(
        "list_price",
        gettext_lazy("List price (yuan)"),
        ("总价", "标价", "表价", "房屋总价", "价格", "listprice", "price"),
        required=True,
    ),
)
FACTS = ("building", "entrance", "floor", "room", "layout", "area")


def told(row: Row) -> tuple[dict[str, Any], Cells]:
    """The unit that a row tells, and what is wrong with it."""
    cells = Cells(row[1])
    fields: dict[str, Any] = {name: cells.text(name, 20) for name in ("building", "entrance", "room")}
    fields["layout"] = cells.text("layout", 40)
    fields["floor"] = cells.read("floor", _floor)
    fields["area"] = cells.read("area", values.number)
    fields["list_price"] = cells.need("list_price", values.money)
    parts = [fields["building"], fields["entrance"], fields["room"]]
    fields["code"] = cells.text("code", 40) or "-".join(part for part in parts if part)
    if not fields["code"]:
        cells.fault("code", _("Neither code nor building and room: one of them is needed"))
    return fields, cells


def _floor(text: str) -> int:
    """A floor: 3, 3F, 3层, -1, B1, 地下1层."""
    said = values.plain(text).removesuffix("层").removesuffix("f")
    below = said.startswith(("-", "b", "地下", "负"))
    digits = said.lstrip("-b地下负")
    if not digits.isdigit() or int(digits) > 200:
        raise values.refused(_("No such floor: enter a number"))
    return -int(digits) if below else int(digits)


def check(batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[Checked]:
    """What is wrong with each row, and which units have this very price already."""
    read = [told(row) for row in rows]
    codes = [fields["code"] for fields, _cells in read]
    prices = dict(Unit.objects.filter(office=batch.office, code__in=codes).values_list("code", "list_price"))
    found = []
    for (n, _said), (fields, cells) in zip(rows, read, strict=True):
        same = not cells.faults and prices.get(fields["code"]) == fields["list_price"]
        mark = crypto.digest("unit", fields["code"]).hex() if fields["code"] else ""
        found.append(Checked(cells.faults, _("There already at this price") if same else "", n, mark))
    return found


def faults_of_all(batch: ImportBatch) -> list[str]:
    """Nothing concerns the table as a whole."""
    return []


def take_in(batch: ImportBatch, rows: Sequence[Row], *, now: datetime) -> list[tuple[str, str]]:
    """Add or reprice the units; (result, refusal) of each."""
    read = [told(row) for row in rows]
    codes = [fields["code"] for fields, _cells in read]
    known = {unit.code: unit for unit in Unit.objects.filter(office=batch.office, code__in=codes)}
    done = []
    for fields, cells in read:
        try:
            if cells.faults:
                raise RuleError(cells.faults[0][1], rule="REG-10")
            unit = known.get(fields["code"])
            if unit is None:
                unit = units.add(batch.office, by=batch.by, now=now, **fields)
            else:
                units.reprice(unit, list_price=fields["list_price"], by=batch.by, now=now)
        except RuleError as refusal:
            done.append(("", f"{refusal} ({refusal.rule})"))
        else:
            done.append((f"unit:{unit.pk}", ""))
    return done

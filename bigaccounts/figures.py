"""Percents and prices of a bulk contract. Pure (BULK-05, BULK-06)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from common.errors import RuleError

CENT = Decimal("0.01")
DECIMALS = 4


def percent_of(value: Any, *, rule: str = "BULK-05") -> Decimal:
    """A discount in percent: from 0 to under 100, four decimals at most; RuleError in words otherwise."""
    try:
        percent = Decimal(str(value).strip())
    except InvalidOperation:
        raise RuleError(_("Enter the discount in percent, for example 6.5"), rule=rule) from None
    if not percent.is_finite() or not 0 <= percent < 100:
        raise RuleError(_("A discount is 0 % or more and under 100 %"), rule=rule)
    if percent != percent.quantize(Decimal(1).scaleb(-DECIMALS)):
        raise RuleError(_("A discount has four decimals at most"), rule=rule)
    return percent.quantize(Decimal(1).scaleb(-DECIMALS))


def price_at(list_price: Decimal, percent: Decimal) -> Decimal:
    """The price of a unit at a discount, to the cent."""
    return (list_price * (100 - percent) / 100).quantize(CENT, ROUND_HALF_UP)


def shown_percent(percent: Decimal | None) -> str:
    """``6.5`` for 6.5000; a dash for none."""
    if percent is None:
        return "—"
    text = f"{percent:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown_money(amount: Decimal | None) -> str:
    """``1,234,567.00``; a dash for none."""
    return "—" if amount is None else f"{amount:,.2f}"

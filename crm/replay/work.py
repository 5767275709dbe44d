"""The verbs of the work on a customer: A-card, defeat, units, deals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import cards, defeat
from customers.models import Customer
from sales import deals
from sales.models import Deal, DealState, Unit
from staff.models import User
from staff.roles import Duty

from .log import Line
from .world import World


def _card(world: World, line: Line) -> None:
    args, now = line.args, line.at
    customer = world.certain(args["customer"])
    by = world.person(args.get("by")) or _owner(world, customer)
    reason = args.get("reason") or ""
    if args["step"] == "submit":
        names = ("need", "confidence", "power")
        findings = cards.Findings(**{name: bool(args.get(name)) for name in names})
        cards.submit(customer, by=by, now=now, findings=findings, level=args.get("level") or "", reason=reason)
    elif args["step"] == "sign":
        cards.sign(customer, by=by, now=now, guidance=reason)
    elif args["step"] == "return":
        cards.send_back(customer, by=by, now=now, reason=reason)
    else:
        cards.file(customer, by=by, now=now)


def _owner(world: World, customer: Customer) -> User:
    owner = world.owner(customer)
    if owner is None:
        raise RuleError(_("Nobody owns this customer"), rule="OWN-05")
    return owner


def _defeat(world: World, line: Line) -> None:
    args, now = line.args, line.at
    customer = world.certain(args["customer"])
    by = world.person(args.get("by")) or _owner(world, customer)
    reason = args.get("reason") or ""
    if args["step"] == "request":
        defeat.request(
            customer,
            by=by,
            now=now,
            ground=args.get("ground") or "",
            lost_to=args.get("lost_to") or "",
            price=_decimal(args.get("price")),
            analysis=args.get("analysis") or "",
        )
    elif args["step"] == "confirm":
        defeat.confirm(customer, by=by, now=now, result=reason)
    elif args["step"] == "approve":
        defeat.approve(customer, by=by, now=now, reason=reason)
    elif args["step"] == "refuse":
        defeat.refuse(customer, by=by, now=now, reason=reason)
    else:
        defeat.close(customer, by=by, now=now)


def _decimal(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        raise RuleError(_("Enter the price as a number of yuan"), rule="DEAL-02") from None


def _units(world: World, line: Line) -> None:
    deals.add_units(world.office, line.args["units"])


def _deal(world: World, line: Line) -> None:
    args, now = line.args, line.at
    customer = world.certain(args["customer"])
    if args["step"] == "subscribe":
        by = world.person(args.get("by")) or _owner(world, customer)
        unit = Unit.objects.filter(office=world.office, code=args.get("unit") or "").first()
        if unit is None:
            raise RuleError(_("There is no unit %(code)s") % {"code": args.get("unit") or ""}, rule="DEAL-01")
        deals.subscribe(customer, unit, by=by, now=now, price=_decimal(args.get("price")))
        return
    deal = _standing(customer, args.get("unit"))
    if args["step"] == "pay":
        deals.pay(deal, by=_desk(world, deal, line), now=now)
    elif args["step"] == "deliver":
        deals.deliver(deal, by=_desk(world, deal, line), now=now)
    else:
        by = world.person(args.get("by")) or world.people[world.codes[deal.rep_id]]
        _with_author(deal, args["step"], by, line)


def _desk(world: World, deal: Deal, line: Line) -> User:
    """Who noted it; where the log does not say, whoever confirmed the contract, or the desk if that person has left."""
    said = world.person(line.args.get("by"))
    if said is not None:
        return said
    confirmed = world.people[world.codes[deal.confirmed_by_id or deal.rep_id]]
    desk = (one for one in world.people.values() if one.has(Duty.CORRECT))
    return confirmed if confirmed.posting else next(desk, confirmed)


def _with_author(deal: Deal, step: str, by: User, line: Line) -> None:
    if step == "contract":
        deals.contract(deal, by=by, now=line.at, price=_decimal(line.args.get("price")))
    else:
        deals.cancel(deal, by=by, now=line.at, reason=line.args.get("reason") or "")


def _standing(customer: Customer, unit: str | None) -> Deal:
    """The customer's deal that stands: of the named unit, else the latest."""
    rows = (
        Deal.objects.filter(customer=customer).exclude(state=DealState.CANCELLED).select_related("customer", "office")
    )
    found = (rows.filter(unit__code=unit) if unit else rows).order_by("-pk").first()
    if found is None:
        raise RuleError(_("This customer has no such deal"), rule="DEAL-02")
    return found


VERBS_OF_WORK: dict[str, Callable[[World, Line], None]] = {
    "card": _card,
    "defeat": _defeat,
    "units": _units,
    "deal": _deal,
}

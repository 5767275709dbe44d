"""Each verb of the log as a call of the rule that the pages use."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import contact_signing, contacts, ownership
from customers.models import Customer, FollowUp, Signature
from reception import helping, roster
from reception.arrival import Arrival
from reception.checkin import check_in
from reception.models import Reception
from sales import discounts
from staff import policy, posting
from staff.models import Branch, Company, Office, OfficePolicy, Posting, UnfitReason, User
from staff.roles import BRANCH_ROLES, OFFICE_ROLES, SELLING_ROLES

from .bulk import bulk
from .conduct import VERBS_OF_CONDUCT
from .leaving import VERBS_OF_LEAVING
from .log import Line
from .work import VERBS_OF_WORK
from .world import World


def open_office(line: Line, fields: dict[str, Any]) -> World:
    """The fresh office of a log, with the policy of its first line and then of ``fields``. RuleError if misshapen."""
    name = line.args["name"]
    company = Company(name=name)
    branch = Branch(company=company, name=name)
    office = Office(branch=branch, name=name, timezone=line.args.get("timezone") or "Asia/Shanghai")
    wanted = {**(line.args.get("policy") or {}), **fields}
    unknown = sorted(set(wanted) - set(policy.FIELDS))
    if unknown:
        raise RuleError(f"unknown policy field {unknown[0]!r}; there are {', '.join(policy.FIELDS)}")
    rules = OfficePolicy(office=office, **wanted)
    try:
        office.full_clean(exclude=["branch"])
        rules.clean_fields(exclude=["office"])
    except ValidationError as error:
        raise RuleError(" ".join(error.messages)) from None
    for row in (company, branch, office, rules):
        row.save()
    discounts.set_up(office)
    return World(office)


@transaction.atomic
def _hire(world: World, line: Line) -> None:
    args, office = line.args, world.office
    username = f"{args['who']}-{secrets.token_hex(4)}"
    role = args["role"]
    if role in OFFICE_ROLES:
        user = posting.hire(
            office, name=args["name"], role=role, username=username, number=args.get("number"), now=line.at
        )
    else:
        user = User.objects.create(username=username, name=args["name"], password="!")
        unit = {"branch": office.branch} if role in BRANCH_ROLES else {"company": office.branch.company}
        Posting.objects.create(user=user, role=role, since=office.today(line.at), **unit)
    # What a person may do goes by the log's clock, not by that of the machine.
    user.__dict__["posting"] = user.postings.select_related("office").get()
    world.people[args["who"]] = user
    world.codes[user.pk] = args["who"]
    if role in SELLING_ROLES:
        world.sellers.append(args["who"])


def _on_self(rule: Callable[..., None]) -> Callable[[World, Line], None]:
    def verb(world: World, line: Line) -> None:
        rule(world.office, world.must(line.args["who"]), now=line.at)

    return verb


def _on_duty(world: World, line: Line) -> None:
    who, by = world.must(line.args["who"]), world.must(line.args["by"])
    roster.send_on_duty(world.office, who, by=by, now=line.at, reason=line.args.get("reason") or "")


def _unfit(world: World, line: Line) -> None:
    reason = line.args.get("reason") or UnfitReason.UNWELL
    who, by = world.must(line.args["who"]), world.must(line.args["by"])
    ownership.check_supervises(world.office, by=by)
    roster.set_unfit(world.office, who, reason=reason, by=by, now=line.at)


def _fit(world: World, line: Line) -> None:
    who, by = world.must(line.args["who"]), world.must(line.args["by"])
    ownership.check_supervises(world.office, by=by)
    roster.set_fit(world.office, who, by=by, now=line.at)


def _adjust(world: World, line: Line) -> None:
    args = line.args
    who, by, reason = world.must(args["who"]), world.must(args["by"]), args.get("reason") or ""
    if args["action"] == "skip":
        roster.skip(world.office, who, by=by, now=line.at, reason=reason)
        return
    if args.get("place") is None:
        raise RuleError(_("Say to which place, 1 is the head"), rule="REC-14")
    roster.move(world.office, who, place=args["place"], by=by, now=line.at, reason=reason)


def _arrive(world: World, line: Line) -> None:
    args = line.args
    key = args.get("as")
    if key is not None:
        world.customers.setdefault(key, None)
    done = check_in(world.office, _arrival(world, args), by=None, now=line.at)
    if done.customer is None:
        assert done.reception is not None
        world.looking[key or args.get("customer") or ""] = done.reception.pk
        return
    key = key or args.get("customer") or f"#{done.customer.number}"
    world.customers[key] = done.customer.pk
    world.keys.setdefault(done.customer.pk, key)


def _arrival(world: World, args: Mapping[str, Any]) -> Arrival:
    """What the line says of an arrival; what it leaves out is as the desk's form has it."""
    given = {name: value for name, value in args.items() if value is not None}
    said = {name: given[name] for name in SAID if name in given}
    people: dict[str, Any] = {
        name: world.must(given[name]) for name in ("named", "answered_by", "overload", "taken_by") if name in given
    }
    if "to" in given:
        people |= {"to": world.must(given["to"]), "supervisor": world.person(given.get("by"))}
    relation = given.get("relation", {})
    return Arrival(
        customer=_known_customer(world, given),
        relative=world.customer(relation.get("to")),
        relation=relation.get("kind", ""),
        referrer=world.customer(given.get("referrer")),
        look=given.get("purpose") == "look",
        **said,
        **people,
    )


SAID = ("kind", "name", "phone", "party", "reason", "source", "helpers", "consent", "appointment")


def _known_customer(world: World, given: Mapping[str, Any]) -> Customer | None:
    """The customer of a compulsory key, or of a key that an earlier arrival brought; None for a new key."""
    if "customer" in given:
        return world.customer(given["customer"])
    earlier = given.get("as")
    return world.customer(earlier) if earlier is not None and world.customers.get(earlier) else None


def _leave(world: World, line: Line) -> None:
    key = line.args["customer"]
    rows = Reception.objects.order_by("-pk")
    looked = rows.filter(pk=world.looking[key]).first() if key in world.looking else None
    reception = looked if looked is not None and looked.ended_at is None else None
    if reception is None and world.customers.get(key) is not None:
        reception = rows.filter(customer_id=world.known(key)).first()
    reception = reception or looked
    if reception is None:
        raise RuleError(_("This customer is not being received"), rule="REC-07")
    reception.office = world.office
    helping.leave(reception, by=None, now=line.at)


def _assign(world: World, line: Line) -> None:
    args = line.args
    ownership.assign(
        world.certain(args["customer"]), to=world.must(args["who"]), by=world.must(args["by"]), now=line.at
    )


def _transfer(world: World, line: Line) -> None:
    args = line.args
    customer, to, by = world.certain(args["customer"]), world.must(args["to"]), world.must(args["by"])
    ownership.transfer(customer, to=to, by=by, now=line.at, reason=args.get("reason") or "")


def _follow_up(world: World, line: Line) -> None:
    args = line.args
    customer = world.certain(args["customer"])
    by = world.person(args.get("who")) or world.owner(customer)
    if by is None:
        raise RuleError(_("Nobody owns this customer: give the customer out first"), rule="OWN-05")
    try:
        next_on = date.fromisoformat(args["next_on"]) if args.get("next_on") else None
    except ValueError:
        raise RuleError(_("The next date is no date"), rule="FUP-02") from None
    follow_up = contacts.record(
        customer,
        by=by,
        now=line.at,
        manner=args["manner"],
        reached=args["reached"],
        result=args.get("result") or "",
        next_on=next_on,
        level=args.get("level") or "",
    )
    if args.get("as"):
        world.follow_ups[args["as"]] = follow_up.pk


def _decide(rule: Callable[[FollowUp, User, Line], FollowUp]) -> Callable[[World, Line], None]:
    @transaction.atomic
    def verb(world: World, line: Line) -> None:
        args = line.args
        by = world.must(args["by"])
        rows = FollowUp.objects.select_related("customer__office")
        if args.get("follow_up"):
            if args["follow_up"] not in world.follow_ups:
                raise RuleError(_("This follow-up was refused when it was recorded"), rule="FUP-04")
            pending = [rows.get(pk=world.follow_ups[args["follow_up"]])]
        else:
            customer = world.certain(args["customer"])
            pending = list(rows.filter(customer=customer, signature=Signature.PENDING).order_by("pk"))
            if not pending:
                raise RuleError(_("No follow-up of this customer awaits signature"), rule="FUP-04")
        for follow_up in pending:
            rule(follow_up, by, line)

    return verb


VERBS: dict[str, Callable[[World, Line], None]] = {
    **VERBS_OF_WORK,
    **VERBS_OF_LEAVING,
    **VERBS_OF_CONDUCT,
    "bulk": bulk,
    "hire": _hire,
    "sign_in": _on_self(roster.sign_in),
    "sign_out": _on_self(roster.sign_out),
    "away": _on_self(roster.go_away),
    "back": _on_self(roster.come_back),
    "on_duty": _on_duty,
    "unfit": _unfit,
    "fit": _fit,
    "adjust": _adjust,
    "arrive": _arrive,
    "leave": _leave,
    "assign": _assign,
    "transfer": _transfer,
    "follow_up": _follow_up,
    "follow_up_sign": _decide(lambda f, by, line: contact_signing.sign(f, by=by, now=line.at)),
    "follow_up_reject": _decide(
        lambda f, by, line: contact_signing.reject(f, by=by, now=line.at, reason=line.args.get("reason") or "")
    ),
}

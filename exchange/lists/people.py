"""Staff of the office, accounts of the company, absences of those who decide, shares in the rotation (OFF-03, REC-20)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from customers.rows import moment
from reception import fairness as figures
from reception.views import fairness
from staff.roles import Duty
from staff.views import accounts, away, people

from .listed import STATE, Asked, Listed, columns


def _staff(asked: Asked) -> list[dict[str, Any]]:
    return people.people_of(asked.user, left=people.former(asked.user, asked.query))


def _staff_rows(chunk: list[dict[str, Any]], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "number": one["posting"].number,
            "name": str(one["posting"].user),
            "role": one["posting"].get_role_display(),
            "username": one["posting"].user.username,
            "since": one["posting"].since,
            "until": one["posting"].until,
            "state": one["state"],
        }
        for one in chunk
    ]


def _accounts(chunk: list[Any], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "username": one.user.username,
            "name": one.user.name,
            "role": one.get_role_display(),
            "unit": str(one.office or one.branch or one.company),
            "last": moment(one.user.last_login) if one.user.last_login else "",
        }
        for one in chunk
    ]


def _away(asked: Asked) -> QuerySet:
    return away.found(asked.user).order_by(*away.ORDER)


def _shares(asked: Asked) -> list[figures.Share]:
    first, last, _monthly = fairness.period(asked.query, asked.today)
    return figures.of_period(asked.office, first, last).shares


SHARE = ("name", "days", "taken", "passed", "returning", "given_back", "registered", "per_turn", "deals_per_turn")


def _share_rows(chunk: list[figures.Share], asked: Asked) -> list[dict[str, Any]]:
    shown = [{name: getattr(one, name) for name in SHARE} for one in chunk]
    return [{name: round(said, 2) if isinstance(said, float) else said for name, said in one.items()} for one in shown]


PEOPLE: dict[str, Listed] = {
    "staff": Listed(
        _("Staff"), (Duty.RULE_STAFF, Duty.RULE_FITNESS),
        columns((_("Staff number"), 9), (_("Name"), 12), (_("Role"), 16), (_("User name"), 16), (_("From"), 12), (_("To"), 12),
                (STATE, 16)),
        _staff, (), _staff_rows, ("number", "name", "role", "username", "since", "until", "state"),
    ),
    "accounts": Listed(
        _("Accounts"), (Duty.ADMINISTER,),
        columns((_("User name"), 18), (_("Name"), 12), (_("Role"), 16), (_("Unit"), 20), (_("Last sign-in"), 17)),
        lambda asked: accounts.found(asked.user).order_by(*accounts.ORDER), (), _accounts,
        ("username", "name", "role", "unit", "last"),
    ),
    "away": Listed(
        _("Away"), (Duty.APPROVE,),
        columns((_("Who is away"), 12), (_("Role"), 16), (_("Who decides meanwhile"), 14), (_("Reason"), 30), (_("From"), 12),
                (_("To"), 12), (STATE, 12)),
        _away, (), lambda chunk, asked: [away.row_of(one, asked.today) for one in chunk],
        ("person", "role", "to", "reason", "first", "last", "state"),
    ),
    "fairness": Listed(
        _("Fairness"), (Duty.SEE_BOARD,),
        columns((_("Name"), 12), (_("Days"), 7), (_("Turns taken"), 9), (_("Passed"), 9), (_("Returning"), 9),
                (_("Given back"), 9), (_("Registered"), 9), (_("Per turn"), 9), (_("Deals per turn"), 9)),
        _shares, (), _share_rows, SHARE,
    ),
}  # fmt: skip

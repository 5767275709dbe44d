"""Tables of what became of it: defeats, deals, turns, follow-up discipline, conduct (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.models import Ground

from .figures import MonthFigures
from .flow import Part
from .tables import INTEGER, MONEY, PERCENT, Column, Drawing, Table, label, part_of, total_of


def defeats(found: MonthFigures) -> Table:
    """Approved defeats by their ground (LOST-05)."""
    columns = [label(_("Reason"), 34), Column(_("Defeats"), lines="defeats"), Column(_("Share"), PERCENT)]
    whole = sum(found.defeats.values())
    counts = {ground: found.defeats.get(ground, 0) for ground in Ground.values}
    rows = [[str(Ground(ground).label), n, part_of(n, whole)] for ground, n in counts.items()]
    keys = [f"ground={ground}" for ground in counts]
    drawing = Drawing("bar", (1,), _("Defeats by reason"))
    return Table("defeats", _("Defeats"), columns, rows, keys, [_("Total"), whole, None], drawing)


def deals(found: MonthFigures) -> Table:
    """Deals and amounts by rep, the most first."""
    columns = [
        label(_("Rep")),
        Column(_("Deals"), lines="deals"),
        Column(_("Amount (yuan)"), MONEY, width=16),
        Column(_("Average (yuan)"), MONEY, width=16),
    ]
    sold = sorted(
        ((one, found.flow.by_rep.get(one.who, Part())) for one in found.people),
        key=lambda pair: (-pair[1].deals, -pair[1].deal_amount, pair[0].who),
    )
    rows = [
        [one.name, part.deals, part.deal_amount, round(part.deal_amount / part.deals, 2) if part.deals else None]
        for one, part in sold
    ]
    total = [_("Total"), found.flow.deals, found.flow.deal_amount, None]
    drawing = Drawing("bar", (2,), _("Amount by rep (yuan)"))
    keys = [f"rep={one.who}" for one, _part in sold]
    return Table("deals", _("Deals and amounts"), columns, rows, keys, total, drawing, personal=True)


def turns(found: MonthFigures) -> Table:
    """How evenly visitors were given out (REC-20)."""
    columns = [
        label(_("Rep")),
        Column(_("Days")),
        Column(_("Turns taken"), words=_("New visitors by the order, by overload, assigned or taken out of turn")),
        Column(_("Passed"), words=_("Turns lost by being away")),
        Column(_("Returning"), words=_("Customers with a valid registration who were received")),
        Column(_("Given back"), words=_("Visitors who only looked around")),
        Column(_("Registered"), words=_("Registrations opened by visits received")),
        Column(_("Per turn"), PERCENT, _("Registered ÷ turns taken")),
        Column(_("Deals per turn"), PERCENT, _("Deals of the month ÷ turns taken"), width=13),
    ]
    rows = [
        [
            found.name(one.who),
            one.days,
            one.taken,
            one.passed,
            one.returning,
            one.given_back,
            one.registered,
            part_of(one.registered, one.taken),
            part_of(found.flow.by_rep.get(one.who, Part()).deals, one.taken),
        ]
        for one in found.turns
    ]
    drawing = Drawing("bar", (2, 3, 4), _("Turns by rep"))
    total = total_of(_("Total"), rows, columns)
    return Table("turns", _("Fairness of the rotation"), columns, rows, [], total, drawing, personal=True)


def follow_up(found: MonthFigures) -> Table:
    """Follow-up discipline by rep (FUP-01..07, CARD-05)."""
    columns = [
        label(_("Rep")),
        Column(_("Contacts")),
        Column(_("Reached"), PERCENT, _("The person was reached ÷ contacts")),
        Column(_("Effective"), PERCENT, _("Reached and with a result ÷ contacts")),
        Column(_("Signed"), PERCENT, _("Signed by the supervisor by the end of the month ÷ contacts")),
        Column(_("Rejected"), INTEGER, _("Contacts that the supervisor rejected in the month")),
        Column(_("On time"), PERCENT, _("Made by the day promised at the contact before ÷ those that had one")),
        Column(_("Two contacts"), PERCENT, _("New customers with two contacts by the end ÷ new customers"), width=12),
        Column(_("Same-day call"), PERCENT, _("Visits whose customer was telephoned that day ÷ visits"), width=12),
        Column(_("Cards on the day"), PERCENT, _("A-cards submitted on their day ÷ new customers"), width=14),
    ]
    rows = [
        [
            found.name(one.who),
            one.contacts,
            part_of(one.reached, one.contacts),
            part_of(one.effective, one.contacts),
            part_of(one.signed, one.contacts),
            one.rejected,
            part_of(one.kept, one.promised),
            part_of(one.followed_twice, one.new),
            part_of(one.called_same_day, one.visits),
            part_of(one.cards, one.new),
        ]
        for one in found.discipline
    ]
    total = total_of(_("Total"), rows, columns)
    drawing = Drawing("bar", (1,), _("Contacts by rep"))
    return Table("follow_up", _("Follow-up discipline"), columns, rows, [], total, drawing, personal=True)


def conduct(found: MonthFigures) -> Table:
    """Warnings and fines that stood at the end of the month (COND-05)."""
    columns = [label(_("Name")), Column(_("Warnings")), Column(_("Fines")), Column(_("Amount (yuan)"))]
    rows = [[found.name(one.who), one.warnings, one.fines, one.amount] for one in found.conduct]
    return Table("conduct", _("Conduct"), columns, rows, [], total_of(_("Total"), rows, columns), personal=True)

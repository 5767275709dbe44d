"""Tables of how the reps work: turns, follow-up discipline, conduct (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .figures import MonthFigures
from .flow import Part
from .tables import INTEGER, PERCENT, Column, Drawing, Table, label, part_of, total_of


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
    columns = _discipline_columns()
    total = total_of(_("Total"), rows, columns)
    drawing = Drawing("bar", (1,), _("Contacts by rep"))
    return Table("follow_up", _("Follow-up discipline"), columns, rows, [], total, drawing, personal=True)


def _discipline_columns() -> list[Column]:
    return [
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


def conduct(found: MonthFigures) -> Table:
    """Warnings and fines that stood at the end of the month (COND-05)."""
    columns = [label(_("Name")), Column(_("Warnings")), Column(_("Fines")), Column(_("Amount (yuan)"))]
    rows = [[found.name(one.who), one.warnings, one.fines, one.amount] for one in found.conduct]
    return Table("conduct", _("Conduct"), columns, rows, [], total_of(_("Total"), rows, columns), personal=True)

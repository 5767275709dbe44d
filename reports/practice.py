"""Tables of how the reps work: turns, follow-up discipline, conduct (REP-04)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .figures import MonthFigures
from .flow import Part
from .tables import INTEGER, MONEY, PERCENT, TURNS, Column, Drawing, Table, label, part_of, total_of
from .words import WORDS


def turns(found: MonthFigures) -> Table:
    """How evenly visitors were given out (REC-20)."""
    columns = [
        label(_("Rep")),
        _turn("days", _("Days"), _("Days with a place in the order")),
        _turn("taken", _("Turns taken"), _("New visitors by the order, by overload, assigned or taken out of turn")),
        _turn("passed", _("Passed"), _("Turns lost by being away")),
        _turn("returning", _("Returning"), _("Customers with a valid registration who were received")),
        _turn("given_back", _("Given back"), _("Visitors who only looked around")),
        Column(_("Registrations"), INTEGER, _("Registrations opened by visits received"), "registered"),
        Column(_("Per turn"), PERCENT, _("Registered ÷ turns taken")),
        Column(_("Deals per turn"), PERCENT, _("Deals of the month ÷ turns taken"), width=13),
    ]
    keys = [f"rep={one.who}" for one in found.turns]
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
    return Table("turns", _("Fairness of the rotation"), columns, rows, keys, total, drawing, personal=True)


def _turn(name: str, title: str, words: str) -> Column:
    return Column(title, INTEGER, words, f"{TURNS}{name}")


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
    keys = [f"rep={one.who}" for one in found.discipline]
    drawing = Drawing("bar", (1,), _("Contacts by rep"))
    return Table("follow_up", _("Follow-up discipline"), columns, rows, keys, total, drawing, personal=True, sums=True)


def _discipline_columns() -> list[Column]:
    return [
        label(_("Rep")),
        Column(_("Contacts"), INTEGER, str(WORDS["follow_ups"][1]), "follow_ups"),
        Column(_("Reached"), PERCENT, _("The person was reached ÷ contacts"), "reached"),
        Column(_("Effective"), PERCENT, _("Reached and with a result ÷ contacts"), "effective"),
        Column(_("Signed"), PERCENT, _("Signed by the supervisor by the end of the month ÷ contacts")),
        Column(_("Rejected"), INTEGER, _("Contacts that the supervisor rejected in the month"), "rejected"),
        Column(_("On time"), PERCENT, _("Made by the day promised at the contact before ÷ those that had one")),
        Column(_("Two contacts"), PERCENT, _("New customers with two contacts by the end ÷ new customers"), width=12),
        Column(_("Same-day call"), PERCENT, _("Visits whose customer was telephoned that day ÷ visits"), width=12),
        Column(_("Cards on the day"), PERCENT, _("A-cards submitted on their day ÷ new customers"), width=14),
    ]


def conduct(found: MonthFigures) -> Table:
    """Warnings and fines that stood at the end of the month (COND-05)."""
    stood = _("Given for the month and not withdrawn by its end")
    columns = [
        label(_("Name")),
        Column(_("Warnings"), INTEGER, stood, "warnings"),
        Column(_("Fines"), INTEGER, stood, "fines"),
        Column(_("Amount (yuan)"), MONEY, _("Sum of those fines"), "fines"),
    ]
    rows = [[found.name(one.who), one.warnings, one.fines, one.amount] for one in found.conduct]
    keys, total = [f"rep={one.who}" for one in found.conduct], total_of(_("Total"), rows, columns)
    return Table("conduct", _("Conduct"), columns, rows, keys, total, personal=True, sums=True)

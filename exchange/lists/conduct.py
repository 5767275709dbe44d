"""Conduct: what is to be judged, what was given, one's own, rewards, inspections (COND-01..04)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from customers.rows import moment
from customers.views import inspections
from staff import inspections as scores
from staff.models import Measure
from staff.roles import Duty
from staff.views import conduct, measures, rewards

from .listed import STATE, Asked, Listed, columns

PERSON, FAULT, YUAN, POINTS, WHEN = _("Person"), _("Fault"), _("Yuan"), _("Points"), _("When")
JUDGES = (Duty.JUDGE,)


def _tab(name: str) -> Callable[[Asked], QuerySet]:
    def found(asked: Asked) -> QuerySet:
        rows, order = conduct.lists_of(asked.user)[name]
        return rows.select_related("person").order_by(*order)

    return found


def _proposals(chunk: list[Any], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "person": str(one.person),
            "words": conduct.row_of("proposals", one)["words"],
            "fault": one.get_fault_display(),
            "at": moment(one.at),
        }
        for one in chunk
    ]


def _measure(one: Measure) -> dict[str, Any]:
    return {
        "kind": one.get_kind_display(),
        "fault": one.get_fault_display(),
        "amount": one.amount or "",
        "points": one.points or "",
        "at": moment(one.at),
        "state": conduct.state_of(one),
    }


def _given(chunk: list[Measure], asked: Asked) -> list[dict[str, Any]]:
    return [{"person": str(one.person), **_measure(one)} for one in chunk]


def _own(chunk: list[Measure], asked: Asked) -> list[dict[str, Any]]:
    return [{**_measure(one), "words": one.words, "by": str(one.given_by or "")} for one in chunk]


def _rewards(chunk: list[Any], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "person": str(one.person),
            "words": one.words,
            "amount": one.amount or "",
            "points": one.points or "",
            "at": moment(one.at),
            "state": _now("taken back") if one.revoked_at else _now("standing"),
        }
        for one in chunk
    ]


def _samples(asked: Asked) -> QuerySet:
    return inspections.samples(asked.user, inspections.month_asked(asked.query, asked.today))


def _sample_rows(chunk: list[Any], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "person": str(one.person),
            "month": f"{one.month:%Y-%m}",
            "by": str(one.by),
            "at": moment(one.at),
            "state": _now("scored") if one.scored_at else _now("to be scored"),
        }
        for one in chunk
    ]


def _ranking(asked: Asked) -> list[Any]:
    return scores.ranking(asked.office, inspections.month_asked(asked.query, asked.today))


def _ranked(chunk: list[Any], asked: Asked) -> list[dict[str, Any]]:
    return [
        {"person": str(one.person), "place": one.place, "records": one.records, "share": one.share} for one in chunk
    ]


GIVEN = columns((PERSON, 12), (_("Kind"), 10), (FAULT, 24), (YUAN, 9), (POINTS, 9), (WHEN, 17), (STATE, 12))
MEASURE = ("person", "kind", "fault", "amount", "points", "at", "state")
CONDUCT: dict[str, Listed] = {
    "conduct": Listed(
        _("Breaches to judge"), JUDGES,
        columns((PERSON, 12), (_("What the records show"), 50), (_("Would be a warning for"), 24), (_("Found"), 17)),
        _tab("proposals"), (), _proposals, ("person", "words", "fault", "at"),
    ),
    "conduct_objections": Listed(
        _("Objections to decide"), JUDGES, GIVEN, _tab("objections"), (), _given, MEASURE, "conduct"
    ),
    "conduct_given": Listed(_("Warnings and fines"), JUDGES, GIVEN, _tab("given"), (), _given, MEASURE, "conduct"),
    "my_conduct": Listed(
        _("My conduct"), (Duty.ANSWER,),
        columns((_("Kind"), 10), (FAULT, 24), (_("Reason"), 40), (YUAN, 9), (POINTS, 9), (WHEN, 17), (_("Given by"), 12),
                (STATE, 12)),
        lambda asked: measures.own(asked.user).order_by(*measures.ORDER), (), _own,
        ("kind", "fault", "words", "amount", "points", "at", "by", "state"),
    ),
    "rewards": Listed(
        _("Rewards"), JUDGES,
        columns((PERSON, 12), (_("Rewarded for"), 40), (YUAN, 9), (POINTS, 9), (WHEN, 17), (STATE, 12)),
        lambda asked: rewards.given(asked.user).order_by(*rewards.ORDER), (), _rewards,
        ("person", "words", "amount", "points", "at", "state"),
    ),
    "inspections": Listed(
        _("Inspections"), (Duty.SUPERVISE,),
        columns((PERSON, 12), (_("Month"), 9), (_("Drawn by"), 12), (WHEN, 17), (STATE, 12)),
        _samples, (), _sample_rows, ("person", "month", "by", "at", "state"),
    ),
    "inspection_ranking": Listed(
        _("Ranking of the month"), (Duty.SUPERVISE,),
        columns((_("Place"), 7), (_("Name"), 12), (_("Records scored"), 12), (_("Of the best possible (per cent)"), 16)),
        _ranking, (), _ranked, ("place", "person", "records", "share"), "inspections",
    ),
}  # fmt: skip

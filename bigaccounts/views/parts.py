"""What each part of a case's page shows, to whom: prices are not even in the context of those who do not need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from bigaccounts import asking, climb, contracts, execution, filing, flipping, journal, who
from bigaccounts import buyers as buyer_changes
from bigaccounts.figures import percent_of, price_at, shown_money, shown_percent
from bigaccounts.lists import buyer_lines
from bigaccounts.models import (
    EXECUTION,
    AskState,
    Case,
    CaseState,
    ContractUnit,
    Event,
    Happened,
    PaperKind,
    Place,
    PlanState,
    Purpose,
)
from common.templatetags.ui import badge
from sales.models import UnitState
from staff import approvals
from staff.roles import Role

from .acts import ACTS, BEGUN, TABS

EVENTS, REPORTS = 100, 50
OPEN, DONE, BACK, GONE = "pending", "approved", "returned", "gone"
PLAN_COLOURS = {PlanState.SENT: OPEN, PlanState.APPROVED: DONE, PlanState.RETURNED: BACK}
ASK_COLOURS = {
    AskState.OPEN: OPEN,
    AskState.APPROVED: DONE,
    AskState.REFUSED: BACK,
    AskState.RETURNED: BACK,
    AskState.WITHDRAWN: GONE,
}


class Looker:
    """One person looking at one case."""

    def __init__(self, request: HttpRequest, case: Case, wrong: dict[str, Any]) -> None:
        self.user, self.case, self.now = request.user, case, timezone.now()
        self.today = case.office.today(self.now)
        self.prices = who.sees_prices(case, request.user, now=self.now)
        self.wrong = wrong

    def acts(self, tab: str) -> dict[str, dict[str, Any]]:
        """What this person may do here now, each with its form; a form that was just refused stays open."""
        found = {}
        for name, act in ACTS.items():
            if act.tab != tab:
                continue
            form = self.wrong.get(name)
            if form is None and act.refusal(self.case, by=self.user, now=self.now) is None:
                form = act.form(case=self.case, auto_id=f"{name}_%s", initial=self.initial(name))
            if form is not None:
                found[name] = {"name": name, "form": form, "open": name in self.wrong}
        return found

    def initial(self, act: str) -> dict[str, Any]:
        """What a form begins with: the figures of the case, for those alone who see them and may change them."""
        case = self.case
        if act == "plan":
            return {"units": case.units}
        if act == "decide":
            return {"step": asking.seen(climb.waiting(case)), "decision": "approve"}
        if act == "draft" and self.prices:
            return _draft_of(case)
        if act == "units":
            rows = case.contract_units.filter(place=Place.LIVE).order_by("unit__code")
            return {"units": "\n".join(rows.values_list("unit__code", flat=True))}
        if act == "buyers":
            return {"buyers": _typed_buyers(case, Place.LIVE)}
        return {}


def _typed_buyers(case: Case, place: str) -> str:
    return "\n".join(f"{one.name}, {one.identity}" if one.identity else one.name for one in buyer_lines(case, place))


def _draft_of(case: Case) -> dict[str, Any]:
    """The draft as it was typed; the approved discount and units where nothing was typed yet."""
    percent, _units = contracts.agreed(case)
    payments = list(case.instalments.order_by("due_on", "pk"))
    for one in payments:
        one.case = case
    lines = [f"{one.due_on} {shown_money(one.amount)}" if one.amount else f"{one.due_on}" for one in payments]
    codes = case.contract_units.filter(place=Place.DRAFT).order_by("unit__code").values_list("unit__code", flat=True)
    return {
        "buyers": _typed_buyers(case, Place.DRAFT),
        "units": "\n".join(codes),
        "way": case.way,
        "instalments": "\n".join(lines),
        "percent": shown_percent(case.percent if case.percent is not None else percent),
        "special": case.special,
    }


def context_of(request: HttpRequest, case: Case, tab: str, wrong: dict[str, Any] | None = None) -> dict[str, Any]:
    """Everything that the page shows of one part of a case."""
    from .lists import state_badge

    looker = Looker(request, case, wrong or {})
    frozen = flipping.standing(case)
    return {
        "case": case,
        "name": case.name,
        "state": state_badge(case.state),
        "frozen": frozen is not None,
        "prices": looker.prices,
        "tab": tab,
        "tabs": [(name, label) for name, label in TABS.items() if _has_tab(name, case, looker)],
        "acts": looker.acts(tab),
        **PARTS[tab](looker),
    }


def _has_tab(name: str, case: Case, looker: Looker) -> bool:
    """Who does not need the prices sees the case alone, the rest names terms; its rep sees the execution too.

    A case that nobody runs yet is any supervisor's: they are shown where its plan is drawn up (BULK-03).
    """
    if name == "":
        return True
    if name == "plan" and ACTS["plan"].refusal(case, by=looker.user, now=looker.now) is None:
        return True
    if name == "execution":
        return case.state in BEGUN and (looker.prices or looker.user.pk == case.rep_id)
    return looker.prices


def _flags(looker: Looker, frozen: Any) -> list[str]:
    case, now, found = looker.case, looker.now, []
    if frozen is not None:
        found.append(_("Flipping is suspected: no formalities until the marketing manager lifts the freeze"))
    if journal.is_quiet(case, now=now):
        words = {"days": journal.days_quiet(case, now=now)}
        found.append(_("No progress was reported for %(days)s days: report to the branch") % words)
    if filing.is_late(case, now=now):
        found.append(_("The contract is not filed with finance yet: file it"))
    return found


def overview(looker: Looker) -> dict[str, Any]:
    """Where the case stands, what is flagged, contacts, journal, events."""
    case = looker.case
    reports = list(case.reports.select_related("by").order_by("-id")[:REPORTS])
    for one in reports:
        one.case = case
    events = list(case.events.select_related("by").order_by("-id")[:EVENTS])
    shows_reports = looker.prices or looker.user.pk == case.rep_id
    return {
        "flags": _flags(looker, flipping.standing(case)),
        "kind": case.get_kind_display(),
        "contacts": case.contacts if who.sees_contacts(case, looker.user) else None,
        "report_by": journal.report_by(case),
        "file_by": filing.file_by(case),
        "reports": [(one, one.text) for one in reports] if shows_reports else None,
        "events": [_event(one, looker) for one in events],
        "waits": _waits(case),
    }


def _event(one: Event, looker: Looker) -> dict[str, Any]:
    one.case = looker.case
    secret = one.secret if looker.prices else {}
    return {
        "label": Happened(one.kind).label,
        "words": one.words,
        "by": one.by,
        "role": Role(one.role).label if one.role else "",
        "at": one.at,
        "percent": shown_percent(percent_of(secret["percent"])) if secret.get("percent") else "",
        "reason": secret.get("reason", ""),
    }


def _waits(case: Case) -> str:
    """Whose decision is awaited."""
    subjects = {
        CaseState.PLANNED: f"bulk.plan:{case.pk}",
        CaseState.CLIMBING: climb.subject(case),
        **dict.fromkeys(EXECUTION, buyer_changes.subject(case)),
    }
    found = approvals.latest(subjects[CaseState(case.state)]) if case.state in subjects else None
    return str(Role(found.waiting_role).label) if found is not None and found.waiting_role else ""


def plan(looker: Looker) -> dict[str, Any]:
    """Every version of the plan, newest first."""
    rows = list(looker.case.plans.select_related("sent_by", "decided_by").order_by("-number"))
    for one in rows:
        one.case = looker.case
    return {
        "plans": [
            {
                "row": one,
                "state": badge(PLAN_COLOURS[PlanState(one.state)], one.get_state_display()),
                "terms": one.terms if looker.prices else None,
                "percent": shown_percent(one.percent) if looker.prices else None,
                "reason": one.reason if looker.prices else "",
            }
            for one in rows
        ]
    }


def discount(looker: Looker) -> dict[str, Any]:
    """Every discount that was asked for, newest first, and the steps that were decided."""
    case = looker.case
    if not looker.prices:
        return {"asks": None, "steps": []}
    rows = list(case.asks.select_related("asked_by").order_by("-number"))
    for one in rows:
        one.case = case
    kinds = (Happened.PASSED_ON, Happened.APPROVED, Happened.REFUSED, Happened.RETURNED, Happened.WITHDRAWN)
    steps = list(case.events.filter(kind__in=kinds).select_related("by").order_by("-id")[:EVENTS])
    request = approvals.latest(climb.subject(case)) if case.state == CaseState.CLIMBING else None
    return {
        "asks": [
            {
                "row": one,
                "state": badge(ASK_COLOURS[AskState(one.state)], one.get_state_display()),
                "percent": shown_percent(one.percent),
                "reason": one.reason,
            }
            for one in rows
        ],
        "steps": [_event(one, looker) for one in steps],
        "way": _way(request) if request is not None else [],
    }


def _way(request: Any) -> list[tuple[str, str]]:
    """The rungs of the climb: approved, waiting, to come."""
    found: list[tuple[str, str]] = []
    for n, role in enumerate(request.steps):
        state = DONE if n < request.step else OPEN if n == request.step else "draft"
        words = {DONE: _("approved"), OPEN: _("decides now"), "draft": _("decides afterwards")}[state]
        found.append((str(Role(role).label), badge(state, words)))
    return found


def contract(looker: Looker) -> dict[str, Any]:
    """The five parts, what is lacking, buyers, units with their prices, instalments, the changes of buyers."""
    case = looker.case
    lacking = contracts.missing(case)
    refusal = ACTS["sign"].refusal(case, by=looker.user, now=looker.now) if case.state not in BEGUN else None
    shown: dict[str, Any] = {
        "parts": [(label, part not in lacking) for part, label in contracts.PARTS.items()],
        "signed": case.state in BEGUN,
        "sign_refusal": refusal if who.runs(case, looker.user) else None,
    }
    if not looker.prices:
        return shown
    rows = list(case.contract_units.exclude(place=Place.OUT).select_related("unit").order_by("unit__code"))
    units = [_unit(row, case) for row in rows]
    buyers = list(case.buyers.exclude(place=Place.OUT).order_by("pk"))
    for one in buyers:
        one.case = case
    listed, agreed_on = contracts.totals(case)
    return {
        **shown,
        "units": units,
        "buyers": [(one.name, one.identity) for one in buyers],
        "payments": _payments(looker),
        "way": case.way,
        "special": case.special,
        "percent": shown_percent(case.percent),
        "listed": shown_money(listed),
        "agreed_on": shown_money(agreed_on if case.percent is not None else None),
    }


def _unit(row: ContractUnit, case: Case) -> dict[str, Any]:
    row.case = case
    price = row.price
    if price is None and case.percent is not None:
        price = price_at(row.list_price, case.percent)
    taken_elsewhere = row.place == Place.DRAFT and row.unit.state != UnitState.FOR_SALE
    return {
        "code": row.unit.code,
        "pk": row.unit_id,
        "list_price": shown_money(row.list_price),
        "price": shown_money(price),
        "taken": row.deal_id is not None,
        "gone": taken_elsewhere,
    }


def _payments(looker: Looker) -> list[dict[str, Any]]:
    rows = list(looker.case.instalments.order_by("due_on", "pk"))
    found = []
    for row in rows:
        row.case = looker.case
        overdue = row.paid_at is None and row.due_on < looker.today and looker.case.state in EXECUTION
        state = (
            badge(DONE, _("paid"))
            if row.paid_at
            else badge(BACK, _("payment overdue"))
            if overdue
            else badge(OPEN, _("not paid yet"))
        )
        found.append({"due": row.due_on, "amount": shown_money(row.amount), "state": state})
    return found


def files(looker: Looker) -> dict[str, Any]:
    """The files, for those who see the prices."""
    case = looker.case
    if not looker.prices:
        return {"papers": None, "file_refusal": None}
    rows = list(case.papers.select_related("by").order_by("-id"))
    for row in rows:
        row.case = case
    papers = [
        {
            "pk": row.pk,
            "name": row.name,
            "purpose": Purpose(row.purpose).label,
            "kind": PaperKind(row.kind).label,
            "size": f"{max(1, round(row.size / 1024)):,}",
            "by": row.by,
            "at": row.at,
        }
        for row in rows
    ]
    waits = case.state == CaseState.SIGNED and who.holds(looker.user, *who.EXECUTES, office=case.office)
    refusal = ACTS["file"].refusal(case, by=looker.user, now=looker.now) if waits else None
    return {"papers": papers, "file_refusal": refusal, "file_by": filing.file_by(case)}


def executed(looker: Looker) -> dict[str, Any]:
    """Units and payments against the contract, freezes, the change of buyers that waits."""
    case = looker.case
    watch = execution.watch(case, today=looker.today)
    freezes = list(case.freezes.filter(lifted_at__isnull=True).select_related("by", "buyer").order_by("pk"))
    for one in freezes:
        one.case = case
        if one.buyer is not None:
            one.buyer.case = case
    shown = {"watch": watch, "freezes": [_freeze(one, looker) for one in freezes], "change": None}
    if not looker.prices:
        return shown
    rows = case.contract_units.filter(place=Place.LIVE).select_related("unit", "buyer").order_by("unit__code")
    change = case.buyer_changes.filter(closed_at__isnull=True).select_related("asked_by", "proof").first()
    if change is not None:
        change.case = case
    return {
        **shown,
        "units": [_taken(row, case) for row in rows],
        "payments": _payments(looker),
        "amount_due": shown_money(watch.amount_due),
        "amount_paid": shown_money(watch.amount_paid),
        "change": change,
        "wanted": buyer_changes.lines_of(change) if change is not None else [],
        "change_reason": change.reason if change is not None else "",
    }


def _freeze(one: Any, looker: Looker) -> dict[str, Any]:
    reason = one.reason if looker.prices else ""
    return {
        "buyer": one.buyer.name if one.buyer and looker.prices else "",
        "by": one.by,
        "at": one.at,
        "reason": reason,
    }


def _taken(row: ContractUnit, case: Case) -> dict[str, Any]:
    row.case = case
    buyer = ""
    if row.buyer is not None:
        row.buyer.case = case
        buyer = row.buyer.name
    return {"code": row.unit.code, "price": shown_money(row.price), "taken": row.taken_at, "buyer": buyer}


PARTS: dict[str, Callable[[Looker], dict[str, Any]]] = {
    "": overview,
    "plan": plan,
    "discount": discount,
    "contract": contract,
    "files": files,
    "execution": executed,
}

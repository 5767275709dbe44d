"""A price under the list price climbs to the authority that covers it (DEAL-03, BULK-05)."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from staff import approvals
from staff.approval_chain import ALL_RUNGS, climb
from staff.approvals import Facts
from staff.models import ApprovalEntry, ApprovalRequest, ApprovalState, Decision, User
from staff.roles import Duty

from . import discounts
from .models import Deal, DealState

KIND = "sales.discount"


def subject_of(deal: Deal) -> str:
    """What the approval of a deal's price is about."""
    return f"{KIND}:{deal.pk}"


def latest(deal: Deal) -> ApprovalRequest | None:
    """The newest request for the price of a deal."""
    return approvals.latest(subject_of(deal))


def is_approved(deal: Deal) -> bool:
    """Whether the climb for the price that this deal was subscribed at ended with an approval."""
    return ApprovalRequest.objects.filter(subject=subject_of(deal), state=ApprovalState.APPROVED).exists()


def covers(asked: ApprovalRequest | None, deal: Deal) -> bool:
    """Whether a climb ended with an approval of the price at which the deal stands, or of a lower one."""
    if asked is None or asked.state != ApprovalState.APPROVED:
        return False
    opening = asked.entries.get(position=0)
    return Decimal(opening.snapshot["price"]) <= deal.price


def check_not_own(deal: Deal, *, price: Decimal, by: User) -> None:
    """Whoever subscribed a deal under the list price is not the one who approves its price (DEAL-03)."""
    if price < deal.list_price and by.pk == deal.subscribed_by_id:
        sentence = _("You subscribed this deal under the list price: somebody else with the authority approves it")
        raise RuleError(sentence, rule="DEAL-03")


def check_ask(deal: Deal, *, by: User) -> None:
    """The rep of the deal, or who supervises, asks while the deal is subscribed under the list price (DEAL-03)."""
    if by.pk != deal.rep_id and not (by.office == deal.office and by.has(Duty.SUPERVISE)):
        raise RuleError(_("Only the rep of the deal asks for its price, or a supervisor"), rule="DEAL-03")
    if deal.state != DealState.SUBSCRIBED or deal.price >= deal.list_price:
        raise RuleError(_("There is no price to approve: the deal is signed, or at its list price"), rule="DEAL-03")
    if is_approved(deal):
        raise RuleError(_("This price is approved already: the contract can be confirmed"), rule="DEAL-03")


def ask(deal: Deal, *, by: User, now: datetime) -> ApprovalRequest:
    """Ask for the price: supervisor, marketing manager and on, up to the first whose authority covers it (DEAL-03)."""
    check_ask(deal, by=by)
    off = discounts.percent_off(deal.list_price, deal.price)
    told = {"unit": deal.unit.code, "list_price": deal.list_price, "price": deal.price, "percent": f"{off:.4f}"}
    return approvals.open_request(
        KIND,
        subject_of(deal),
        office=deal.office,
        by=by,
        steps=climb(off, discounts.table(deal.office), ALL_RUNGS),
        snapshot=told,
        now=now,
        title=_("Price of unit %(unit)s") % {"unit": deal.unit.code},
        url=f"/deals/{deal.pk}/",
        rule="DEAL-03",
    )


def ask_at_once(deal: Deal, *, by: User, now: datetime) -> ApprovalRequest | None:
    """The same at the subscription; with a faulty table of authority the deal waits until it is mended and asked for."""
    if deal.price >= deal.list_price:
        return None
    try:
        with transaction.atomic():
            return ask(deal, by=by, now=now)
    except RuleError:
        return None


def settle(deal: Deal, *, by: User, now: datetime, reason: str) -> None:
    """The deal went on or was cancelled: nothing waits for its price any more."""
    if deal.price < deal.list_price:
        waiting = approvals.lock(subject_of(deal), office=deal.office)
        if waiting is not None:
            approvals.fall(waiting, by=by, reason=reason, now=now)


@transaction.atomic
def decide(waiting: ApprovalRequest, *, by: User, decision: str, reason: str, now: datetime) -> ApprovalRequest:
    """One step of the climb, for as long as the deal is merely subscribed (DEAL-03).

    The reason may speak of the customer: it is kept under the customer's key, and goes with it.
    """
    deal = deal_of(waiting, lock=True)
    if deal.state != DealState.SUBSCRIBED:
        words = {"state": deal.get_state_display()}
        raise RuleError(_("The deal is %(state)s meanwhile: there is nothing to approve") % words, rule="DEAL-03")
    check_not_own(deal, price=deal.price, by=by)
    approvals.check_reason(reason, waiting, needed=decision != Decision.APPROVE)
    told = _("Written under the customer's key") if reason.strip() else ""
    kept = _sealed(deal, reason.strip())
    return approvals.decide(waiting, by=by, decision=decision, reason=told, snapshot=kept, now=now)


@transaction.atomic
def withdraw(waiting: ApprovalRequest, *, by: User, now: datetime) -> ApprovalRequest:
    """Whoever asked takes the request back; the deal stays subscribed and its price unapproved (DEAL-03)."""
    deal_of(waiting, lock=True)
    return approvals.withdraw(waiting, by=by, reason="", now=now)


def deal_of(waiting: ApprovalRequest, *, lock: bool = False) -> Deal:
    """The deal that a request is about."""
    rows = Deal.objects.select_for_update(of=("self",)) if lock else Deal.objects
    return rows.select_related("customer__key").get(pk=int(waiting.subject.rpartition(":")[2]))


def _sealed(deal: Deal, reason: str) -> dict[str, str]:
    key = deal.customer.data_key
    if not reason or key is None:
        return {}
    return {"words": base64.b64encode(crypto.seal(key, reason, **_where(deal))).decode()}


def _where(deal: Deal) -> dict[str, str]:
    return {"model": "Price", "field": "reason", "subject": str(deal.customer.uuid)}


def reasons(waiting: ApprovalRequest) -> Callable[[ApprovalEntry], str]:
    """What reads the reasons of a climb; nothing once the customer was erased."""
    deal = deal_of(waiting)
    key = deal.customer.data_key

    def of(entry: ApprovalEntry) -> str:
        words = entry.snapshot.get("words")
        if not words:
            return entry.reason
        return crypto.unseal(key, base64.b64decode(words), **_where(deal)) if key is not None else ""

    return of


def facts(snapshot: Mapping[str, Any]) -> Facts:
    """What the deciders see of a price, in words."""
    if "price" not in snapshot:
        return []
    return [
        (_("Unit (home)"), str(snapshot.get("unit", "—"))),
        (_("List price (yuan)"), _grouped(snapshot.get("list_price"), ",.2f")),
        (_("Price (yuan)"), _grouped(snapshot.get("price"), ",.2f")),
        (_("Discount (%)"), _grouped(snapshot.get("percent"), ".2f")),
    ]


def _grouped(figure: Any, form: str) -> str:
    return "—" if figure is None else format(Decimal(str(figure)), form)

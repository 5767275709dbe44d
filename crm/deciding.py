"""What can be approved: each kind of request, how its case decides a step, and what its snapshot says in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bigaccounts import listed
from customers import defeat
from customers.models import DEFEAT_KIND
from sales import price_approval
from staff.approvals import Facts
from staff.models import ApprovalEntry, ApprovalRequest, User
from staff.roles import Duty


@dataclass(frozen=True)
class Kind:
    """One kind of request.

    ``decide(request, by=, decision=, reason=, now=)`` is the rule of the case; ``facts(request)`` gives what puts its
    snapshots into words; ``returns``, ``refuses``: whether it can be sent back for revision, or refused at all;
    ``refused_last``: whether only the last step refuses; ``asks``: a word to whoever decides; ``duties``: who may open
    the page of the case; ``reasons(request, user)`` gives what reads the reasons that the case keeps itself;
    ``withdraw(request, by=, now=)`` takes it back, where the case lets whoever asked do that.
    """

    label: Promise | str
    decide: Callable[..., Any]
    facts: Callable[[ApprovalRequest], Callable[[Mapping[str, Any]], Facts]]
    returns: bool = True
    refuses: bool = True
    refused_last: bool = False
    duties: tuple[Duty, ...] = ()
    asks: Promise | str = ""
    reasons: Callable[[ApprovalRequest, User], Callable[[ApprovalEntry], str]] | None = None
    withdraw: Callable[..., Any] | None = None


KINDS: dict[str, Kind] = {
    DEFEAT_KIND: Kind(
        _("Defeat"),
        defeat.decide,
        lambda request: defeat.facts,
        returns=False,
        refused_last=True,
        duties=(Duty.SEE_OFFICE, Duty.SEE_OWN),
        asks=_("The clerk enters the result of their own call here"),
        reasons=lambda request, user: defeat.reasons(request),
        withdraw=defeat.withdraw,
    ),
    price_approval.KIND: Kind(
        _("Price of a home"),
        price_approval.decide,
        lambda request: price_approval.facts,
        reasons=lambda request, user: price_approval.reasons(request),
        duties=(Duty.SEE_OFFICE, Duty.SEE_OWN),
        withdraw=price_approval.withdraw,
    ),
    listed.PLAN: Kind(
        _("Bulk plan"),
        listed.decide_plan,
        listed.facts,
        refuses=False,
        duties=(Duty.SEE_BULK,),
        reasons=listed.reasons,
    ),
    listed.DISCOUNT: Kind(
        _("Bulk discount"),
        listed.decide_discount,
        listed.facts,
        duties=(Duty.SEE_BULK,),
        reasons=listed.reasons,
        withdraw=listed.withdraw_discount,
    ),
    listed.BUYERS: Kind(
        _("Change of buyers"),
        listed.decide_buyers,
        listed.facts,
        returns=False,
        duties=(Duty.SEE_BULK,),
        reasons=listed.reasons,
    ),
}

"""What the desk says of an arrival, its shape checked before any row is locked (REG-06)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from common import names, phones
from common.errors import RuleError
from customers.models import Customer, LineKind, Source
from staff.models import User

PARTY_MOST = 99
DEFAULT_SOURCE = {LineKind.VISIT: Source.WALK_IN, LineKind.CALL: Source.CALL_IN, LineKind.WEB: Source.WEB}


@dataclass(frozen=True)
class Arrival:
    """One arrival: how, who as far as known, and what the desk or the supervisor says of the receiver.

    ``customer``: a known record; ``relative`` and ``relation``: to whom the visitor is related and how; ``named``: the
    rep asked for; ``referrer``: the customer who brought them; ``to``: a supervisor's direct assignment (with
    ``supervisor`` and ``reason``); ``overload`` and ``taken_by``: who takes the visitor out of order;
    ``answered_by``: who answered a call; ``helpers``: how many to call; ``request_id``: the same for a retry.
    """

    kind: str
    name: str = ""
    phone: str = ""
    party: int = 1
    customer: Customer | None = None
    relative: Customer | None = None
    relation: str = ""
    named: User | None = None
    referrer: Customer | None = None
    look: bool = False
    answered_by: User | None = None
    to: User | None = None
    supervisor: User | None = None
    overload: User | None = None
    taken_by: User | None = None
    reason: str = ""
    source: str = ""
    helpers: int = 0
    consent: bool = False
    appointment: bool = False
    companions: str = ""
    needs: str = ""
    request_id: UUID | None = None

    @property
    def details(self) -> dict[str, str]:
        """The personal data of the register line."""
        parts = {"name": self.name, "phone": self.phone, "companions": self.companions, "needs": self.needs}
        return {field: text for field, text in parts.items() if text}


def checked(arrival: Arrival) -> Arrival:
    """The arrival with phone and name normalised, source and request filled in; RuleError in words if misshapen."""
    if not 1 <= arrival.party <= PARTY_MOST:
        raise RuleError(
            _("Enter how many came, from 1 to %(most)s; register a larger group in parts") % {"most": PARTY_MOST},
            rule="REG-03",
        )
    if not 0 <= arrival.helpers <= PARTY_MOST:
        raise RuleError(_("Enter how many helpers are needed, 0 or more"), rule="REC-12")
    if arrival.look and arrival.kind != LineKind.VISIT:
        raise RuleError(_("Only a visitor can be merely looking: register the call or the web lead"), rule="REC-15")
    if arrival.kind == LineKind.CALL and arrival.answered_by is None:
        raise RuleError(_("Say who answered the call"), rule="OWN-04")
    if arrival.to is not None:
        _check_assignment(arrival)
    return replace(
        arrival,
        name=names.clean(arrival.name),
        phone=phones.normalise(arrival.phone),
        source=arrival.source or DEFAULT_SOURCE[LineKind(arrival.kind)],
        request_id=arrival.request_id or uuid4(),
    )


def _check_assignment(arrival: Arrival) -> None:
    if arrival.supervisor is None:
        raise RuleError(_("Only a supervisor can assign a visitor directly"), rule="REC-14")
    if not arrival.reason.strip():
        raise RuleError(_("Say why the visitor is assigned out of the order"), rule="REC-14")

"""Whose customer it is, decided at arrival: one pure function, whoever types (OWN-01..09, REG-06, REG-07)."""

from dataclasses import dataclass

from .models import Decision, LineKind
from .models.party import ONE_CUSTOMER, Relation


@dataclass(frozen=True, slots=True)
class Known:
    """A customer of the office as it stands on the day: state and, while the registration holds, the owner."""

    id: int
    state: str
    owner: int | None

    @property
    def holds(self) -> bool:
        """Whether the registration is still valid and somebody owns the customer."""
        return self.state in ("active", "dealt")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known at arrival: who they are by phone or record, to whom related, whom they name, who brought them."""

    kind: str
    look: bool = False
    known: Known | None = None
    relative: Known | None = None
    relation: str = ""
    named: int | None = None
    referrer: Known | None = None
    assigned: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision: which customer (None: a new one), whose it is already (None: the receiver's), new number or not."""

    decision: str
    customer: int | None = None
    rep: int | None = None
    opens: bool = True
    joins: bool = False


def decide(asked: Asked) -> Verdict:
    """The decision for one arrival, in the order in which the rules take precedence.

    Looking, unless they hold a valid registration (REC-15); a valid registration of their own (REC-10), of their family
    or company (OWN-01, OWN-02); a lapsed one, registered anew (OWN-07); then referred (OWN-08), named (OWN-09),
    assigned, new (OWN-03, OWN-04).
    """
    if asked.look and not (asked.known and asked.known.holds):
        return Verdict(Decision.LOOKING, opens=False)
    relative = asked.relative if asked.relation in ONE_CUSTOMER else None
    if asked.known and asked.known.holds:
        return Verdict(Decision.RETURNING, asked.known.id, asked.known.owner, opens=False)
    if relative and relative.holds:
        same = Decision.SHAREHOLDER if asked.relation == Relation.SHAREHOLDER else Decision.FAMILY
        return Verdict(same, relative.id, relative.owner, opens=False, joins=True)
    former = asked.known or relative
    joins = former is not None and former is not asked.known
    if former and former.state == "lapsed":
        return Verdict(Decision.LAPSED, former.id, joins=joins)
    if former and former.state == "unassigned" and asked.kind == LineKind.WEB:
        return Verdict(Decision.RETURNING, former.id, opens=False, joins=joins)
    return _first_time(asked, former, joins=joins)


def _first_time(asked: Asked, former: Known | None, *, joins: bool) -> Verdict:
    """A first visit or call; an unassigned web lead or a defeated customer keeps the record but is new (OWN-06b, c)."""
    customer = former.id if former else None
    never_came = former is None or former.state == "unassigned"
    if asked.kind == LineKind.VISIT and never_came and asked.named:
        brought = asked.referrer
        if brought and brought.holds and brought.owner == asked.named:
            return Verdict(Decision.REFERRED, customer, asked.named, joins=joins)
        return Verdict(Decision.NAMED, customer, asked.named, joins=joins)
    if asked.assigned:
        return Verdict(Decision.ASSIGNED, customer, joins=joins)
    return Verdict(Decision.NEW, customer, joins=joins)

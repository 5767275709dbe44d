"""What a rep has to do today, read with three statements however much it is (FUP-05, FUP-07, FUP-08)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from common import phones
from common.counting import CappedCount
from common.dates import day_bounds
from staff.models import Office, User

from .models import (
    Card,
    CardState,
    Customer,
    FollowUp,
    HandoverItem,
    Level,
    LineKind,
    Manner,
    RegisterLine,
    Signature,
    Standing,
)
from .rows import SOON, Opener, with_first_person

MOST = 50
MOST_OTHERS = 200
ENOUGH = 2
NEW_FOR = timedelta(days=30)
FIELDS = (
    *("pk", "number", "is_key", "standing", "level", "next_due", "valid_until", "registered_at"),
    *("name_sealed", "phone_sealed", "uuid", "key__kek", "key__wrapped"),
)
FLAGS = ("visited", "called", "card_state", "contacts")


@dataclass(frozen=True, slots=True)
class Item:
    """One customer on the list; ``late`` and ``left`` are days, ``phone`` is masked, ``key``: a key customer."""

    pk: int
    number: int
    key: bool
    name: str
    phone: str
    level: str
    due: date | None
    late: int
    left: int | None
    promised: bool
    card: str
    contacts: int


@dataclass(frozen=True, slots=True)
class Today:
    """The rep's day: each list in the order in which it is worked off, key customers first (REG-12)."""

    overdue: list[Item] = field(default_factory=list)
    due: list[Item] = field(default_factory=list)
    handed: list[Item] = field(default_factory=list)
    calls: list[Item] = field(default_factory=list)
    cards: list[Item] = field(default_factory=list)
    soon: list[Item] = field(default_factory=list)
    few: list[Item] = field(default_factory=list)
    total_due: int = 0

    @property
    def nothing(self) -> bool:
        """Whether all is done."""
        return not any((self.overdue, self.due, self.handed, self.calls, self.cards, self.soon, self.few))


def of(user: User, *, now: datetime) -> Today:
    """The day of ``user``: due and overdue first, then the calls of the day, the cards, what ends, what is neglected."""
    office = user.office
    if office is None:
        return Today()
    today, opener = office.today(now), Opener()
    held = Customer.objects.filter(Customer.objects.held(today, user), office=office)
    due = _due(held, today)
    soon = held.filter(standing=Standing.ACTIVE, valid_until__lte=today + timedelta(days=SOON))
    soon = soon.order_by("-is_key", "valid_until", "number")
    found = _others(held, office, user, today=today, now=now)
    due_items = [_item(row, opener, today) for row in due]
    items = [(row, _item(row, opener, today)) for row in found]
    late_deals = [one for row, one in items if row["deal_due"]]
    waiting = sorted([*due_items, *late_deals], key=lambda one: (not one.key, one.due or today, one.number))
    return Today(
        overdue=[one for one in waiting if one.late],
        due=[one for one in waiting if not one.late],
        handed=[one for row, one in items if row["to_meet"]],
        calls=[one for row, one in items if row["to_call"]],
        cards=[one for row, one in items if row["to_write"]],
        soon=[_item(row, opener, today) for row in _rows(soon, *FIELDS)[:MOST]],
        few=[one for row, one in items if row["neglected"]],
        total_due=(due[0]["total"] if due else 0) + len(late_deals),
    )


def _rows(customers: QuerySet, *fields: str) -> QuerySet:
    return with_first_person(customers).values(*fields)


def _due(held: QuerySet, today: date) -> list[dict[str, Any]]:
    """What is due, key customers and the oldest first, with the count of it all.

    ``promised`` where the last contact named the day.
    """
    waiting = held.filter(standing__in=[Standing.ACTIVE, Standing.SUBSCRIBED], next_due__lte=today)
    named = FollowUp.objects.filter(customer=OuterRef("pk"), next_on=OuterRef("next_due"))
    rows = waiting.annotate(promised=Exists(named.exclude(signature=Signature.REJECTED)), total=CappedCount(waiting))
    return list(_rows(rows.order_by("-is_key", "next_due", "number"), *FIELDS, "promised", "total")[:MOST])


def _others(held: QuerySet, office: Office, user: User, *, today: date, now: datetime) -> list[dict[str, Any]]:
    """Customers who visited today and were not phoned, whose card is unfinished, or who are new and neglected."""
    first, last = day_bounds(today, office.timezone)
    mine = FollowUp.objects.filter(customer=OuterRef("pk"), line=None, at__gte=OuterRef("registered_at"))
    visits = RegisterLine.objects.filter(customer=OuterRef("pk"), kind=LineKind.VISIT, at__gte=first, at__lt=last)
    called = FollowUp.objects.filter(customer=OuterRef("pk"), day=today, manner=Manner.PHONE, line=None)
    card = Card.objects.filter(customer=OuterRef("pk"), number=OuterRef("number"))
    active, at_hand = Q(standing=Standing.ACTIVE), [CardState.DRAFT, CardState.RETURNED, CardState.SIGNED]
    rows = held.annotate(
        visited=Exists(visits),
        called=Exists(called),
        card_state=Subquery(card.values("state")[:1]),
        contacts=CappedCount(mine, most=ENOUGH - 1),
        to_meet=Exists(handed_over(user)),
    ).annotate(
        to_call=flag(Q(visited=True, called=False)),
        to_write=flag(active & (Q(card_state=None) | Q(card_state__in=at_hand))),
        neglected=flag(active & Q(contacts__lt=ENOUGH, registered_at__gte=now - NEW_FOR)),
        deal_due=flag(Q(standing=Standing.DEALT, level=Level.O, next_due__isnull=False, next_due__lte=today)),
    )
    kept = rows.filter(Q(to_call=True) | Q(to_write=True) | Q(neglected=True) | Q(deal_due=True) | Q(to_meet=True))
    names = (*FIELDS, *FLAGS, "to_call", "to_write", "neglected", "deal_due", "to_meet")
    return list(_rows(kept.order_by("-is_key", "-number"), *names)[:MOST_OTHERS])


def handed_over(user: User) -> QuerySet[HandoverItem]:
    """HAND-04: customers taken over from a leaver whom their new owner has not phoned since."""
    phoned = FollowUp.objects.filter(
        customer=OuterRef("customer"), author=user, manner=Manner.PHONE, line=None, at__gte=OuterRef("done_at")
    )
    return HandoverItem.objects.filter(~Exists(phoned), customer=OuterRef("pk"), receiver=user, moved=True)


def flag(condition: Q) -> ExpressionWrapper:
    """A condition as a column."""
    return ExpressionWrapper(condition, output_field=BooleanField())


def _item(row: dict[str, Any], opener: Opener, today: date) -> Item:
    name = opener.text(row, row["name_sealed"], model="Person", field="name", of="")
    phone = opener.text(row, row["phone_sealed"], model="Person", field="phone", of="")
    runs = row["standing"] == Standing.ACTIVE and row["valid_until"]
    return Item(
        pk=row["pk"],
        number=row["number"],
        key=row["is_key"],
        name=name or "—",
        phone=phones.mask(phone),
        level=row["level"],
        due=row["next_due"],
        late=max((today - row["next_due"]).days, 0) if row["next_due"] else 0,
        left=(row["valid_until"] - today).days if runs else None,
        promised=row.get("promised", False),
        card=row.get("card_state") or CardState.DRAFT,
        contacts=row.get("contacts", 0),
    )

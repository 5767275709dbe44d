"""What one customer's page shows: people, ownership, lines and contacts, read with one statement each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from common import phones
from common.prepared import Prepared
from staff.models import User

from .models import Card, Customer, Episode, FollowUp, Person, RegisterLine, Standing
from .models.grants import HELPS, allowing

MOST = 50
CONTACTS = Prepared(
    lambda customer: (
        FollowUp.objects.filter(customer=customer)
        .select_related("author", "decided_by", "line")
        .defer("line__details_sealed")
        .order_by("-at", "-pk")[:MOST]
    ),
    int,
)
LINES = Prepared(
    lambda customer: (
        RegisterLine.objects.filter(customer=customer)
        .select_related("receiver", "owner")
        .defer("details_sealed")
        .order_by("-number")[:MOST]
    ),
    int,
)
EPISODES = Prepared(
    lambda customer: (
        Episode.objects.filter(customer=customer)
        .select_related("owner", "by", "line")
        .defer("line__details_sealed")
        .order_by("-pk")
    ),
    int,
)


@dataclass
class Record:
    """One customer with all that belongs to it."""

    customer: Customer
    people: list[Person]
    episodes: list[Episode]
    lines: list[RegisterLine]
    follow_ups: list[FollowUp]
    helping: bool
    card_state: str = ""

    @property
    def name(self) -> str:
        """The name by which the customer goes."""
        return next((person.name for person in self.people if person.name), "") or "—"


def of(pk: int, *, user: User, now: datetime) -> Record | None:
    """The record of a customer in the viewer's scope; None outside it. Four statements, however much it holds."""
    scope = Customer.objects.visible_to(user).filter(pk=pk)
    grants = allowing(HELPS).filter(content_object=OuterRef("customer"), user=user, until__gt=now)
    related = ("customer__key", "customer__owner", "customer__office__policy")
    card = Card.objects.filter(customer=OuterRef("customer"), number=OuterRef("customer__number"))
    rows = Person.objects.filter(customer__in=scope).select_related(*related)
    people: list[Person] = [
        *rows.annotate(helping=Exists(grants), card_state=Subquery(card.values("state")[:1])).order_by("pk")
    ]
    if not people:
        return None
    customer = people[0].customer
    for person in people:
        person.customer = customer
    episodes, lines, contacts = (of_all(EPISODES, customer), of_all(LINES, customer), of_all(CONTACTS, customer))
    helping, state = people[0].helping, people[0].card_state or ""  # type: ignore[attr-defined]
    return Record(customer, people, episodes, lines, contacts, helping, state)


def of_all(query: Prepared, customer: Customer) -> list:
    """The rows of a customer, each knowing the customer it is of."""
    found = list(query.rows(customer.pk))
    for row in found:
        row.customer = customer
    return found


def masked(people: list[Person]) -> list[dict[str, object]]:
    """The people as a page may show them: the number masked, whether there is one to reveal."""
    return [
        {
            "pk": person.pk,
            "name": person.name or "—",
            "relation": person.get_relation_display(),
            "phone": phones.mask(person.phone),
            "reason": person.reason,
            "added_at": person.added_at,
        }
        for person in people
    ]


def why_until(record: Record, today: date) -> str:
    """Why the registration holds to the day it does (OWN-06)."""
    customer = record.customer
    state, episode = customer.state(today), record.episodes[0] if record.episodes else None
    if state == "unassigned":
        return _("Nobody has been given this web lead yet: it does not lapse")
    if state == "dealt" or customer.standing == Standing.SUBSCRIBED:
        return _("A customer with a deal does not lapse")
    if episode is None or customer.valid_until is None:
        return ""
    counted = [f for f in record.follow_ups if f.episode_id == episode.pk and f.effective]
    last = next((f for f in counted if f.extends_to == episode.valid_until), None)
    days = (episode.valid_until - (last.day if last else customer.since or episode.valid_until)).days
    if last is not None:
        return _("%(days)s days after the %(manner)s of %(day)s") % {
            "days": days,
            "manner": last.get_manner_display(),
            "day": last.day,
        }
    return _("%(days)s days after %(basis)s on %(day)s") % {
        "days": days,
        "basis": episode.get_basis_display(),
        "day": customer.since,
    }

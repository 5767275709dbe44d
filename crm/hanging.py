"""What hangs on a person, kind by kind: what goes to somebody by name, what goes along, what waits for the role (HAND-01)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bigaccounts import leaving as bulk
from customers import handover, inbox, leaver
from customers.models import Dispute, SecondPerson
from customers.models.disputes import PENDING
from reception import web_leads
from staff import approvals, delegations
from staff.models import ApprovalRequest, Inspection, Office, User
from staff.roles import Duty

MOST = 50


@dataclass(frozen=True)
class Thing:
    """One kind: how much, what becomes of it, where to see to it; ``must``: before they go."""

    label: str
    count: int
    words: str
    links: tuple[tuple[str, str], ...] = ()
    must: bool = False


def of(office: Office, person: User, *, now: datetime) -> list[Thing]:
    """Every kind of which there is any; what has to be seen to first comes first."""
    found = [*_by_name(office, person, now), *_along(office, person, now), *_of_the_role(office, person, now)]
    return sorted((one for one in found if one.count), key=lambda one: not one.must)


def requests_of(office: Office, person: User, *, now: datetime) -> list[ApprovalRequest]:
    """The requests that the person looks after."""
    return list(approvals.open_of(person, on=office.today(now)).filter(kept_by=person).order_by("pk")[:MOST])


def _by_name(office: Office, person: User, now: datetime) -> Iterator[Thing]:
    start = f"{reverse('handover_start')}?giver={person.pk}"
    held = handover.holdings(office, person, now=now).count()
    yield Thing(_("Customers"), held, _("handed over, both sides confirm"), ((_("Hand over"), start),), must=True)
    kept = len(requests_of(office, person, now=now))
    yield Thing(_("Requests that wait for approval"), kept, _("somebody else looks after them: below"), must=True)
    claims = Dispute.objects.filter(claimant=person, state__in=PENDING).order_by("pk")
    links = tuple((f"#{pk}", reverse("dispute", args=[pk])) for pk in claims.values_list("pk", flat=True)[:MOST])
    yield Thing(_("Open claims"), claims.count(), _("to be ruled on, or withdrawn"), links, must=True)
    cases = bulk.run_by(person)
    links = tuple((f"#{pk}", reverse("bulk_case", args=[pk])) for pk in cases.values_list("pk", flat=True)[:MOST])
    words = _("the marketing manager gives them to another, or takes them")
    yield Thing(_("Bulk cases they run"), cases.count(), words, links, must=True)


def _along(office: Office, person: User, now: datetime) -> Iterator[Thing]:
    loose = leaver.of(office, person, now=now)
    yield Thing(_("Unfinished A-cards"), loose.cards, _("go along with the customers"))
    yield Thing(_("Follow-ups due"), loose.due, _("go along with the customers"))
    yield Thing(_("Leave to help with customers"), loose.grants, _("ends with the post"))
    seconds = SecondPerson.objects.filter(user=person, ended_at=None).order_by("customer__number")
    links = tuple(
        (str(number), reverse("customer", args=[pk]))
        for pk, number in seconds.values_list("customer", "customer__number")[:MOST]
    )
    words = _("ends with the post: name another second person")
    yield Thing(_("Second person of key customers"), seconds.count(), words, links)
    today = office.today(now)
    given = delegations.of(person).filter(Q(user=person) | Q(to=person), ended_at=None, last__gte=today)
    yield Thing(_("Deciding for others, or others for them"), given.count(), _("ends with the post"))


def _of_the_role(office: Office, person: User, now: datetime) -> Iterator[Thing]:
    waiting = approvals.waiting_for(person, on=office.today(now)).exclude(kept_by=person)
    words = _("wait for the role: whoever holds it next decides, else the next rung up")
    yield Thing(_("Decisions that wait for them"), waiting.count(), words)
    drawn = Inspection.objects.filter(by=person, scored_at=None)
    yield Thing(_("Samples drawn and not scored"), drawn.count(), _("whoever judges the person scores them"))
    if person.has(Duty.SUPERVISE):
        words = _("wait for any supervisor and the marketing manager")
        signed = sum(inbox.counts(person, now=now).values())
        yield Thing(_("Waiting to be signed in the office"), signed, words)
    if person.has(Duty.TAKE_LEADS):
        words = _("wait for the web-lead officer and the supervisors")
        yield Thing(_("Web leads to give out"), web_leads.waiting(office).count(), words)

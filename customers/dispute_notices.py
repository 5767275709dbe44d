"""What the parties and the supervisors are told of a dispute: that something happened, never what was said (OWN-12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staff import notices
from staff.models import Office, User
from staff.roles import Role

from . import reps
from .models import Dispute, DisputeState, Ruling


def address(dispute: Dispute) -> str:
    """The dispute's page."""
    return f"/disputes/{dispute.pk}/"


def opened(dispute: Dispute, *, now: datetime) -> None:
    """The supervisors learn that a dispute waits for a ruling."""
    people = reps.supervisors(dispute.office, dispute.office.today(now))
    _tell(dispute, people, "opened", _("Dispute no. {number} waits for a ruling"), now=now)


def tell_respondents(*, now: datetime, office: Office | None = None) -> int:
    """Whoever holds a disputed customer is told, once; not at the opening itself, whose time would tell (ADR 10)."""
    waiting = Dispute.objects.filter(state=DisputeState.OPEN, respondent__isnull=False)
    if office is not None:
        waiting = waiting.filter(office=office)
    words = _("Your customer no. {customer} is disputed: the supervisor rules, and you are told")
    drafts = [
        notices.Draft(
            dispute.respondent,
            f"dispute:{dispute.pk}:respondent",
            format_lazy(words, customer=dispute.customer.number),
            address(dispute),
        )
        for dispute in waiting.select_related("respondent", "customer").order_by("pk")
        if dispute.respondent is not None and dispute.customer is not None
    ]
    return notices.put(drafts, now=now)


def ruled(dispute: Dispute, ruling: Ruling, *, now: datetime) -> None:
    """Both parties, and whoever owns the customer now, learn that there is a ruling to read."""
    words = (
        _("Dispute no. {number} is decided for good: read the ruling")
        if dispute.state == DisputeState.FINAL
        else _("Dispute no. {number} was ruled on: read the ruling. One appeal is open to you")
    )
    people = [dispute.claimant, dispute.respondent, ruling.owner]
    _tell(dispute, people, "second" if ruling.second else "ruled", words, now=now)


def closed(dispute: Dispute, *, now: datetime) -> None:
    """Both parties learn that a dispute ended without a ruling."""
    words = {
        DisputeState.DISMISSED: _("Dispute no. {number} was dismissed: ask the supervisor if you wonder why"),
        DisputeState.WITHDRAWN: _("Dispute no. {number} was withdrawn"),
    }
    _tell(dispute, [dispute.claimant, dispute.respondent], "closed", words[DisputeState(dispute.state)], now=now)


def appealed(dispute: Dispute, *, now: datetime) -> None:
    """The marketing manager and the other party learn of the appeal."""
    what = f"appealed:{dispute.appealed_by_id}"
    _tell(dispute, _managers(dispute, now), what, _("Dispute no. {number} was appealed: decide it for good"), now=now)
    words = _("The ruling on dispute no. {number} was appealed: the marketing manager decides")
    _tell(dispute, _others(dispute), f"appeal:{dispute.appealed_by_id}", words, now=now)


def recalled(dispute: Dispute, *, now: datetime) -> None:
    """The same people learn that the appeal was taken back."""
    words = _("The appeal in dispute no. {number} was taken back: the ruling stands")
    people = [*_managers(dispute, now), *_others(dispute)]
    _tell(dispute, people, f"recalled:{dispute.appealed_by_id}", words, now=now)


def _managers(dispute: Dispute, now: datetime) -> Iterable[User]:
    people = reps.supervisors(dispute.office, dispute.office.today(now))
    return people.filter(postings__role=Role.MARKETING_MANAGER, postings__office=dispute.office).distinct()


def _others(dispute: Dispute) -> list[User | None]:
    return [one for one in (dispute.claimant, dispute.respondent) if one and one.pk != dispute.appealed_by_id]


def _tell(dispute: Dispute, people: Iterable[User | None], what: str, words: Any, *, now: datetime) -> None:
    text = format_lazy(words, number=dispute.pk)
    told = (person for person in people if person is not None)
    notices.put(
        (notices.Draft(person, f"dispute:{dispute.pk}:{what}", text, address(dispute)) for person in told), now=now
    )

"""What an owner is told when a customer comes to them or goes, and when a contact of theirs is rejected (OWN-14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staff import notices
from staff.models import User

from .models import Card, Customer, DefeatRequest, Episode, FollowUp


def address(customer: Customer) -> str:
    """The customer's page."""
    return f"/customers/{customer.pk}/"


def given(episode: Episode, *, now: datetime) -> None:
    """The new owner learns that a customer is theirs, until when, and why if a reason was given."""
    words = _("Customer no. {number} is yours now, valid to {day}. {reason}")
    text = format_lazy(words, number=episode.customer.number, day=episode.valid_until, reason=episode.reason)
    notices.tell(episode.owner, key=f"given:{episode.pk}", text=text, now=now, link=address(episode.customer))


def taken(former: User, episode: Episode, *, now: datetime) -> None:
    """The former owner learns who has the customer now, and the reason."""
    words = _("Customer no. {number} went to {person}: {reason}")
    text = format_lazy(words, number=episode.customer.number, person=str(episode.owner), reason=episode.reason)
    notices.tell(former, key=f"taken:{episode.pk}", text=text, now=now)


def rejected(follow_up: FollowUp, *, now: datetime) -> None:
    """The author learns that a contact does not count, and the reason."""
    if follow_up.author is None:
        return
    words = _("Your contact of {day} with customer no. {number} was rejected: {reason}")
    text = format_lazy(
        words, day=follow_up.day, number=follow_up.customer.number, reason=follow_up.decided_reason or "—"
    )
    notices.tell(follow_up.author, key=f"rejected:{follow_up.pk}", text=text, now=now, link=address(follow_up.customer))


def returned(card: Card, *, now: datetime) -> None:
    """The owner learns that the A-card came back; the reason stays on the card, sealed."""
    words = _("The A-card of customer no. {number} was returned: read why and submit it again")
    _about_card(card, "returned", words, now=now)


def guided(card: Card, *, now: datetime) -> None:
    """The owner learns that the supervisor signed the A-card with guidance."""
    _about_card(card, "guided", _("The A-card of customer no. {number} was signed with guidance"), now=now)


def _about_card(card: Card, what: str, words: Any, *, now: datetime) -> None:
    owner = card.customer.owner
    if owner is None or card.submitted_at is None:
        return
    text, key = (
        format_lazy(words, number=card.customer.number),
        f"card:{what}:{card.pk}:{card.submitted_at.timestamp():.0f}",
    )
    notices.tell(owner, key=key, text=text, now=now, link=f"{address(card.customer)}card/")


def defeat_refused(asked: DefeatRequest, *, now: datetime) -> None:
    """The rep learns that a defeat was refused, and the reason."""
    words = _("The defeat of customer no. {number} was refused: {reason}")
    text = format_lazy(words, number=asked.customer.number, reason=asked.decision_reason)
    notices.tell(asked.rep, key=f"defeat-refused:{asked.pk}", text=text, now=now, link=address(asked.customer))

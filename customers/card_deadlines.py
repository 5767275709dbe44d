"""The deadlines of an A-card in words: by when, whether kept, and what that means for its protection (CARD-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from staff.models import Office

from .cards import Judgement, file_end, judge, sign_end, submit_end
from .models import Card, CardState


@dataclass(frozen=True, slots=True)
class Deadline:
    """One step: what it is, by when, when it was done; ``kept`` is None while that is open."""

    label: str
    by: datetime | None
    done: datetime | None
    kept: bool | None


def kept(done: datetime | None, by: datetime | None, now: datetime) -> bool | None:
    """Whether a step was in time; None before its deadline, or where no deadline runs yet."""
    if by is None:
        return None
    if done is not None:
        return done < by
    return None if now < by else False


def steps(card: Card | None, *, due_from: date, office: Office, now: datetime) -> list[Deadline]:
    """Submission, signature and filing."""
    first = card.first_submitted_at if card else None
    latest, signed, filed = (card.submitted_at, card.signed_at, card.filed_at) if card else (None, None, None)
    back = card is not None and card.state == CardState.RETURNED  # the rep's turn again
    by = {
        "submit": submit_end(due_from, office.timezone),
        "sign": sign_end(latest, office) if latest and not back else None,
        "file": file_end(signed, office) if signed else None,
    }
    return [
        Deadline(_("Submitted by the rep"), by["submit"], first, kept(first, by["submit"], now)),
        Deadline(_("Signed by the supervisor"), by["sign"], signed, kept(signed, by["sign"], now)),
        Deadline(_("Filed"), by["file"], filed if signed else None, kept(filed, by["file"], now)),
    ]


def verdict(card: Card | None, *, due_from: date, office: Office, now: datetime) -> tuple[Judgement, list[str]]:
    """The judgement and its reasons in sentences."""
    found = judge(card, due_from=due_from, office=office, now=now)
    words = {
        "submit": _("It was not submitted on the day of the reception"),
        "file": _("It was not filed in time after the signature"),
    }
    reasons = [words[missed] for missed in found.missed]
    if found.protected:
        reasons.append(_("Every deadline was kept"))
    elif found.protected is None:
        reasons.append(_("No deadline has been missed so far"))
    if found.supervisor_late:
        reasons.append(_("The signature is late: that is the supervisor's delay and does not count against the rep"))
    return found, reasons

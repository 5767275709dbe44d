"""The A-card A卡: opened, submitted, signed or returned, filed; judged by its deadlines (CARD-01..06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import last_valid_day, local_day, midnight
from common.errors import RuleError
from common.prepared import Prepared
from common.states import Machine
from staff.models import Office, User
from staff.roles import Duty

from . import due, telling
from .levels import check as check_level
from .levels import propose, set_level
from .models import Card, CardState, CardVersion, Customer, Episode, Standing
from .models.ownership import Basis
from .ownership import check_supervises, relock, state_words

TRANSITIONS: dict[str, frozenset[str]] = {
    CardState.DRAFT: frozenset({CardState.SUBMITTED}),
    CardState.SUBMITTED: frozenset({CardState.SIGNED, CardState.RETURNED}),
    CardState.RETURNED: frozenset({CardState.SUBMITTED}),
    CardState.SIGNED: frozenset({CardState.FILED}),
    CardState.FILED: frozenset({CardState.SUBMITTED}),
}
STATES = Machine(TRANSITIONS, gettext_lazy("The A-card is %(now)s: it cannot become %(to)s now"), rule="CARD-04")
CARD = Prepared(lambda customer, number: Card.objects.filter(customer=customer, number=number), int, int)
FIRST_HELD = Prepared(
    lambda customer, since: Episode.objects.filter(customer=customer, since__gte=since).order_by("pk")[:1],
    *(int, datetime),
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rep found: is there a need, confidence, purchasing power (CARD-03)."""

    need: bool = False
    confidence: bool = False
    power: bool = False

    @property
    def level(self) -> str:
        """The level that they propose."""
        return propose(need=self.need, confidence=self.confidence, power=self.power)


def of(customer: Customer) -> Card | None:
    """The A-card of the present registration, if it was begun."""
    return CARD.first(customer.pk, customer.number)


def deadline_day(customer: Customer, office: Office) -> date:
    """The day from which a card's deadlines count: reception, call, or the day a web lead was given out (CARD-05)."""
    first = FIRST_HELD.first(customer.pk, customer.registered_at)
    opened = first.since if first is not None and first.basis == Basis.WEB else customer.registered_at
    return office.today(opened)


def begin(customer: Customer, *, office: Office) -> Card:
    """The card of the present registration, begun if it was not: number, day opened, day of first reception."""
    card = of(customer)
    if card is not None:
        return card
    return Card.objects.create(
        customer=customer,
        number=customer.number,
        opened_at=customer.registered_at,
        due_from=deadline_day(customer, office),
    )


def _locked(customer: Customer, *, now: datetime) -> tuple[Customer, Card]:
    customer = relock(customer)
    card = begin(customer, office=customer.office)
    card.customer = customer
    return customer, card


def check_own(customer: Customer, *, by: User, now: datetime) -> None:
    """Only the present owner writes and files the A-card."""
    state = customer.state(customer.office.today(now))
    if state not in ("active", "dealt"):
        sentence = _("This customer is %(state)s: there is no A-card to work on")
        raise RuleError(sentence % {"state": state_words(state)}, rule="CARD-01")
    if customer.owner_id != by.pk:
        raise RuleError(_("Only the owner works on the A-card"), rule="CARD-01")


def check_open(card: Card) -> None:
    """Once the clerk has checked it after a deal, the card stays as it is (DEAL-04)."""
    if card.closed_at is not None:
        words = {"person": card.closed_by}
        raise RuleError(_("%(person)s has checked and closed this A-card after the deal") % words, rule="DEAL-04")


@transaction.atomic
def save_draft(customer: Customer, *, by: User, now: datetime, content: str, findings: dict[str, bool | None]) -> Card:
    """Keep the draft as far as it goes; what was submitted is untouched (CARD-04)."""
    customer, card = _locked(customer, now=now)
    check_own(customer, by=by, now=now)
    check_open(card)
    if card.state in (CardState.SUBMITTED, CardState.SIGNED):
        raise RuleError(_("The A-card is with the supervisor or the file: its content is fixed"), rule="CARD-04")
    card.content = content
    for name, value in findings.items():
        setattr(card, name, value)
    card.save()
    return card


@transaction.atomic
def submit(
    customer: Customer, *, by: User, now: datetime, findings: Findings, level: str = "", reason: str = ""
) -> Card:
    """Submit the card: the level follows from the findings unless another is chosen with a reason (CARD-03, CARD-04)."""
    customer, card = _locked(customer, now=now)
    check_own(customer, by=by, now=now)
    check_open(card)
    check_level(level)
    level = level or findings.level
    if level != findings.level and not reason.strip():
        raise RuleError(
            _("The findings propose level %(proposed)s: say why you choose %(level)s")
            % {"proposed": findings.level, "level": level},
            rule="CARD-03",
        )
    STATES.move(card, CardState.SUBMITTED)
    card.need, card.confidence, card.power = findings.need, findings.confidence, findings.power
    card.level, card.submitted_at = level, now
    card.first_submitted_at = card.first_submitted_at or now
    card.signed_at = card.signed_by = card.filed_at = card.filed_by = None
    card.save()
    _keep_version(card, by=by, now=now, proposed=findings.level, reason=reason)
    set_level(customer, level, by=by, now=now, reason=reason or _("A-card submitted"))
    due.refresh(customer, customer.office)
    return card


def _keep_version(card: Card, *, by: User, now: datetime, proposed: str, reason: str) -> None:
    version = CardVersion(
        card=card,
        customer=card.customer,
        version=card.versions.count() + 1,
        at=now,
        by=by,
        need=bool(card.need),
        confidence=bool(card.confidence),
        power=bool(card.power),
        level=card.level,
        proposed=proposed,
    )
    version.reason, version.content = reason.strip(), card.content
    version.save(force_insert=True)


def check_sign(card: Card, *, by: User) -> None:
    """Only the supervisor of the office signs or returns, and only what was submitted (CARD-04)."""
    check_supervises(card.customer.office, by=by)
    if card.state != CardState.SUBMITTED:
        words = {"state": card.get_state_display()}
        raise RuleError(
            _("Only a submitted A-card can be signed or returned; this one is %(state)s") % words, rule="CARD-04"
        )


def stamp(card: Card) -> str:
    """Which submission somebody looks at."""
    return card.submitted_at.isoformat() if card.submitted_at else ""


def check_seen(card: Card, seen: str) -> None:
    """What is decided on is what was read; without ``seen`` it is whatever was submitted last (CARD-04)."""
    if seen and seen != stamp(card):
        raise RuleError(
            _("The A-card was submitted anew meanwhile: read what it says now before you decide"), rule="CARD-04"
        )


@transaction.atomic
def sign(customer: Customer, *, by: User, now: datetime, guidance: str = "", seen: str = "") -> Card:
    """The supervisor signs, with guidance for the rep (CARD-04)."""
    _customer, card = _locked(customer, now=now)
    check_sign(card, by=by)
    check_seen(card, seen)
    STATES.move(card, CardState.SIGNED)
    card.signed_at, card.signed_by = now, by
    card.guidance = guidance.strip()
    card.save()
    if card.guidance:
        telling.guided(card, now=now)
    return card


@transaction.atomic
def send_back(customer: Customer, *, by: User, now: datetime, reason: str, seen: str = "") -> Card:
    """The supervisor returns the card with a reason (CARD-04)."""
    _customer, card = _locked(customer, now=now)
    check_sign(card, by=by)
    check_seen(card, seen)
    if not reason.strip():
        raise RuleError(_("Say why the A-card is returned: the rep reads it"), rule="CARD-04")
    STATES.move(card, CardState.RETURNED)
    card.returned_at, card.returned_by = now, by
    card.guidance = reason.strip()
    card.save()
    telling.returned(card, now=now)
    return card


@transaction.atomic
def file(customer: Customer, *, by: User, now: datetime) -> Card:
    """The signed card is filed (CARD-04); within two days of signing it stays protected (CARD-05)."""
    customer, card = _locked(customer, now=now)
    if by.pk != customer.owner_id:
        check_files(card, by=by)
    STATES.move(card, CardState.FILED)
    card.filed_at, card.filed_by = now, by
    card.save()
    return card


def check_files(card: Card, *, by: User) -> None:
    """The owner files, or those of the office who keep records."""
    if by.office != card.customer.office or not by.has(Duty.CORRECT):
        raise RuleError(_("The owner or the clerk files the A-card"), rule="CARD-04")


@transaction.atomic
def close(customer: Customer, *, by: User, now: datetime) -> Card:
    """After a deal the clerk checks the card, which closes it; closing again changes nothing (DEAL-04)."""
    customer, card = _locked(customer, now=now)
    if by.office != customer.office or not by.has(Duty.CORRECT):
        raise RuleError(_("The clerk of this office checks the A-card after a deal"), rule="DEAL-04")
    if customer.standing != Standing.DEALT:
        raise RuleError(_("The A-card is closed with a signed contract; this customer has none"), rule="DEAL-04")
    if card.closed_at is None:
        card.closed_at, card.closed_by = now, by
        card.save()
    return card


def open_again(customer: Customer) -> None:
    """The deal of a locked customer was cancelled: the owner works on the card again (DEAL-04)."""
    card = of(customer)
    if card is not None and card.closed_at is not None:
        card.closed_at = card.closed_by = None
        card.save()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the deadlines were kept: True, False, or None while that cannot be said; what was missed; whose delay."""

    protected: bool | None
    missed: tuple[str, ...] = ()
    supervisor_late: bool = False


def submit_end(due_from: date, zone: str) -> datetime:
    """The moment by which a card has to be submitted: the end of its day (CARD-05)."""
    return midnight(due_from + timedelta(days=1), zone)


def sign_end(submitted: datetime, office: Office) -> datetime:
    """The moment by which the supervisor signs: the hour of the policy on the day after submission (CARD-05)."""
    next_day = local_day(submitted, office.timezone) + timedelta(days=1)
    zone = midnight(next_day, office.timezone).tzinfo
    return datetime.combine(next_day, office.policy.sign_by, tzinfo=zone)


def file_end(signed: datetime, office: Office) -> datetime:
    """The moment by which a signed card is filed (CARD-05)."""
    last = last_valid_day(local_day(signed, office.timezone), office.policy.file_days + 1)
    return midnight(last, office.timezone)


def judge(card: Card | None, *, due_from: date, office: Office, now: datetime) -> Judgement:
    """CARD-05: submitted on its day, filed within two days of signing; the supervisor's delay is the supervisor's."""
    due = submit_end(due_from, office.timezone)
    submitted = card.first_submitted_at if card else None
    if submitted is None:
        return Judgement(None) if now < due else Judgement(False, ("submit",))
    assert card is not None
    missed = [] if submitted < due else ["submit"]
    decided = card.returned_at if card.state == CardState.RETURNED else card.signed_at
    late = (decided or now) > sign_end(card.submitted_at or submitted, office)
    if card.signed_at is None:
        return Judgement(False if missed else None, tuple(missed), late)
    filed = card.filed_at
    if (filed or now) >= file_end(card.signed_at, office):
        missed.append("file")
    if missed:
        return Judgement(False, tuple(missed), late)
    return Judgement(True if filed else None, (), late)

"""The evening meeting 晚会: problems raised and answered, what is due signed from the same page (REP-01, 000/22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from customers import cards, contact_signing, inbox
from customers.models import Card, FollowUp
from customers.ownership import check_supervises
from staff import notices
from staff.models import Office, User
from staff.roles import Duty

from .models import Problem

LONGEST = 500


def check_attends(office: Office, *, by: User) -> None:
    """Sales staff and supervisors of the office meet in the evening."""
    if by.office != office or not (by.has(Duty.SEE_OWN) or by.has(Duty.SUPERVISE)):
        raise RuleError(_("Only sales staff and supervisors of this office raise problems"), rule="REP-01")


def _worded(words: str) -> str:
    words = words.strip()
    if not words or len(words) > LONGEST:
        raise RuleError(_("Write one to %(most)s characters") % {"most": LONGEST}, rule="REP-01")
    return words


def raise_problem(office: Office, *, words: str, by: User, now: datetime) -> Problem:
    """Put a problem on the list of today's meeting."""
    check_attends(office, by=by)
    return Problem.objects.create(office=office, day=office.today(now), by=by, at=now, words=_worded(words))


@transaction.atomic
def answer(problem: Problem, *, words: str, by: User, now: datetime) -> Problem:
    """Answer a problem, once; whoever raised it is told."""
    problem = Problem.objects.select_related("office", "by").select_for_update(of=("self",)).get(pk=problem.pk)
    check_supervises(problem.office, by=by)
    if problem.answer:
        words_of = {"person": problem.answered_by}
        raise RuleError(_("%(person)s has answered this problem already") % words_of, rule="REP-01")
    problem.answer, problem.answered_by, problem.answered_at = _worded(words), by, now
    problem.save(update_fields=["answer", "answered_by", "answered_at"])
    if problem.by != by:
        text = format_lazy(gettext_lazy("Your problem was answered: {answer}"), answer=problem.answer)
        notices.tell(problem.by, key=f"problem:{problem.pk}", text=text, now=now)
    return problem


@dataclass(frozen=True)
class Signed:
    """What came of signing several at once: how many, and why the others were not."""

    count: int
    refused: list[tuple[int, str]]


def sign(office: Office, *, items: Iterable[tuple[str, int]], by: User, now: datetime) -> Signed:
    """Sign A-cards and contacts of the office, each by its own rule; one that is refused stops no other (FUP-04)."""
    check_supervises(office, by=by)
    count, refused = 0, []
    for kind, pk in items:
        try:
            number = _sign_one(office, kind, pk, by=by, now=now)
        except _RefusedOne as refusal:
            refused.append((refusal.number, str(refusal)))
        else:
            count += number is not None
    return Signed(count, refused)


class _RefusedOne(Exception):
    """One item was not signed; ``number`` of its customer."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number


def _sign_one(office: Office, kind: str, pk: int, *, by: User, now: datetime) -> int | None:
    """The number of the customer whose item was signed; None for one that is not there."""
    model = {inbox.CARDS: Card, inbox.CONTACTS: FollowUp}.get(kind)
    rows = model.objects.select_related("customer__office__policy") if model else None
    item = rows.filter(pk=pk, customer__office=office).first() if rows is not None else None
    if item is None:
        return None
    try:
        if isinstance(item, Card):
            cards.sign(item.customer, by=by, now=now)
        else:
            contact_signing.sign(item, by=by, now=now)
    except RuleError as refusal:
        raise _RefusedOne(item.customer.number, f"{refusal} ({refusal.rule})") from None
    return item.customer.number

"""What a customer agrees to: written down when it is said, taken back at once (PRIV-01, PRIV-03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from staff import notices, outbox
from staff.models import User
from staff.roles import Duty

from .forgetting import forget_record
from .models import Channel, Consent, Customer, LineKind, Purpose
from .models.grants import helped_by
from .ownership import relock
from .telling import address

# What was shown or read out. A wording that was used stays as it is: another one gets another name.
WORDINGS = {
    "arrival-1": {Purpose.MESSAGES: gettext_lazy("Agrees to messages from us")},
    "web-1": {
        Purpose.MESSAGES: gettext_lazy("I agree that this sales office keeps my name and number and contacts me")
    },
    "page-1": {
        Purpose.MESSAGES: gettext_lazy(
            "This sales office may send me messages and mails about its homes, offers and events. I can take this "
            "back at any time"
        ),
        Purpose.RECORD: gettext_lazy(
            "This sales office may keep what I tell about myself, my family, my work and my wishes, to advise me on "
            "buying a home. Only its own staff reads it. I can take this back at any time: it is then erased"
        ),
    },
}
PRESENT = "page-1"
AT_ARRIVAL = {LineKind.VISIT: Channel.DESK, LineKind.CALL: Channel.PHONE, LineKind.WEB: Channel.WEB}


@dataclass(frozen=True, slots=True)
class LastWord:
    """Where a customer stands on one purpose: the last word, and what is asked now."""

    purpose: Purpose
    last: Consent | None
    asks: object

    @property
    def given(self) -> bool:
        """Whether it is agreed to now."""
        return self.last is not None and self.last.given


def history(customer: Customer) -> list[Consent]:
    """Everything agreed to and taken back, newest first."""
    return list(Consent.objects.filter(customer=customer).select_related("by").order_by("-pk"))


def last_words(said: Iterable[Consent]) -> list[LastWord]:
    """Each purpose with its last word; ``said`` newest first."""
    last: dict[str, Consent] = {}
    for one in said:
        last.setdefault(one.purpose, one)
    return [LastWord(purpose, last.get(purpose), WORDINGS[PRESENT][purpose]) for purpose in Purpose]


def holds(customer: Customer, purpose: Purpose) -> bool:
    """Whether the customer agrees to ``purpose`` now."""
    said = Consent.objects.filter(customer=customer, purpose=purpose).order_by("-pk")
    return bool(said.values_list("given", flat=True).first())


def check_record(customer: Customer) -> None:
    """Without consent only what the visit register needs is kept (PRIV-01)."""
    if not holds(customer, Purpose.RECORD):
        raise RuleError(
            _("The customer has not agreed to a record: ask, and write the consent down first"), rule="PRIV-01"
        )


def speaks_with(customer: Customer, *, by: User, now: datetime) -> bool:
    """Whether ``by`` is the owner, a helper at present, or of the desk."""
    if by.office == customer.office and by.has(Duty.CORRECT):
        return True
    if customer.holder(customer.office.today(now)) == by.pk:
        return True
    return helped_by(by, now).filter(content_object=customer).exists()


def check_takes(customer: Customer, *, by: User, now: datetime) -> None:
    """Consent is written down by whoever speaks with the customer: the owner, a helper, the desk (PRIV-01)."""
    if not speaks_with(customer, by=by, now=now):
        raise RuleError(_("The owner or the desk writes consent down: tell one of them"), rule="PRIV-01")


@transaction.atomic
def give(customer: Customer, purposes: Iterable[str], *, channel: str, by: User, now: datetime) -> list[Consent]:
    """Write down what the customer agrees to: purposes, wording, channel, time, by whom (PRIV-01)."""
    customer = relock(customer)
    check_takes(customer, by=by, now=now)
    wanted = [Purpose(one) for one in purposes if not holds(customer, Purpose(one))]
    if not wanted:
        raise RuleError(_("Choose what the customer agrees to and had not agreed to before"), rule="PRIV-01")
    return [_write(customer, one, given=True, wording=PRESENT, channel=channel, by=by, now=now) for one in wanted]


def give_at_arrival(customer: Customer, *, kind: str, by: User | None, now: datetime) -> None:
    """What is ticked at the desk, on the telephone or on the web: messages. The customer's row is locked or new.

    On the web anybody may type anybody's number: a known customer is not signed up by it.
    """
    wording = "web-1" if kind == LineKind.WEB and by is None else "arrival-1"
    _write(customer, Purpose.MESSAGES, given=True, wording=wording, channel=AT_ARRIVAL[LineKind(kind)], by=by, now=now)


def check_withdraws(customer: Customer, purpose: str, *, by: User) -> None:
    """Anybody of the office takes a withdrawal down; there has to be something to take back."""
    if by.office != customer.office:
        raise RuleError(_("Only the customer's own office writes this down"), rule="PRIV-03")
    if not holds(customer, Purpose(purpose)):
        raise RuleError(_("The customer does not agree to this: there is nothing to take back"), rule="PRIV-03")


@transaction.atomic
def withdraw(customer: Customer, purpose: str, *, channel: str, by: User, now: datetime) -> Consent:
    """Take consent back, at once: waiting messages are withheld, the record is erased (PRIV-03, PIPL 15 and 47).

    Whoever sees the customer takes the withdrawal down.
    """
    customer = relock(customer)
    check_withdraws(customer, purpose, by=by)
    made = _write(customer, Purpose(purpose), given=False, wording=PRESENT, channel=channel, by=by, now=now)
    if purpose == Purpose.MESSAGES:
        outbox.withhold(f"customer:{customer.pk}", why="no consent")
    else:
        forget_record(customer)
        _tell_owner(made, now=now)
    return made


def _tell_owner(made: Consent, *, now: datetime) -> None:
    if made.customer.owner is None:
        return
    words = gettext_lazy("Customer no. {number} took back the consent to a record: it was erased")
    text = format_lazy(words, number=made.customer.number)
    notices.tell(made.customer.owner, key=f"consent:{made.pk}", text=text, now=now, link=address(made.customer))


def _write(
    customer: Customer, purpose: Purpose, *, given: bool, wording: str, channel: str, by: User | None, now: datetime
) -> Consent:
    """Put it down; ``customer.consent`` repeats the last word on messages, so that sending asks one row."""
    if purpose == Purpose.MESSAGES and customer.consent != given:
        customer.consent = given
        customer.save(update_fields=["consent"])
    return Consent.objects.create(
        customer=customer, purpose=purpose, given=given, wording=wording, channel=channel, by=by, at=now
    )

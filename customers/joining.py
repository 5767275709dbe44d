"""A supervisor joins somebody to a customer in a particular case, with a reason (OWN-01, 000/15.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import names, phones
from common.errors import RuleError
from staff import notices
from staff.models import User

from . import keys
from .models import Customer, Person, Relation, SearchToken
from .ownership import check_supervises, relock


def check_join(customer: Customer, *, by: User) -> None:
    """Only the supervisor of the office joins people beyond spouses, parents, children and shareholders."""
    check_supervises(customer.office, by=by)


@transaction.atomic
def join(customer: Customer, *, name: str, phone: str, reason: str, by: User, now: datetime) -> Person:
    """Join a person to ``customer`` for a reason that is kept beside them (OWN-01).

    A number that is another customer's goes with its person: from now on it finds this customer, and the owner of the
    other is told. RuleError without a reason, without name and number, or if the number is this customer's already.
    """
    customer = relock(customer)
    check_join(customer, by=by)
    if not reason.strip():
        raise RuleError(_("Say why this person and the customer are one buyer"), rule="OWN-01")
    name, phone = names.clean(name), phones.normalise(phone)
    if not (name or phone):
        raise RuleError(_("Enter the name or the phone number of the person who is joined"), rule="OWN-01")
    other = _holder_of(customer, phone)
    if other == customer:
        raise RuleError(_("This phone number is one of this customer's already"), rule="OWN-06b")
    person = Person(customer=customer, relation=Relation.OTHER, reason=reason.strip(), added_at=now)
    person.name, person.phone = name, phone
    person._history_user = by  # type: ignore[attr-defined]
    person.save(force_insert=True)
    if other is not None:
        _release(other, customer, phone, by=by, now=now)
    keys.add_tokens(customer, keys.tokens(name=name, phone=phone), known=True)
    return person


def _holder_of(customer: Customer, phone: str) -> Customer | None:
    """The customer of the office whom the number finds now."""
    if not phone:
        return None
    token = SearchToken.objects.filter(office=customer.office, kind="phone", digest=keys.phone_digest(phone))
    found = token.select_related("customer__owner").first()
    return found.customer if found else None


def _release(other: Customer, customer: Customer, phone: str, *, by: User, now: datetime) -> None:
    """The number no longer finds ``other``, whose owner is told by whom it was joined to which customer."""
    other.tokens.filter(kind="phone", digest=keys.phone_digest(phone)).delete()
    if other.owner is None:
        return
    words = gettext_lazy("{supervisor} joined a person of your customer no. {other} to customer no. {number}")
    text = format_lazy(words, supervisor=str(by), other=other.number, number=customer.number)
    notices.tell(other.owner, key=f"joined:{other.pk}:{now.isoformat()}", text=text, now=now)

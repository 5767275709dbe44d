"""A rep's claim by register number or phone number: taken in the same way whatever it names (OWN-12, OFF-03, ADR 10)."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from common import crypto, phones
from common.errors import RuleError
from staff.models import Office, User
from staff.roles import SELLING_ROLES

from . import dispute_notices
from .disputes import HELD
from .keys import phone_digest
from .models import ClaimKey, Customer, Dispute, DisputeState

NUMBER = re.compile(r"#?([1-9][0-9]{0,8})")
MOST_OPEN = 20


def named(office: Office, typed: str) -> Customer | None:
    """The customer whom a number of the register or a phone number names; one statement either way.

    RuleError where ``typed`` is neither.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    rows = Customer.objects.select_related("key").filter(office=office)
    number = NUMBER.fullmatch(text)
    if number:
        return rows.filter(lines__office=office, lines__number=int(number[1])).first()
    phone = phones.normalise(text)
    return rows.filter(tokens__office=office, tokens__kind="phone", tokens__digest=phone_digest(phone)).first()


def check_claims(office: Office, *, by: User) -> None:
    """Sales staff of the office claim, and no more at a time than a supervisor can rule on."""
    if by.office != office or by.posting is None or by.posting.role not in SELLING_ROLES:
        raise RuleError(_("Only sales staff of this office claim a customer"), rule="OWN-12")
    if Dispute.objects.filter(claimant=by, state=DisputeState.OPEN).count() >= MOST_OPEN:
        raise RuleError(_("So many of your disputes are open already: wait for their rulings"), rule="OWN-12")


@transaction.atomic
def claim(office: Office, *, typed: str, words: str, by: User, now: datetime, request_id: UUID) -> Dispute:
    """Put a claim before the supervisor. Who claims learns nothing of whether, and for whom, a customer was found.

    They read their own words again in any case: what names nobody, or somebody whose data are gone, is kept under a
    key of the claim's own. A repeated ``request_id`` gives the first answer.
    """
    check_claims(office, by=by)
    customer = named(office, typed)
    if customer is not None and customer.holder(office.today(now)) == by.pk:
        raise RuleError(_("This customer is yours already"), rule="OWN-12")
    dispute = Dispute(office=office, opened_by=by, claimant=by, opened_at=now, request_id=request_id)
    own = dispute.__dict__["own_key"] = crypto.new_data_key()
    if customer is not None and customer.data_key is not None:
        dispute.customer = customer
        dispute.respondent_id = customer.owner_id if customer.state(office.today(now)) in HELD else None
    dispute.typed, dispute.claim = typed.strip(), words.strip()
    try:
        with transaction.atomic():
            dispute.save()
            key = ClaimKey(dispute=dispute)
            key.keep_key(own)
            key.save(force_insert=True)
    except IntegrityError:
        return Dispute.objects.get(request_id=request_id, opened_by=by)
    dispute_notices.opened(dispute, now=now)
    return dispute

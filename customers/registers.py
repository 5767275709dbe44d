"""Writing and proving the public register: gapless numbers, one chain per office, corrections beside (REG-01..05)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from common import phones
from common.errors import RuleError
from common.names import clean
from common.prepared import Prepared
from staff.models import Office, User
from staff.roles import Duty

from . import chain
from .models import Customer, OfficeRegister, RegisterCorrection, RegisterLine
from .models.register import CorrectionKind

CORRECTABLE = ("name", "phone", "companions", "needs", "summary")
RECORDED = ("shown", "summary", "intent", "companions")
COUNTER = Prepared(lambda office: OfficeRegister.objects.filter(office=office).select_for_update(of=("self",)), int)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What the public part of a line says besides its number and place in the chain."""

    kind: str
    at: datetime
    decision: str
    reason: str
    opens: bool
    first: bool
    appointment: bool
    source: str
    party: int
    receiver_id: int | None
    owner_id: int | None


def lock(office: Office) -> OfficeRegister:
    """The office's counter row, locked until the transaction ends: arrivals of one office follow one another."""
    register = COUNTER.first(office.pk)
    if register is None:
        OfficeRegister.objects.get_or_create(office=office)
        register = COUNTER.get(office.pk)
    return register


def public_part(line: RegisterLine, customer_uuid: UUID) -> dict[str, Any]:
    """The fields of a line that its digest covers; no personal data but the commitment to them."""
    return {
        "office": line.office_id,
        "number": line.number,
        "kind": str(line.kind),
        "at": chain.stamp(line.at),
        "customer": str(customer_uuid),
        "decision": str(line.decision),
        "reason": line.reason,
        "opens": line.opens,
        "first": line.first,
        "appointment": line.appointment,
        "source": str(line.source),
        "party": line.party,
        "receiver": line.receiver_id,
        "owner": line.owner_id,
        "recorded_by": line.recorded_by_id,
        "request": str(line.request_id),
        "commit": line.commit,
    }


def next_line(
    register: OfficeRegister,
    facts: LineFacts,
    *,
    customer: Customer,
    details: Mapping[str, Any],
    request_id: UUID,
    by: User | None,
) -> RegisterLine:
    """The line under the next number (REG-01), unsaved; the counter is advanced in memory. ``register`` is locked."""
    text, commit = chain.sealed_details(details)
    line = RegisterLine(
        office_id=register.office_id,
        number=register.last_number + 1,
        kind=facts.kind,
        at=facts.at,
        customer=customer,
        decision=facts.decision,
        reason=facts.reason,
        opens=facts.opens,
        first=facts.first,
        appointment=facts.appointment,
        source=facts.source,
        party=facts.party,
        receiver_id=facts.receiver_id,
        owner_id=facts.owner_id,
        recorded_by=by,
        request_id=request_id,
        commit=commit,
        prev=register.head,
    )
    line.details = text
    line.digest = chain.digest(line.prev, public_part(line, customer.uuid))
    register.last_number, register.head = line.number, line.digest
    return line


def write_line(
    register: OfficeRegister,
    facts: LineFacts,
    *,
    customer: Customer,
    details: Mapping[str, Any],
    request_id: UUID,
    by: User | None,
) -> RegisterLine:
    """Append a line under the next number (REG-01). ``register`` is locked; a rollback uses up no number."""
    line = next_line(register, facts, customer=customer, details=details, request_id=request_id, by=by)
    line.save(force_insert=True)
    keep_counter(register)
    return line


def keep_counter(register: OfficeRegister) -> None:
    """Write the counter and the head of the chain down."""
    register.save(update_fields=["last_number", "head"])


def details_of(entry: RegisterLine | RegisterCorrection) -> dict[str, Any]:
    """The opened personal data of a line or correction; empty after erasure."""
    text = entry.details
    return json.loads(text) if text else {}


def missing(details: Mapping[str, Any]) -> list[str]:
    """Which of name and phone a line still lacks (REG-08)."""
    return [field for field in ("name", "phone") if not details.get(field)]


def check_correct(line: RegisterLine, *, by: User, today: object, completing: bool) -> None:
    """Who may add to a line: its author may complete it the same day (REG-08); the desk's keepers may correct it."""
    if by.has(Duty.CORRECT) and by.office == line.office:
        return
    concerned = by.pk in (line.recorded_by_id, line.receiver_id, line.owner_id)
    if concerned and completing and line.office.today(line.at) == today:
        return
    if concerned and not completing:
        raise RuleError(_("Ask the supervisor or the keeper of the register to correct this line"), rule="REG-04")
    raise RuleError(_("A line can be completed on its own day by whoever wrote or received it"), rule="REG-08")


@transaction.atomic
def correct(
    line: RegisterLine, *, by: User, now: datetime, reason: str, kind: str = CorrectionKind.CORRECTION, **changed: str
) -> RegisterCorrection:
    """Add an entry to a line; the original stays, with author and time of both (REG-04). Chained (REG-05).

    ``changed``: fields of CORRECTABLE or RECORDED with their new text. RuleError if there is nothing to add or no
    reason is given for a correction.
    """
    if kind == CorrectionKind.CORRECTION and not reason.strip():
        raise RuleError(_("Say why the line is corrected"), rule="REG-04")
    wanted = {field: text.strip() for field, text in changed.items() if text and text.strip()}
    if not wanted:
        raise RuleError(_("Nothing to add: fill in at least one field"), rule="REG-04")
    if "name" in wanted:
        wanted["name"] = clean(wanted["name"])
    if "phone" in wanted:
        wanted["phone"] = phones.normalise(wanted["phone"])
    register = lock(line.office)
    text, commit = chain.sealed_details(wanted)
    entry = RegisterCorrection(
        office_id=line.office_id,
        seq=register.last_correction + 1,
        line=line,
        customer=line.customer,
        kind=kind,
        at=now,
        by=by,
        reason=reason.strip(),
        commit=commit,
        prev=register.correction_head,
    )
    entry.details = text
    entry.digest = chain.digest(entry.prev, correction_part(entry, line.number))
    entry.save(force_insert=True)
    register.last_correction, register.correction_head = entry.seq, entry.digest
    register.save(update_fields=["last_correction", "correction_head"])
    return entry


def correction_part(entry: RegisterCorrection, number: int) -> dict[str, Any]:
    """The fields of a correction that its digest covers."""
    return {
        "office": entry.office_id,
        "seq": entry.seq,
        "number": number,
        "kind": str(entry.kind),
        "at": chain.stamp(entry.at),
        "by": entry.by_id,
        "reason": entry.reason,
        "commit": entry.commit,
    }


def public_lines(office: Office) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """(number, prev, digest, public fields) of every line, in order, without opening anybody's data."""
    lines = RegisterLine.objects.filter(office=office).order_by("number").defer("details_sealed")
    for line in lines.annotate(customer_uuid=F("customer__uuid")).iterator(chunk_size=2000):
        yield line.number, line.prev, line.digest, public_part(line, line.customer_uuid)


def public_corrections(office: Office) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """(seq, prev, digest, public fields) of every correction, in order."""
    rows = RegisterCorrection.objects.filter(office=office).order_by("seq").select_related("line")
    for entry in rows.defer("details_sealed", "line__details_sealed").iterator(chunk_size=2000):
        yield entry.seq, entry.prev, entry.digest, correction_part(entry, entry.line.number)


def fault(office: Office) -> str | None:
    """What is wrong with the office's register, in words, naming the first bad line; None if it is intact (REG-05)."""
    register = OfficeRegister.objects.filter(office=office).first() or OfficeRegister(office=office)
    bad = chain.first_fault(public_lines(office), last=register.last_number, head=register.head)
    if bad:
        return f"line {bad[0]} {bad[1]}"
    corrections = public_corrections(office)
    bad = chain.first_fault(corrections, last=register.last_correction, head=register.correction_head)
    return f"correction {bad[0]} {bad[1]}" if bad else None

"""The register handed out for checking elsewhere, and one line disclosed with its proof (REG-05)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from staff.models import Office

from . import registers
from .models import OfficeRegister, RegisterLine

FORMAT = 1


def export(office: Office) -> Iterator[dict[str, Any]]:
    """The office's register as plain objects: the counter first, then lines, then corrections; no personal data."""
    register = OfficeRegister.objects.filter(office=office).first() or OfficeRegister(office=office)
    yield {
        "type": "register",
        "format": FORMAT,
        "office": office.pk,
        "lines": register.last_number,
        "head": register.head,
        "corrections": register.last_correction,
        "correction_head": register.correction_head,
    }
    for kind, entries in (
        ("line", registers.public_lines(office)),
        ("correction", registers.public_corrections(office)),
    ):
        for _number, prev, digest, public in entries:
            yield {"type": kind, "prev": prev, "digest": digest, "public": public}


def disclosure(office: Office, number: int) -> dict[str, Any] | None:
    """One line's personal data with the random value that ties them to its commitment; None after erasure."""
    line = RegisterLine.objects.select_related("customer__key").get(office=office, number=number)
    details = registers.details_of(line)
    return {"office": office.pk, "number": number, "details": details} if details else None


def as_text(value: dict[str, Any]) -> str:
    """One object on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

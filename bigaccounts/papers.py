"""Files of a case: checked, sealed under its key, stored under opaque names outside the web root (BULK-07, BULK-11)."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from common import crypto
from common.errors import RuleError
from staff.models import AccessLog, User
from staff.models.log import Look
from staff.roles import Role

from . import paper_kinds, who
from .events import note
from .models import Case, CaseState, Happened, Paper, Purpose
from .prospects import lock

RULE = "BULK-07"
MOST_PAPERS = 200


def path_of(paper: Paper) -> Path:
    """Where the sealed content lies: a folder of 256, and a name that tells nothing."""
    text = paper.place.hex
    return Path(settings.PAPERS_DIR) / text[:2] / text


def _under(paper: Paper) -> dict[str, str]:
    return {"model": "Paper", "field": "content", "subject": f"{paper.case.uuid}:{paper.place}"}


def check_attach(case: Case, *, by: User) -> None:
    """Files are attached by those who run the case and, once it is signed, by the clerk; not after it was given up."""
    executes = case.signed_at is not None and who.holds(by, Role.CLERK, office=case.office)
    if not executes:
        who.check_runs(case, by=by, rule=RULE)
    if case.state == CaseState.DROPPED:
        raise RuleError(_("This case was given up: nothing is attached any more"), rule=RULE)
    if case.papers.count() >= MOST_PAPERS:
        raise RuleError(_("A case holds up to %(most)s files") % {"most": MOST_PAPERS}, rule=RULE)


def attach(case: Case, *, by: User, now: datetime, purpose: str, name: str, content: bytes) -> Paper:
    """Take a file in. Its content is checked, sealed and written before its row; what fails leaves nothing (BULK-07)."""
    check_attach(case, by=by)
    kind = paper_kinds.kind_of(name, content)
    paper = Paper(case=case, purpose=purpose, kind=kind, size=len(content), by=by, at=now)
    paper.name, paper.digest = paper_kinds.check_name(name), hashlib.sha256(content).hexdigest()
    place = path_of(paper)
    try:
        _write(place, crypto.seal_bytes(paper.case.data_key, content, **_under(paper)))
        with transaction.atomic():
            case = lock(case)
            check_attach(case, by=by)
            paper.save(force_insert=True)
            note(case, Happened.ATTACHED, by=by, now=now, words=str(Purpose(purpose).label))
    except BaseException:
        place.unlink(missing_ok=True)
        raise
    return paper


def _write(place: Path, blob: bytes) -> None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def content_of(paper: Paper) -> bytes:
    """The content of a file. Raises Tampered when it is not what was attached, RuleError when it is gone."""
    try:
        blob = path_of(paper).read_bytes()
    except FileNotFoundError:
        raise RuleError(_("This file is gone from the store: ask the system administrator"), rule=RULE) from None
    return crypto.unseal_bytes(paper.case.data_key, blob, **_under(paper))


def download(paper: Paper, *, by: User, now: datetime) -> bytes:
    """The content for somebody who sees the case's prices; each download is logged (ACC-05, BULK-11)."""
    check_download(paper.case, by=by, now=now)
    content = content_of(paper)
    AccessLog.objects.create(
        office=paper.case.office, user=by, action=Look.DOWNLOADED, subject=f"bulk-paper:{paper.pk}", at=now
    )
    return content


def check_download(case: Case, *, by: User, now: datetime) -> None:
    """Contracts and approvals name prices: files are for those who see the prices of the case (BULK-11)."""
    if not who.sees_prices(case, by, now=now):
        raise RuleError(_("The files of this case name its prices: ask whoever runs it"), rule="BULK-11")

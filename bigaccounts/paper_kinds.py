"""What a file is, by its content: the name and what the browser says of it are believed in nothing. Pure (BULK-07)."""

from __future__ import annotations

import unicodedata
import zipfile
from io import BytesIO

from django.utils.translation import gettext as _

from common.errors import RuleError

RULE = "BULK-07"
MOST_BYTES = 20 * 1024 * 1024
LONGEST_NAME = 120
MOST_PARTS, MOST_UNPACKED = 5_000, 200 * 1024 * 1024
HOSTILE = set('/\\:*?"<>|')
SIGNS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
ENDINGS = {"pdf": "pdf", "jpg": "jpg", "jpeg": "jpg", "png": "png", "docx": "docx", "xlsx": "xlsx"}
OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def check_size(size: int) -> None:
    """A file has something in it, and at most 20 MB."""
    if size <= 0:
        raise RuleError(_("This file is empty: choose another"), rule=RULE)
    if size > MOST_BYTES:
        raise RuleError(_("A file has at most 20 MB: make it smaller or split it"), rule=RULE)


def check_name(name: str) -> str:
    """The name of a file as it may be kept: no paths, no invisible or turning characters, one plain ending."""
    name = unicodedata.normalize("NFC", name).strip()
    stem, dot, ending = name.rpartition(".")
    if not stem or not dot or len(name) > LONGEST_NAME:
        raise RuleError(_("Give the file a name of up to 120 characters with an ending like .pdf"), rule=RULE)
    unseen = any(unicodedata.category(mark)[0] == "C" for mark in name)
    if unseen or HOSTILE & set(name) or name.startswith("."):
        raise RuleError(_("The name of the file holds signs that no file name needs: rename it"), rule=RULE)
    if ending.lower() not in ENDINGS:
        raise RuleError(_("Take a PDF, JPEG, PNG, Word (.docx) or Excel (.xlsx) file"), rule=RULE)
    return name


def kind_of(name: str, content: bytes) -> str:
    """The type of a file: what its ending promises and its content keeps; RuleError in words for anything else."""
    promised = ENDINGS[check_name(name).rpartition(".")[2].lower()]
    check_size(len(content))
    found = next((kind for kind, sign in SIGNS.items() if content.startswith(sign)), "")
    if not found and content.startswith(b"PK\x03\x04"):
        found = _office_kind(content)
    if found != promised:
        raise RuleError(
            _("The content of the file is not what its ending says: save it anew and attach that"), rule=RULE
        )
    return found


def _office_kind(content: bytes) -> str:
    """Which office document a ZIP is; empty for any other. Nothing is unpacked but the list of its parts."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError):
        return ""
    names = {part.filename for part in parts}
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise RuleError(_("This document unpacks to more than any contract needs: save it as PDF"), rule=RULE)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise RuleError(_("This document holds macros: save it without them, or as PDF"), rule=RULE)
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for kind, part in OFFICE.items() if part in names), "")

"""Files that a page gives out: always saved, never shown."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from .excel import MIME


def saved(content: bytes, name: str, *, form: str = MIME) -> HttpResponse:
    """An answer that is saved under ``name``; a workbook unless ``form`` names another type."""
    answer = HttpResponse(content, content_type=form)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer

"""What every list does: the search carried in the address, the page by key, the count, the way back to page one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from common import counting, keyset
from customers import finding
from customers.filters import Filter

PAGE = 50


def searched(request: HttpRequest, form: Filter) -> tuple[str, bool]:
    """(what is searched for, whether a search ran out): empty and False where nobody searches."""
    sealed = form.chosen.get("find")
    if not sealed:
        return "", False
    text = finding.text_of(request, sealed)
    return text or "", text is None


def page_of(request: HttpRequest, rows: QuerySet, fields: tuple[str, ...], *, order: keyset.Order) -> keyset.Page:
    """One page of plain dicts, each carrying the capped count of the whole list as ``total``."""
    counted = rows.annotate(total=counting.CappedCount(rows))
    return keyset.page(counted.values(*fields), order=order, cursor=request.GET.get("cursor"), size=PAGE)


def described(request: HttpRequest, page: keyset.Page, form: Filter) -> dict[str, Any]:
    """What the head of a list says: the count in words, the chips, the address without the search."""
    text, expired = searched(request, form)
    rest = request.GET.copy()
    for name in ("find", "cursor"):
        rest.pop(name, None)
    return {
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
        "form": form,
        "text": text,
        "expired": expired,
        "without_search": f"?{rest.urlencode()}",
        "filtered": bool(form.chosen),
    }

"""Files of a case, for those who see its prices; never shown in the browser, always saved."""

from __future__ import annotations

from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from bigaccounts import paper_kinds, papers
from common.errors import RuleError
from common.middleware import ATTACHMENT_POLICY
from staff.access import check_export, needs
from staff.roles import Duty

from .cases import fetch


@require_safe
@needs(Duty.SEE_BULK)
def bulk_file(request: HttpRequest, pk: int, paper: int) -> HttpResponse:
    """Save a file: as an attachment, of the type that its content has, logged (BULK-07, ACC-05)."""
    case = fetch(request, pk)
    check_export(request)
    found = get_object_or_404(case.papers, pk=paper)
    found.case = case
    try:
        if request.method == "HEAD":
            papers.check_download(case, by=request.user, now=timezone.now())
            content = b""
        else:
            content = papers.download(found, by=request.user, now=timezone.now())
    except RuleError as error:
        raise PermissionDenied(str(error)) from None
    answer = HttpResponse(content, content_type=paper_kinds.TYPES[found.kind])
    plain = f"paper-{found.pk}.{found.kind}"
    answer["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = ATTACHMENT_POLICY
    return answer

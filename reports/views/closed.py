"""The archive of closed months, each proven against its digests (REP-05)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from common import keyset
from common.htmx import render_part
from common.templatetags.ui import badge
from reports import archive
from reports.models import MonthArchive
from staff.access import needs
from staff.roles import Duty

PAGE = 12
FOUND: dict[str | None, tuple[str, Promise]] = {
    None: ("approved", pgettext_lazy("archive", "unchanged")),
    "figures": ("returned", _("the figures were changed")),
    "workbook": ("returned", _("the workbook was changed")),
}


@require_safe
@needs(Duty.SEE_REPORTS)
def closed(request: HttpRequest) -> HttpResponse:
    """Closed months of the reader's offices, the latest first, with who took each over and whether it is as it was."""
    archives = MonthArchive.objects.visible_to(request.user).select_related("office", "receipt__by")
    page = keyset.page(archives, order=("-month", "-id"), cursor=request.GET.get("cursor"), size=PAGE)
    rows = [(one, badge(*FOUND[archive.fault(one)])) for one in page.rows]
    return render_part(request, "reports/closed.html", {"rows": rows, "page": page}, part="archive")

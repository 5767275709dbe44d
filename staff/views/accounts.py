"""The system administrator's page: accounts and sign-ins of the company, no customer data (OFF-03)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import keyset
from common.htmx import render_part
from staff.access import needs
from staff.models import Posting
from staff.roles import Duty

PAGE = 50


@require_safe
@needs(Duty.ADMINISTER)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every open posting of the company with its account, the latest first."""
    rows = Posting.objects.visible_to(request.user).filter(until__isnull=True)
    rows = rows.select_related("user", "office", "branch", "company")
    page = keyset.page(rows, order=("-id",), cursor=request.GET.get("cursor"), size=PAGE)
    return render_part(request, "staff/accounts.html", {"page": page}, part="list")

"""The system administrator's page: accounts and sign-ins of the company, no customer data (OFF-03)."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from common import keyset
from common.htmx import render_part
from staff.access import needs
from staff.models import Posting, User
from staff.roles import Duty

ORDER = ("-id",)
PAGE = 50


def found(user: User) -> QuerySet[Posting]:
    """Every open posting of the company."""
    rows = Posting.objects.visible_to(user).filter(until__isnull=True)
    return rows.select_related("user", "office", "branch", "company")


@require_safe
@needs(Duty.ADMINISTER)
def accounts(request: HttpRequest) -> HttpResponse:
    """Every open posting of the company with its account, the latest first."""
    page = keyset.page(found(request.user), order=ORDER, cursor=request.GET.get("cursor"), size=PAGE)
    return render_part(request, "staff/accounts.html", {"page": page}, part="list")

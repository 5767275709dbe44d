"""Who may approve which discount: the table, set by the marketing manager, every change kept (DEAL-03)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from sales import discounts as rules
from sales.forms import DiscountForm
from staff.access import needs
from staff.roles import Duty

TEMPLATE = "sales/discounts.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SET_POLICY)
def discounts(request: HttpRequest) -> HttpResponse:
    """Show and set the table."""
    office = request.user.office
    form = DiscountForm(request.POST if request.method == "POST" else None, percents=rules.table(office))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            reason = form.cleaned_data["reason"]
            rules.change(office, form.percents(), by=request.user, now=timezone.now(), reason=reason)
            messages.success(request, _("The table is saved"))
            return go(request, "discounts")
    context = {"form": form, "changes": [(one, f"{one.percent:.2f}") for one in rules.changes(office)]}
    if request.method == "POST":
        return render_invalid(request, TEMPLATE, context, part="form")
    return render_part(request, TEMPLATE, context, part="form")

"""The office's policy: one form, and who changed what when."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.forms import refusals_on
from common.htmx import back_or_fragment, render_invalid, render_part
from staff import policy as rules
from staff import policy_history
from staff.access import needs
from staff.forms import PolicyForm
from staff.roles import Duty

TEMPLATE = "staff/policy.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SET_POLICY)
def policy(request: HttpRequest) -> HttpResponse:
    """Show and set the policy of the viewer's office."""
    office = request.user.office
    found = rules.of(office)
    form = PolicyForm(request.POST or None, instance=found)
    context = {"form": form, "office": office}
    if request.method == "POST":
        if form.is_valid():
            with refusals_on(form):
                reason = form.cleaned_data["reason"]
                rules.change(office, by=request.user, now=timezone.now(), reason=reason, **form.choices_made())
        if form.errors:
            context["revisions"] = policy_history.revisions(found)
            return render_invalid(request, TEMPLATE, context, part="form")
        messages.success(request, _("The policy is saved"))
        context |= {"form": PolicyForm(instance=rules.of(office)), "revisions": policy_history.revisions(found)}
        return back_or_fragment(request, "policy", TEMPLATE, context, part="form")
    context["revisions"] = policy_history.revisions(found)
    return render_part(request, TEMPLATE, context, part="form")

"""Finding somebody: typed into a form that is posted, so that no name or number gets into an address (PRIV-02)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common import phones
from common.htmx import go
from customers import access, finding, search
from customers.forms import FindForm
from customers.models import Customer
from staff.access import needs
from staff.roles import Duty

LISTS = ("customers", "register", "my_register")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Duty.SEE_OWN, Duty.SEE_OFFICE)
def find(request: HttpRequest) -> HttpResponse:
    """Go to the customer if exactly one is meant, else to the list that was searched, with the search sealed."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "customers/find.html", {"form": form})
    if not form.is_valid():
        return render(request, "customers/find.html", {"form": form}, status=422)
    text, where = form.cleaned_data["q"], form.cleaned_data["where"]
    now, office = timezone.now(), request.user.office
    found = search.matching(Customer.objects.visible_to(request.user), text, office=office)
    first = list(found[:2])
    if phones.is_complete(text):
        access.looked_up(first[0] if first else None, office=office, by=request.user, now=now)
    if not where and len(first) == 1:
        return go(request, "customer", first[0].pk)
    url = resolve_url(where if where in LISTS else "customers")
    return go(request, f"{url}?{urlencode({'find': finding.token(request, text)})}")

"""One dispute: what the parties may read, the evidence for those who rule, each step, the page on paper (OWN-12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError, refusal
from common.forms import refusals_on
from common.htmx import go, render_invalid, render_part
from customers import access, appeals, disputes, evidence
from customers.forms_disputes import AppealForm, RulingForm
from customers.models import Customer, Dispute
from customers.qr import drawn
from customers.views.disputes import state_badge
from sales import dispute_deals
from staff.access import needs
from staff.leaving import check_may_export
from staff.roles import Duty

SEES = (Duty.SUPERVISE, Duty.SEE_OWN)
TEMPLATE = "sales/dispute.html"
ON_PAPER = 400


def fetch(request: HttpRequest, **key: Any) -> Dispute:
    """The dispute in the viewer's scope; 404 outside it."""
    related = (
        "office__policy",
        "customer__key",
        "customer__owner",
        "key",
        "claimant",
        "respondent",
        "opened_by",
        "appealed_by",
    )
    found: Dispute = get_object_or_404(Dispute.objects.visible_to(request.user).select_related(*related), **key)
    if found.customer is not None:
        found.customer.office = found.office
    return found


def sheet_of(dispute: Dispute, *, user: Any) -> evidence.Sheet | None:
    """The evidence, for those who may see the customer's record."""
    customer: Customer | None = dispute.customer
    if customer is None or not Customer.objects.visible_to(user).filter(pk=customer.pk).exists():
        return None
    return evidence.of(customer, now=timezone.now(), opened_at=dispute.opened_at, more=dispute_deals.entries(customer))


def rulings_of(dispute: Dispute) -> list[Any]:
    """The rulings with their words ready to open."""
    found = list(dispute.rulings.select_related("by", "owner", "episode"))
    if dispute.customer is not None:
        for ruling in found:
            ruling.customer = dispute.customer
    return found


def _ruling_form(dispute: Dispute, data: Any = None) -> RulingForm:
    return RulingForm(data, dispute=dispute, today=dispute.office.today(timezone.now()))


# Each step: its check, its form, its rule, its words.
STEPS: dict[str, tuple[Callable[..., None], Callable[..., forms.Form], Callable[..., Any], Any]] = {
    "rule": (
        lambda dispute, by: disputes.check_rule(dispute, by=by, now=timezone.now()),
        _ruling_form,
        disputes.rule,
        gettext_lazy("Ruled: both parties are told"),
    ),
    "overrule": (
        lambda dispute, by: disputes.check_overrule(dispute, by=by, now=timezone.now()),
        _ruling_form,
        disputes.overrule,
        gettext_lazy("Decided for good: both parties are told"),
    ),
    "appeal": (
        lambda dispute, by: appeals.check_appeal(dispute, by=by),
        lambda dispute, data=None: AppealForm(data),
        appeals.appeal,
        gettext_lazy("Appealed: the marketing manager decides"),
    ),
    "recall": (
        lambda dispute, by: appeals.check_recall(dispute, by=by),
        lambda dispute, data=None: forms.Form(data),
        appeals.recall,
        gettext_lazy("Taken back: the ruling stands"),
    ),
    "dismiss": (
        lambda dispute, by: disputes.check_dismiss(dispute, by=by, now=timezone.now()),
        lambda dispute, data=None: forms.Form(data),
        disputes.dismiss,
        gettext_lazy("Dismissed: the parties are told"),
    ),
    "withdraw": (
        lambda dispute, by: disputes.check_withdraw(dispute, by=by),
        lambda dispute, data=None: forms.Form(data),
        disputes.withdraw,
        gettext_lazy("Withdrawn: the parties are told"),
    ),
}


def context_of(request: HttpRequest, dispute: Dispute, wrong: tuple[str, forms.Form] | None = None) -> dict[str, Any]:
    """Everything the page shows to this viewer; ``wrong``: the step and form that were just refused."""
    user = request.user
    sheet = sheet_of(dispute, user=user)
    found = {name: refusal(check, dispute, user) for name, (check, *_rest) in STEPS.items()}
    shown = {
        name: wrong[1] if wrong and wrong[0] == name else STEPS[name][1](dispute)
        for name, refused in found.items()
        if refused is None
    }
    supervises = user.has(Duty.SUPERVISE)
    return {
        "dispute": dispute,
        "state": state_badge(dispute.state),
        "supervises": supervises,
        "knows": supervises or dispute.respondent_id == user.pk,
        **_words(dispute, user, may_see=sheet is not None),
        "rulings": rulings_of(dispute),
        "forms": shown,
        "stale": wrong[1] if wrong and wrong[0] not in shown else None,
        "why_not": found["rule"] if supervises and dispute.state == "open" else None,
        "sheet": sheet,
        "rows": evidence.as_rows(sheet.entries) if sheet else [],
        "deal": dispute_deals.closed_by(sheet.customer) if sheet else None,
        "others": _others(dispute) if supervises else 0,
    }


def _words(dispute: Dispute, user: Any, *, may_see: bool) -> dict[str, str]:
    """The claim for whoever said it and whoever sees the customer; what was typed for the former, or if it names nobody."""
    own = dispute.opened_by_id == user.pk
    nobody = dispute.customer_id is None and user.has(Duty.SUPERVISE)
    return {
        "typed": dispute.typed if own or nobody else "",
        "claim": dispute.claim if own or nobody or may_see else "",
    }


def _others(dispute: Dispute) -> int:
    """How many more disputes over the same customer wait."""
    if dispute.customer is None:
        return 0
    rows = Dispute.objects.filter(customer=dispute.customer, state__in=["open", "appealed"])
    return rows.exclude(pk=dispute.pk).count()


@require_safe
@needs(*SEES)
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """The dispute; opening the evidence is a look at the customer's record and logged (ACC-05)."""
    found = fetch(request, pk=pk)
    context = context_of(request, found)
    if request.method == "GET" and context["sheet"] is not None:
        access.opened(found.customer, by=request.user, now=timezone.now())
    return render_part(request, TEMPLATE, context, part="dispute")


@require_POST
@needs(*SEES)
def dispute_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One step; what is refused comes back with what was typed."""
    if act not in STEPS:
        raise Http404
    found = fetch(request, pk=pk)
    _check, make, rule, words = STEPS[act]
    form = make(found, request.POST)
    if form.is_valid():
        with refusals_on(form):
            rule(found, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, words)
            return go(request, "dispute", pk)
    return render_invalid(request, TEMPLATE, context_of(request, fetch(request, pk=pk), (act, form)), part="dispute")


@require_POST
@needs(Duty.SUPERVISE)
def dispute_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet with signature boxes, on one A4 page as a rule; each print is logged and numbered (ACC-05)."""
    found, now = fetch(request, pk=pk), timezone.now()
    sheet = sheet_of(found, user=request.user)
    if sheet is None:
        messages.error(request, _("What was typed names no customer: there is no evidence to print"))
        return go(request, "dispute", pk)
    try:
        check_may_export(request.user)
    except RuleError as error:
        messages.error(request, f"{error} ({error.rule})")
        return go(request, "dispute", pk)
    entries, left_out = evidence.on_paper(sheet.entries, ON_PAPER)
    number = access.printed(f"dispute:{pk}", office=found.office, by=request.user, now=now)
    context = {
        "dispute": found,
        "sheet": sheet,
        "rows": evidence.as_rows(entries),
        "left_out": left_out,
        "rulings": rulings_of(found),
        "deal": dispute_deals.closed_by(sheet.customer),
        "qr": drawn(request.build_absolute_uri(reverse("dispute_code", args=[found.request_id]))),
        "number": f"{number:06d}",
        "now": now,
    }
    return render(request, "sales/dispute_print.html", context)


@require_safe
@needs(*SEES)
def dispute_code(request: HttpRequest, code: UUID) -> HttpResponse:
    """The dispute whose print carries this code, for those who may see it; 404 for everybody else."""
    return go(request, "dispute", get_object_or_404(Dispute.objects.visible_to(request.user), request_id=code).pk)

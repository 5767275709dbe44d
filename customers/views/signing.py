"""The inbox of decisions: list left, item right, the next opens by itself; many signed at once (CARD-04, FUP-04)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from common.errors import RuleError, refusal
from common.htmx import go, render_invalid, render_part, wants_part
from common.whole import whole
from customers import access, cards, completing, contact_signing, defeat, inbox, reminders
from customers.forms import CompleteForm, RejectForm
from customers.forms_card import ReturnForm, SignForm
from customers.forms_defeat import ApproveForm, ConfirmForm, RefuseForm
from customers.models import Card, CardState, Customer, DefeatRequest, FollowUp, RegisterLine
from customers.models.register import CorrectionKind
from staff.access import needs
from staff.models import User
from staff.roles import Duty

from .card_page import card_of, name_of, verdict_of, versions_of
from .defeats import acts_for
from .line import shown_of, still_missing

TEMPLATE = "customers/signing.html"
TABS = {
    inbox.CARDS: gettext_lazy("A-cards"),
    inbox.CONTACTS: gettext_lazy("Follow-ups"),
    inbox.LINES: gettext_lazy("Incomplete lines"),
    inbox.LATE: gettext_lazy("Overdue"),
    inbox.DEFEATS: gettext_lazy("Defeats"),
    inbox.DEALT: gettext_lazy("Signed contracts"),
}
MODELS: dict[str, Any] = {
    inbox.CARDS: Card,
    inbox.CONTACTS: FollowUp,
    inbox.LINES: RegisterLine,
    inbox.DEFEATS: DefeatRequest,
}
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Act:
    """What can be done with an item: its form, its rule, the words when it is done; ``whole``: it takes the item."""

    form: type[forms.Form]
    rule: Callable[..., Any]
    done: Any
    whole: bool = False


def complete(line: RegisterLine, *, by: User, now: datetime, **said: str) -> None:
    """Complete a line that was left open (REG-08)."""
    completing.amend(line, by=by, now=now, kind=CorrectionKind.COMPLETION, **said)


ACTS: dict[tuple[str, str], Act] = {
    (inbox.CARDS, "sign"): Act(SignForm, cards.sign, gettext_lazy("Signed")),
    (inbox.CARDS, "return"): Act(ReturnForm, cards.send_back, gettext_lazy("Returned: the rep is told")),
    (inbox.CONTACTS, "sign"): Act(forms.Form, contact_signing.sign, gettext_lazy("Signed"), whole=True),
    (inbox.CONTACTS, "reject"): Act(
        RejectForm, contact_signing.reject, gettext_lazy("Rejected: the rep is told"), whole=True
    ),
    (inbox.LINES, "complete"): Act(CompleteForm, complete, gettext_lazy("The line is completed"), whole=True),
    (inbox.LATE, "remind"): Act(forms.Form, reminders.ask, gettext_lazy("The rep is reminded")),
    (inbox.DEFEATS, "confirm"): Act(ConfirmForm, defeat.confirm, gettext_lazy("Confirmed: the manager decides")),
    (inbox.DEFEATS, "approve"): Act(
        ApproveForm, defeat.approve, gettext_lazy("Approved: the customer has left the rep's file")
    ),
    (inbox.DEFEATS, "refuse"): Act(RefuseForm, defeat.refuse, gettext_lazy("Refused: the customer stays with the rep")),
    (inbox.DEFEATS, "close"): Act(
        forms.Form, defeat.close, gettext_lazy("Closed: card and request are archived together")
    ),
}


def fetch(request: HttpRequest, kind: str, pk: int) -> Any:
    """The item in the viewer's scope with its customer; 404 outside it, or for a kind that the viewer does not decide."""
    if kind not in inbox.kinds_of(request.user):
        raise Http404
    scope = Customer.objects.visible_to(request.user).select_related("key", "office__policy", "owner")
    if kind in inbox.OF_CUSTOMERS:
        found = scope.filter(pk=pk).first()
    else:
        found = MODELS[kind].objects.filter(pk=pk, customer__in=scope).first()
    if found is None:
        raise Http404
    if kind not in inbox.OF_CUSTOMERS:
        found.customer = scope.get(pk=found.customer_id)
    return found


def customer_of(item: Any) -> Customer:
    """Whom an item is about."""
    return item if isinstance(item, Customer) else item.customer


def decided_by(item: Any) -> str:
    """Who took the decision that somebody else came too late for, in words; empty if nobody did."""
    item.refresh_from_db()
    person = _decider(item)
    return str(_("%(person)s decided it already") % {"person": person}) if person is not None else ""


def _decider(item: Any) -> Any:
    """Whoever brought the item to its present state."""
    if isinstance(item, Card):
        if item.state == CardState.RETURNED:
            return item.returned_by
        return item.filed_by if item.state == CardState.FILED else item.signed_by
    if isinstance(item, RegisterLine):
        latest = item.corrections.select_related("by").order_by("-seq").first()
        return latest.by if latest else None
    names = ("closed_by", "decided_by", "confirmed_by")
    return next((person for name in names if (person := getattr(item, name, None)) is not None), None)


def _detail(request: HttpRequest, kind: str, item: Any, wrong: tuple[str, forms.Form] | None) -> dict[str, Any]:
    """What the right side shows of one item, with the forms of its acts."""
    customer = customer_of(item)
    found: dict[str, Any] = {"customer": customer, "name": name_of(customer), "item": item}
    if kind == inbox.CARDS:
        item.customer = customer
        found |= {"versions": versions_of(item)[:1], **verdict_of(customer, item)}
        acts = ["sign", "return"] if refusal(cards.check_sign, item, by=request.user) is None else []
    elif kind == inbox.CONTACTS:
        acts = ["sign", "reject"] if refusal(contact_signing.check_decide, item, by=request.user) is None else []
    elif kind == inbox.DEFEATS:
        acts = [act["name"] for act in acts_for(item, by=request.user)]
    elif kind == inbox.LINES:
        found |= shown_of(item)
        acts = ["complete"] if found["missing"] else []
    elif kind == inbox.DEALT:
        found |= {"card": card_of(customer), "versions": versions_of(card_of(customer))[:1]}
        acts = []
    else:
        refused = refusal(reminders.check_ask, customer, by=request.user, now=timezone.now())
        acts = ["remind"] if refused is None else []
    made = {name: form_of(kind, name, item) for name in acts}
    if wrong is not None:
        made[wrong[0]] = wrong[1]
    return {**found, "acts": made, "open": wrong[0] if wrong else ""}


def form_of(kind: str, act: str, item: Any, data: Any = None) -> forms.Form:
    """The form of an act; completing a line asks for no more than what is missing."""
    initial = {"seen": cards.stamp(item)} if kind == inbox.CARDS else {}
    form = ACTS[kind, act].form(data, auto_id=f"{act}_%s", initial=initial)
    return still_missing(form, item) if kind == inbox.LINES else form


def kind_asked(kind: str, counted: dict[str, int]) -> str:
    """The kind that is asked for; else the first of which something waits."""
    return kind if kind in counted else next((one for one, n in counted.items() if n), next(iter(counted), ""))


def _context(request: HttpRequest, kind: str, pk: int | None = None, **more: Any) -> dict[str, Any]:
    """The list of one kind with one item opened: the one asked for, else the first."""
    now, user = timezone.now(), request.user
    counted = inbox.counts(user, now=now)
    kind = kind_asked(kind, counted)
    rows = inbox.items(kind, user, now=now) if kind else []
    keys = [row.pk for row in rows]
    wrong = more.pop("wrong", None)
    at = pk if pk in keys else (keys[0] if keys else None)
    item = fetch(request, kind, at) if at is not None else None
    if item is not None and request.method != "HEAD":
        access.opened(customer_of(item), by=user, now=now)
    place = keys.index(at) if at is not None else 0
    return {
        "kind": kind,
        "asks": f"kind={kind}",
        "tabs": [(one, TABS[one], n, in_words(n)) for one, n in counted.items()],
        "rows": rows,
        "at": at,
        "next": keys[place + 1] if place + 1 < len(keys) else (keys[0] if place else ""),
        "total": counted.get(kind, 0),
        "shown": in_words(counted.get(kind, 0)),
        "bulk": kind in (inbox.CARDS, inbox.CONTACTS),
        "detail": _detail(request, kind, item, wrong) if item is not None else None,
        **more,
    }


def in_words(count: int) -> str:
    """A number that is counted no further than ``COUNTED``."""
    return f"{inbox.COUNTED}+" if count > inbox.COUNTED else str(count)


@require_safe
@needs(Duty.DECIDE)
def signing(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer, oldest first, one item opened; the opening is logged (ACC-05)."""
    context = _context(request, request.GET.get("kind", ""), whole(request.GET.get("item")))
    return render_part(request, TEMPLATE, context, part="signing")


@require_safe
@needs(Duty.DECIDE)
def signing_count(request: HttpRequest) -> HttpResponse:
    """How much waits, for the menu."""
    count = sum(inbox.counts(request.user, now=timezone.now()).values())
    return render(request, "customers/_signing_count.html", {"count": count, "most": inbox.COUNTED})


def _onward(request: HttpRequest, kind: str) -> HttpResponse:
    """The next item opens by itself."""
    following = whole(request.POST.get("next"))
    if wants_part(request):
        return render_part(request, TEMPLATE, _context(request, kind, following), part="signing")
    query = {"kind": kind} | ({"item": following} if following is not None else {})
    return go(request, f"{reverse('signing')}?{urlencode(query)}")


@require_POST
@needs(Duty.DECIDE)
def signing_act(request: HttpRequest, kind: str, pk: int, act: str) -> HttpResponse:
    """Decide on one item; whoever comes second is told who was first."""
    if (kind, act) not in ACTS:
        raise Http404
    item, one = fetch(request, kind, int(pk)), ACTS[kind, act]
    form = form_of(kind, act, item, request.POST)
    if not form.is_valid():
        context = _context(request, kind, item.pk, wrong=(act, form))
        return render_invalid(request, TEMPLATE, context, part="signing")
    subject = item if one.whole else customer_of(item)
    try:
        one.rule(subject, by=request.user, now=timezone.now(), **form.cleaned_data)
    except RuleError as error:
        messages.error(request, " · ".join(filter(None, [f"{error} ({error.rule})", decided_by(item)])))
    else:
        messages.success(request, str(one.done))
    return _onward(request, kind)


def _chosen(request: HttpRequest, kind: str) -> list[int]:
    """The ids of what is to be signed: the chosen ones, or everything that waits."""
    if request.POST.get("which") == "all":
        waiting = inbox.waiting(kind, request.user, now=timezone.now())
        return list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE])
    ids = (whole(text) for text in request.POST.getlist("items"))
    return [one for one in dict.fromkeys(ids) if one is not None][:MOST_AT_ONCE]


def _sign_each(request: HttpRequest, kind: str, ids: list[int]) -> tuple[int, list[tuple[str, str]]]:
    """How many were signed, and (which, why not) of the others; each in a transaction of its own."""
    one, signed, refused = ACTS[kind, "sign"], 0, []
    for pk in ids:
        item = fetch(request, kind, pk)
        try:
            one.rule(item if one.whole else item.customer, by=request.user, now=timezone.now())
        except RuleError as error:
            why = " · ".join(filter(None, [f"{error} ({error.rule})", decided_by(item)]))
            refused.append((str(_("No. %(number)s") % {"number": item.customer.number}), why))
        else:
            signed += 1
    return signed, refused


@require_POST
@needs(Duty.DECIDE)
def signing_bulk(request: HttpRequest) -> HttpResponse:
    """Sign many cards or follow-ups; the answer says for each that was not signed why (FUP-04)."""
    kind = request.POST.get("kind", "")
    if (kind, "sign") not in ACTS or kind not in inbox.kinds_of(request.user):
        raise Http404
    ids = _chosen(request, kind)
    if not ids:
        messages.error(request, _("Choose at least one line"))
        return _onward(request, kind)
    signed, refused = _sign_each(request, kind, ids)
    words = ngettext("%(count)s signed", "%(count)s signed", signed) % {"count": signed}
    return render_part(request, TEMPLATE, _context(request, kind, outcome=(words, refused)), part="signing")

"""One line of the register: the decision and its reason, everything added since, and the forms to add (REG-03..09)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common import phones
from common.errors import RuleError
from common.forms import refusals_on
from common.htmx import go
from customers import access, completing, registers
from customers.forms import CompleteForm, CorrectForm, RecordForm
from customers.models import RegisterCorrection, RegisterLine
from customers.models.register import CorrectionKind
from staff.access import needs
from staff.models import User
from staff.roles import Duty

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
FORMS: dict[str, type[forms.Form]] = {
    CorrectionKind.COMPLETION: CompleteForm,
    CorrectionKind.CORRECTION: CorrectForm,
    CorrectionKind.RECORD: RecordForm,
}


def _labels() -> dict[str, str]:
    return {
        "name": _("Customer's name"),
        "phone": _("Phone number"),
        "companions": _("Companions"),
        "needs": _("Needs"),
        "summary": _("Summary"),
        "shown": _("What was shown"),
        "intent": _("Intent"),
    }


def fetch(request: HttpRequest, number: int) -> RegisterLine:
    """The line in the viewer's scope; 404 outside it."""
    scope = RegisterLine.objects.visible_to(request.user)
    related = ("customer__key", "office", "receiver", "owner", "recorded_by")
    return get_object_or_404(scope.select_related(*related), number=number)


def _fields(said: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, text) of what an entry says, the number masked."""
    shown = {field: phones.mask(text) if field == "phone" else text for field, text in said.items()}
    return [(label, shown[field]) for field, label in _labels().items() if shown.get(field)]


def _entries(line: RegisterLine) -> list[RegisterCorrection]:
    entries = list(line.corrections.select_related("by").order_by("seq"))
    for entry in entries:
        entry.customer = line.customer
    return entries


def _refusal(line: RegisterLine, *, by: User, kind: str) -> RuleError | None:
    """Why ``by`` may not add an entry of this kind; None if they may."""
    today = line.office.today(timezone.now())
    try:
        registers.check_correct(line, by=by, today=today, completing=kind != CorrectionKind.CORRECTION)
    except RuleError as error:
        return error
    return None


def _form(kind: str, said: dict[str, Any], data: Any = None) -> forms.Form:
    """The form for an entry of this kind; completing asks for no more than what is missing."""
    form = FORMS[kind](data, auto_id=f"{kind}_%s")
    return _without(form, said) if kind == CorrectionKind.COMPLETION else form


def _without(form: forms.Form, said: dict[str, Any]) -> forms.Form:
    """The form without the fields that are said already."""
    for field in [name for name in form.fields if said.get(name)]:
        del form.fields[field]
    return form


def still_missing(form: forms.Form, line: RegisterLine) -> forms.Form:
    """The form with the fields alone that the line still lacks."""
    return _without(form, completing.effective(line, _entries(line)))


def shown_of(line: RegisterLine) -> dict[str, Any]:
    """What the line says by now, numbers masked, and what it still lacks."""
    said = completing.effective(line, _entries(line))
    erased = line.customer.data_key is None
    missing = [] if erased else [_labels()[field] for field in registers.missing(said)]
    return {"said": _fields(said), "missing": missing}


def _acts(
    request: HttpRequest, line: RegisterLine, said: dict[str, Any], wrong: forms.Form | None
) -> list[dict[str, Any]]:
    """What may be added, each with its form, or with the sentence that refuses it."""
    acts = []
    for kind in FORMS:
        refused = type(wrong) is FORMS[kind]
        form = wrong if wrong is not None and refused else _form(kind, said)
        refusal = _refusal(line, by=request.user, kind=kind)
        if form.fields:
            acts.append({"kind": kind, "form": form, "open": refused, "refusal": refusal})
    return acts


def _context(request: HttpRequest, line: RegisterLine, wrong: forms.Form | None = None) -> dict[str, Any]:
    """Everything the page shows; ``wrong``: the form that was just refused."""
    entries = _entries(line)
    said = completing.effective(line, entries)
    erased = line.customer.data_key is None
    return {
        "line": line,
        "original": _fields(registers.details_of(line)),
        "now": _fields(said) if entries else [],
        "erased": erased,
        "name": said.get("name") or "—",
        "missing": [] if erased else [_labels()[field] for field in registers.missing(said)],
        "entries": [{"entry": entry, "fields": _fields(registers.details_of(entry))} for entry in entries],
        "acts": [] if erased else _acts(request, line, said, wrong),
    }


@require_safe
@needs(*SEES)
def line(request: HttpRequest, number: int) -> HttpResponse:
    """One line with its decision, reason and place in the chain; the opening is logged (ACC-05)."""
    found = fetch(request, number)
    if request.method == "GET":
        access.opened_line(found, by=request.user, now=timezone.now())
    return render(request, "customers/line.html", _context(request, found))


@require_POST
@needs(*SEES)
def line_add(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Complete, correct or record: an entry is added, the original stays."""
    found = fetch(request, number)
    form = _form(kind, {}, request.POST)
    if form.is_valid():
        with refusals_on(form):
            completing.amend(found, by=request.user, now=timezone.now(), kind=kind, **form.cleaned_data)
            messages.success(request, _("Added to line no. %(number)s") % {"number": found.number})
            return go(request, "line", found.number)
    return render(request, "customers/line.html", _context(request, found, wrong=form), status=422)

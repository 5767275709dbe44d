"""The evening meeting: the day on one page, and what is due signed from it (REP-01)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from common.dates import month_of
from common.forms import refusals_on
from common.htmx import back_or_fragment, go, render_invalid, render_part
from common.whole import whole
from customers import guidance, inbox
from reports import day_figures, naming
from reports import meeting as rules
from reports.forms_meeting import AnswerForm, DayForm, GuidanceForm, ProblemForm
from reports.models import DayReport, Problem
from staff.access import needs
from staff.models import User
from staff.roles import Duty

TEMPLATE = "reports/meeting.html"
DUE = (inbox.CARDS, inbox.CONTACTS)


def _context(request: HttpRequest, **wrong: Any) -> dict[str, Any]:
    user, now = request.user, timezone.now()
    office = user.office
    today = office.today(now)
    day = DayForm(request.GET).chosen(today)
    figures = day_figures.of(office, day)
    problems = Problem.objects.filter(office=office, day=day).select_related("by", "answered_by")
    return {
        "day": day,
        "today": today,
        "day_form": DayForm(initial={"day": day}),
        "figures": figures,
        "moves": _moves(user, figures),
        "lines": f"/reports/{office.pk}/{month_of(day)}/lines/",
        "due": [(kind, inbox.items(kind, user, now=now)) for kind in DUE] if day == today else [],
        "problems": [
            (one, wrong.get("answer", {}).get(one.pk) or AnswerForm(auto_id=f"a{one.pk}_%s")) for one in problems
        ],
        "problem_form": wrong.get("problem") or ProblemForm(auto_id="problem_%s"),
        "guidance_form": wrong.get("guidance") or _guidance_form(request, today),
        "guidance": guidance.of_day(office, day),
        "handed_in": DayReport.objects.filter(office=office, day=day, submitted_at__isnull=False).count(),
    }


def _moves(user: User, figures: day_figures.DayFigures) -> list[tuple[naming.Named, str]]:
    """The levels that moved, each with the customer's name and who moved it."""
    said = {"moves": [(move.number, move.was, move.became) for move in figures.moves]}
    found = naming.named([said], viewer=user)[0]["moves"]
    return list(zip(found, (move.who for move in figures.moves), strict=True))


def _guidance_form(request: HttpRequest, today: date) -> GuidanceForm:
    """An empty form, or one on the customer whose number the address names."""
    number = request.GET.get("guide", "")
    said = {"number": number} if whole(number, digits=9) is not None else {}
    return GuidanceForm(auto_id="guidance_%s", office=request.user.office, today=today, initial=said)


@require_safe
@needs(Duty.SUPERVISE)
def meeting(request: HttpRequest) -> HttpResponse:
    """Visits and calls, by rep and source, levels moved, what is to be signed, problems, guidance: one day of the office."""
    return render_part(request, TEMPLATE, _context(request), part="meeting")


def _items(request: HttpRequest) -> list[tuple[str, int]]:
    """What was chosen, written ``cards:12``; anything else is passed over."""
    found = []
    for text in request.POST.getlist("items")[:500]:
        kind, _sign, pk = text.partition(":")
        key = whole(pk)
        if kind in DUE and key is not None:
            found.append((kind, key))
    return found


@require_POST
@needs(Duty.SUPERVISE)
def meeting_sign(request: HttpRequest) -> HttpResponse:
    """Sign what was chosen, each by its own rule, with what became of each."""
    items = _items(request)
    if not items:
        messages.error(request, _("Choose what to sign"))
        return go(request, "meeting")
    signed = rules.sign(request.user.office, items=items, by=request.user, now=timezone.now())
    if signed.count:
        words = ngettext("%(count)s signed", "%(count)s signed", signed.count)
        messages.success(request, words % {"count": signed.count})
    for number, sentence in signed.refused:
        messages.error(request, _("No. %(number)s not signed: %(why)s") % {"number": number, "why": sentence})
    return go(request, "meeting")


def _changed(request: HttpRequest, part: str, *, of_today: bool = True) -> HttpResponse:
    """The card that changed alone: what is ticked or typed in the others stays.

    ``of_today``: what was written is today's, so a page of an earlier day gives way to today's.
    """
    context = _context(request)
    if of_today and context["day"] != context["today"]:
        return go(request, "meeting")
    back = f"{reverse('meeting')}?day={context['day'].isoformat()}"
    return back_or_fragment(request, back, TEMPLATE, context, part=part)


@require_POST
@needs(Duty.SUPERVISE, Duty.SEE_OWN)
def problem_raise(request: HttpRequest) -> HttpResponse:
    """Put a problem on the list."""
    form = ProblemForm(request.POST, auto_id="problem_%s")
    back = "meeting" if request.user.has(Duty.SUPERVISE) else "my_day"
    if form.is_valid():
        with refusals_on(form):
            rules.raise_problem(request.user.office, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("The problem is on the list of tonight's meeting"))
            return _changed(request, "problems") if back == "meeting" else go(request, back)
    if back == "meeting":
        return render_invalid(request, TEMPLATE, _context(request, problem=form), part="problems")
    messages.error(request, _("Enter the problem"))
    return go(request, back)


@require_POST
@needs(Duty.SUPERVISE)
def problem_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a problem."""
    problem = get_object_or_404(Problem.objects.filter(office=request.user.office), pk=pk)
    form = AnswerForm(request.POST, auto_id=f"a{pk}_%s")
    if form.is_valid():
        with refusals_on(form):
            rules.answer(problem, by=request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("Answered: whoever raised it is told"))
            return _changed(request, "problems", of_today=False)
    return render_invalid(request, TEMPLATE, _context(request, answer={pk: form}), part="problems")


@require_POST
@needs(Duty.SUPERVISE)
def meeting_guidance(request: HttpRequest) -> HttpResponse:
    """Guidance on a customer or to a rep."""
    now, office = timezone.now(), request.user.office
    if office is None:
        raise Http404
    form = GuidanceForm(request.POST, auto_id="guidance_%s", office=office, today=office.today(now))
    if form.is_valid():
        said = {"words": form.cleaned_data["words"], "by": request.user, "now": now}
        with refusals_on(form):
            if form.cleaned_data["customer"] is not None:
                guidance.on_customer(form.cleaned_data["customer"], **said)
            elif form.rep is not None:
                guidance.to_person(form.rep, office=office, **said)
            messages.success(request, _("The guidance is given: the rep is told"))
            return _changed(request, "guidance")
    return render_invalid(request, TEMPLATE, _context(request, guidance=form), part="guidance")

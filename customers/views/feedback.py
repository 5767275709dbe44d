"""What customers said in a month: by theme, and the lines behind each figure (REG-11)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common import counting
from common.htmx import render_part
from common.templatetags.ui import badge
from customers import feedback as rules
from customers.forms_dossier import FeedbackFilter
from customers.models import Feedback, Person, Sentiment, Theme
from customers.rows import KEY, Opener
from staff.access import needs
from staff.models import User
from staff.roles import Duty

from .lists import page_of

SEES = (Duty.SEE_OFFICE, Duty.SEE_OWN)
FIELDS = (
    *("id", "day", "theme", "sentiment", "text_sealed", "customer_id", "customer__number", "by__name"),
    *("name_sealed", "total", *KEY),
)
ORDER = ("-day", "-id")
COLOURS = {Sentiment.PRAISE: "approved", Sentiment.NEUTRAL: "draft", Sentiment.COMPLAINT: "returned"}


def _filter(request: HttpRequest) -> FeedbackFilter:
    today: date = request.user.office.today(timezone.now())
    return FeedbackFilter.read(request.GET, today=today)


def lines_of(user: User, form: FeedbackFilter) -> QuerySet[Feedback]:
    """The opinions of the viewer's scope that are asked for, with the sealed names of their customers."""
    chosen = {name: form.chosen[name] for name in ("theme", "sentiment") if name in form.chosen}
    return _with_name(rules.of_month(Feedback.objects.visible_to(user), form.month_asked).filter(**chosen))


@require_safe
@needs(*SEES)
def feedback(request: HttpRequest) -> HttpResponse:
    """A month by theme: the office's for the desk, one's own customers' for a rep."""
    form = _filter(request)
    opinions = Feedback.objects.visible_to(request.user)
    context = {
        "form": form,
        "month": f"{form.month_asked:%Y-%m}",
        "rows": rules.summary(opinions, form.month_asked),
        "ways": Sentiment.labels,
        "office": request.user.has(Duty.SEE_OFFICE),
    }
    return render_part(request, "customers/feedback.html", context, part="summary")


@require_safe
@needs(*SEES)
def feedback_lines(request: HttpRequest) -> HttpResponse:
    """The opinions behind a figure, newest first."""
    form = _filter(request)
    page = page_of(request, lines_of(request.user, form), FIELDS, order=ORDER)
    context = {
        "form": form,
        "month": f"{form.month_asked:%Y-%m}",
        "lines": shown(page.rows),
        "page": page,
        "total": counting.in_words(page.rows[0]["total"]) if page.rows else "0",
    }
    return render_part(request, "customers/feedback_lines.html", context, part="list")


def _with_name(found: QuerySet) -> QuerySet:
    """The opinions with the sealed name by which their customer goes."""
    first = Person.objects.filter(customer=OuterRef("customer")).order_by("pk")
    return found.annotate(name_sealed=Subquery(first.values("name_sealed")[:1]))


def shown(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Opinions as the list shows them."""
    opener = Opener()
    themes = {one.value: str(one.label) for one in Theme}
    ways = {one.value: badge(COLOURS[one], one.label) for one in Sentiment}
    return [
        {
            "day": row["day"].isoformat(),
            "number": row["customer__number"],
            "customer": row["customer_id"],
            "name": opener.text(row, row["name_sealed"], model="Person", field="name") or "—",
            "theme": themes[row["theme"]],
            "way": ways[row["sentiment"]],
            "text": opener.text(row, row["text_sealed"], model="Feedback", field="text") or "—",
            "by": row["by__name"],
        }
        for row in found
    ]

"""Small pieces of the interface. They know no business; they work from templates and from Python alike."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import heroicons
from django import forms, template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
MISSING = "—"


@register.simple_tag
def badge(kind: str, text: object) -> SafeString:
    """A state in colour, dot and word; ``kind`` is one of the classes of ``.badge`` in base.css."""
    return format_html('<span class="badge {}">{}</span>', kind, text)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, style: str = "outline") -> SafeString:
    """A decorative heroicon, inline; the words beside it say what it means."""
    drawn = heroicons._render_icon(style, str(name), 24, {"class": "icon", "aria-hidden": "true"})
    return mark_safe(drawn)  # the library's own drawing, no input in it


@register.simple_tag
def phone(shown: str, call: str = "") -> SafeString:
    """A phone number as it may be shown; ``call`` is the full number, given only for those who may see it."""
    if call:
        return format_html('<a class="num nowrap" href="tel:{}">{}</a>', call, shown)
    return format_html('<span class="num nowrap">{}</span>', shown or MISSING)


@register.simple_tag
def local_time(moment: datetime | None) -> SafeString:
    """``2026-11-22 14:08`` in the current time zone; a dash for a missing time."""
    if moment is None:
        return mark_safe(MISSING)
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), f"{local:%Y-%m-%d %H:%M}")


@register.simple_tag
def clock(moment: datetime | None) -> SafeString:
    """``14:08`` in the current time zone, for what happened today."""
    if moment is None:
        return mark_safe(MISSING)
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), f"{local:%H:%M}")


@register.simple_tag
def day(value: date | None) -> SafeString:
    """``2026-11-22``; a dash for a missing day."""
    return mark_safe(MISSING) if value is None else format_html('<time datetime="{0}">{0}</time>', value.isoformat())


@register.simple_tag
def dated(value: date) -> SafeString:
    """``2026-11-22 Sunday``: a day where it matters which day of the week it is."""
    name = formats.date_format(value, "l")
    return format_html(
        '<time class="nowrap" datetime="{0}">{0}</time> <span class="nowrap">{1}</span>', value.isoformat(), name
    )


@register.filter
def dash(value: object) -> object:
    """The value, or a dash where it is missing. Zero is a value."""
    return MISSING if value is None or value == "" else value


@register.filter
def amount(value: object) -> str:
    """``17,800`` or ``17,800.50``: thousands separated, decimals only where there are some; a dash where it is missing."""
    return MISSING if value is None or value == "" else f"{Decimal(str(value)):,.2f}".removesuffix(".00")


def _shown(form: forms.BaseForm, name: str) -> str:
    """The chosen value of a filter in words: the label of a choice, else the value as typed."""
    value = form[name].value()
    field = form.fields[name]
    if isinstance(field, forms.BooleanField):
        return ""
    choices = field.choices if isinstance(field, forms.ChoiceField) else ()
    words = {str(key): label for key, label in choices}  # type: ignore[union-attr,misc]
    return str(words.get(str(value), value))


@register.inclusion_tag("components/chips.html", takes_context=True)
def chips(context: dict[str, Any], form: forms.BaseForm) -> dict[str, Any]:
    """The filters in force, each with the address of the same list without it."""
    found = []
    for field in form.visible_fields():
        if not form.is_bound or not field.value():
            continue
        rest = context["request"].GET.copy()
        rest.pop(field.html_name, None)
        rest.pop("cursor", None)
        found.append({"label": field.label, "value": _shown(form, field.name), "url": f"?{rest.urlencode()}"})
    return {"chips": found}

"""The small pieces of the interface."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from common.forms import PlainForm
from common.templatetags import ui

MORNING = datetime(2026, 11, 22, 6, 8, tzinfo=UTC)


class FilterForm(PlainForm):
    kind = forms.ChoiceField(label="类型", choices=[("", "全部"), ("visit", "来访")], required=False)
    name = forms.CharField(label="姓名", required=False)


def test_badge_escapes_what_it_shows():
    assert ui.badge("waiting", "<b>") == '<span class="badge waiting">&lt;b&gt;</span>'


def test_icon_is_drawn_inline_and_hidden_from_readers():
    drawn = ui.icon("bell")
    assert drawn.startswith("<svg")
    assert 'aria-hidden="true"' in drawn
    assert "style=" not in drawn


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("17800.00"), "17,800"),
        (Decimal("17800.5"), "17,800.50"),
        ("17800.50", "17,800.50"),
        (0, "0"),
        (None, "—"),
        ("", "—"),
    ],
)
def test_amounts_have_thousands_and_decimals_only_where_there_are_some(value, shown):
    assert ui.amount(value) == shown


def test_phone_is_a_link_only_with_the_number_to_call():
    assert "href" not in ui.phone("138****1234")
    assert 'href="tel:15400001234"' in ui.phone("154 0000 1234", "15400001234")
    assert "—" in ui.phone("")


def test_times_are_local_and_plain():
    with timezone.override("Asia/Shanghai"):
        assert ">2026-11-22 14:08<" in ui.local_time(MORNING)
        assert ">14:08<" in ui.clock(MORNING)
    with timezone.override("America/New_York"):
        assert ">2026-11-22 01:08<" in ui.local_time(MORNING)
    assert ">2026-11-22<" in ui.day(date(2026, 11, 22))


def test_missing_is_a_dash_and_zero_is_zero():
    assert [ui.local_time(None), ui.clock(None), ui.day(None), ui.dash(None), ui.dash("")] == ["—"] * 5
    assert ui.dash(0) == 0


def test_chips_name_each_filter_and_lead_to_the_list_without_it():
    request = RequestFactory().get("/register/", {"kind": "visit", "name": "林<", "cursor": "x"})
    context = Context({"request": request, "form": FilterForm(request.GET)})
    drawn = Template("{% chips form %}").render(context)
    assert 'href="?name=%E6%9E%97%3C"' in drawn
    assert 'href="?kind=visit"' in drawn
    assert "类型 · 来访" in drawn
    assert "林&lt;" in drawn


def test_no_chips_without_filters():
    request = RequestFactory().get("/register/")
    assert Template("{% chips form %}").render(Context({"request": request, "form": FilterForm()})).strip() == ""


@pytest.mark.parametrize("name", ["bell", "key", "x-mark"])
def test_icons_are_drawn_once(name):
    assert ui.icon(name) is ui.icon(name)

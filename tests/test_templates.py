"""What holds for every template: size, no inline code, forms that the server alone validates."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR) / "templates"
TEMPLATES = sorted(ROOT.rglob("*.html"))
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", re.IGNORECASE)
FORM = re.compile(r"<form\b(?:[^>%]|%(?!})|%})*?>.*?</form>", re.IGNORECASE | re.DOTALL)
LONGEST = 120


def faults(text: str) -> list[str]:
    """What is wrong with a template, in words."""
    found = []
    if len(text.splitlines()) > LONGEST:
        found.append(f"more than {LONGEST} lines")
    if match := INLINE.search(text):
        found.append(f"inline code: {match[0]}")
    for form in FORM.findall(text):
        if 'method="post"' in form and "csrf_token" not in form:
            found.append("a form without its token")
        if "as_field_group" in form and "novalidate" not in form:
            found.append("a form that the browser validates")
    return found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_keeps_the_house_style(path):
    assert faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        "<p>\n" * 121,
        "<script>alert(1)</script>",
        '<p style="color:red">',
        '<button onclick="go()">',
        '<form method="post"><button>x</button></form>',
        '<form method="post">{% csrf_token %}{{ form.name.as_field_group }}</form>',
    ],
)
def test_a_template_out_of_style_is_caught(text):
    assert faults(text) != []

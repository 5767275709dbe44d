"""The Chinese catalogue loads, says what the English says, and speaks as the house does."""

import re

import polib
import pytest
from django.utils import translation

from ops.translations import LOCALE, catalogue, compile_catalogues

CATALOGUE = catalogue(LOCALE)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
UNWELCOME = re.compile("失败|非法|您|[!！]")


def mismatches(entry: polib.POEntry) -> bool:
    """Whether the translation lacks a placeholder of the message, or has one of its own."""
    texts = [*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr]
    wanted = sorted(set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)))
    return any(text and sorted(set(PLACEHOLDER.findall(text))) != wanted for text in texts)


def unwelcome(entry: polib.POEntry) -> bool:
    """Whether the translation scolds, shouts or is stiff (UX, words)."""
    return any(UNWELCOME.search(text) for text in (entry.msgstr, *entry.msgstr_plural.values()))


def test_the_header_lets_django_load_it():
    assert CATALOGUE.metadata["Language"] == "zh_Hans"
    assert "charset=UTF-8" in CATALOGUE.metadata["Content-Type"]
    assert CATALOGUE.metadata["Plural-Forms"] == "nplurals=1; plural=0;"
    assert not CATALOGUE.metadata_is_fuzzy


def test_django_speaks_every_translation():
    simple = [entry for entry in CATALOGUE if entry.msgstr and not entry.msgctxt and not entry.obsolete]
    assert simple
    with translation.override("zh-hans"):
        assert {entry.msgid for entry in simple if translation.gettext(entry.msgid) != entry.msgstr} == set()
    with translation.override("en"):
        assert {entry.msgid for entry in simple if translation.gettext(entry.msgid) != entry.msgid} == set()


def test_placeholders_agree():
    assert [entry.msgid for entry in CATALOGUE if mismatches(entry)] == []


def test_the_words_are_those_of_the_house():
    assert [entry.msgid for entry in CATALOGUE if unwelcome(entry)] == []


@pytest.mark.parametrize(
    ("check", "msgid", "msgstr"),
    [
        (mismatches, "%(name)s left", "已离开"),
        (mismatches, "{day} of {month}", "{day}日{moon}月"),
        (unwelcome, "No", "操作失败"),
        (unwelcome, "Hello", "您好"),
        (unwelcome, "Stop", "停！"),
    ],
)
def test_the_checks_catch_a_broken_twin(check, msgid, msgstr):
    assert check(polib.POEntry(msgid=msgid, msgstr=msgstr))


def test_only_what_changed_is_compiled_anew(tmp_path):
    folder = tmp_path / "xx" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "a"\nmsgstr "b"\n')
    assert compile_catalogues(tmp_path) == 1
    assert compile_catalogues(tmp_path) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]
    assert polib.mofile(str(folder / "django.mo"))[0].msgstr == "b"

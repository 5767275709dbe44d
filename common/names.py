"""People's names: cleaned for keeping, cut into search tokens, masked for showing.

A name is stored as typed, in NFC. Its search tokens come from a folded form without case, accents, spaces and dots, and
are equal look-ups all: the whole name, its beginnings, its pinyin syllable by syllable, its initials.
"""

import functools
import os
import unicodedata
from itertools import accumulate

from django.utils.translation import gettext as _

from common.errors import RuleError
from common.surnames import surname_length, surname_reading

LONGEST = 60
LONGEST_TYPED = 1000
PREFIX_LONGEST = 8
LATIN_PREFIX_SHORTEST = 2
TOKENS_MOST = 40
STARS_MOST = 3
UNSEEN = {"Cc", "Cf", "Cs"}
BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
RARE_READINGS = {"𠮷": "ji"}

Token = tuple[str, str]


def clean(raw: str) -> str:
    """The name as it is kept: one space between words, no invisible characters; empty for empty.

    Raises RuleError when it is longer than 60 characters.
    """
    if len(raw) <= LONGEST_TYPED:
        spaced = "".join(" " if mark.isspace() or mark in BLANKS else mark for mark in raw)
        seen = "".join(mark for mark in spaced if unicodedata.category(mark) not in UNSEEN)
        name = " ".join(unicodedata.normalize("NFC", seen).split())
        if len(name) <= LONGEST:
            return name
    raise RuleError(
        _("A name has at most %(most)d characters: put the rest into the needs.") % {"most": LONGEST}, rule="REG-03"
    )


def tokens(name: str) -> set[Token]:
    """What a name is found by: at most 40 pairs of kind and value, to be digested before they are stored."""
    words = fold(name)
    whole = "".join(words)
    if not whole:
        return set()
    found = [("name", whole), *(("prefix", part) for part in beginnings(whole))]
    if any(is_han(mark) for mark in whole):
        found += pinyin_tokens(whole)
    else:
        found += [("prefix", part) for word in words[1:] for part in beginnings(word)]
    return set(found[:TOKENS_MOST])


def query_tokens(text: str) -> list[Token]:
    """What to look up for what a person typed; a name with any one of these tokens fits."""
    typed = unicodedata.normalize("NFC", text[:LONGEST_TYPED]).lower()
    whole = "".join(fold(typed))
    if not whole:
        return []
    if not is_latin(whole[0]):
        return [("prefix", whole[:PREFIX_LONGEST])]
    if len(whole) < LATIN_PREFIX_SHORTEST:
        return [("name", whole)]
    found = [("prefix", whole[:PREFIX_LONGEST])]
    if whole.isalpha():
        spelt = "".join(fold(typed.replace("ü", "v"))).replace("lyu", "lv")
        found += [("pinyin", spelt), ("initials", whole[:PREFIX_LONGEST])]
    return found


def fold(name: str) -> list[str]:
    """The words of a name in the form in which names are compared: no case, width, accents, dots or invisible marks."""
    if name.isalnum() and all(is_han(mark) for mark in name):
        return [unicodedata.normalize("NFKD", name)]
    flat = unicodedata.normalize("NFKD", name[:LONGEST_TYPED]).casefold()
    flat = unicodedata.normalize("NFKD", flat)
    marks = ("" if is_accent(mark) else " " if is_ignored(mark) else mark for mark in flat)
    return "".join(marks).split()


def is_accent(mark: str) -> bool:
    """Does ``mark`` only change the character before it, or show nothing?"""
    return unicodedata.category(mark) in {"Mn", "Mc", "Me", *UNSEEN}


def is_ignored(mark: str) -> bool:
    """Is ``mark`` a space or a sign that stands between words?"""
    return unicodedata.category(mark)[0] in {"P", "Z"} or mark in BLANKS


def is_han(mark: str) -> bool:
    """Is ``mark`` a Chinese character, of the extensions too (𠮷)?"""
    return (
        "\u4e00" <= mark <= "\u9fff"
        or "\u3400" <= mark <= "\u4dbf"
        or "\U00020000" <= mark <= "\U0003ffff"
        or mark == "〇"
    )


def is_latin(mark: str) -> bool:
    """Is ``mark`` one of the letters and digits of a plain keyboard?"""
    return mark.isascii() and mark.isalnum()


def beginnings(word: str) -> list[str]:
    """The beginnings of a word up to 8 characters; of a Latin one from two letters on."""
    shortest = LATIN_PREFIX_SHORTEST if is_latin(word[0]) else 1
    return [word[:size] for size in range(shortest, min(len(word), PREFIX_LONGEST) + 1)]


def pinyin_tokens(whole: str) -> list[Token]:
    """Pinyin and initials of a Chinese name: as its surname is read, and as someone would who only sees the word."""
    everyday = [syllable for mark in whole[:PREFIX_LONGEST] if (syllable := reading(mark))]
    found = spelt_tokens(everyday)
    if surname := surname_reading(whole):
        rest = [syllable for mark in whole[len(surname) : PREFIX_LONGEST] if (syllable := reading(mark))]
        found = spelt_tokens([*surname, *rest]) + found
    return found


def spelt_tokens(syllables: list[str]) -> list[Token]:
    """Tokens of one reading: the pinyin up to each syllable, the initials from two on."""
    spelt = [("pinyin", part) for part in accumulate(syllables)]
    initials = "".join(syllable[0] for syllable in syllables)
    return spelt + [("initials", initials[:size]) for size in range(2, len(initials) + 1)]


@functools.lru_cache(maxsize=8192)
def reading(mark: str) -> str:
    """The everyday reading of one character without tone; a letter reads as itself, the unknown as nothing.

    Characters are cached, never names. The phrase dictionary stays unread: it takes 45 MB and knows no names.
    """
    if is_latin(mark):
        return mark
    if mark in RARE_READINGS:
        return RARE_READINGS[mark]
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(mark, errors="ignore"))


def surname(name: str) -> str:
    """What a screen on the wall may show: 王, 欧阳; of a Latin name the first letter, J."""
    shown = visible(name)
    if not shown:
        return ""
    if is_han(shown[0]):
        return shown[: surname_length(shown)]
    return f"{shown[0].upper()}." if shown[0].isalpha() else "*"


def mask(name: str) -> str:
    """The surname and a star for each further character, one at least and three at most: 王**, 欧阳**, J***."""
    if not name:
        return ""
    shown = visible(name)
    head = surname(name).rstrip(".*")
    return head + "*" * min(max(len(shown) - len(head), 1), STARS_MOST)


def visible(name: str) -> str:
    """The characters of a name that stand for something, without spaces and dots."""
    return "".join(mark for mark in name if not is_accent(mark) and not is_ignored(mark))

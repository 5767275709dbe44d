"""Words as people write them: one of a list, yes or no. Pure; refusals in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from .values import plain, refused


def word(text: str, words: Mapping[str, str]) -> str:
    """The value for a word: ``words`` maps what people write, in plain form, to what is kept."""
    said = plain(text)
    if said in words:
        return words[said]
    for known, value in words.items():
        if len(known) > 1 and known in said:
            return value
    usual: dict[str, str] = {}
    for known, value in words.items():
        usual.setdefault(value, known)
    raise refused(
        _("“%(text)s” is not known here: choose one of %(words)s")
        % {"text": said[:20], "words": "、".join(usual.values())}
    )


YES = {
    "是": "yes",
    "有": "yes",
    "y": "yes",
    "yes": "yes",
    "1": "yes",
    "√": "yes",
    "true": "yes",
    "否": "no",
    "无": "no",
    "没有": "no",
    "n": "no",
    "no": "no",
    "0": "no",
    "×": "no",
    "x": "no",
    "未": "no",
    "false": "no",
}


def yes(text: str, *, otherwise: bool) -> bool:
    """Yes or no as people tick it."""
    said = plain(text)
    if not said:
        return otherwise
    return False if said.startswith(("未", "没", "不")) else word(said, YES) == "yes"

"""Whole numbers out of addresses and hidden fields, where nobody is told of a wrong one."""


def whole(text: str | None, *, digits: int = 18) -> int | None:
    """The number that ``text`` writes in at most so many ASCII digits; None for anything else. 18 fit any key."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else None

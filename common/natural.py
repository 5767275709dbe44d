"""The order in which people count: 2 before 10, 1-1-101 before 1-1-1001."""

import re

NUMBER = re.compile("[0-9]+")


def natural(text: str) -> str:
    """A key that sorts ``text`` as people count: before each number stands how many digits it has."""
    return NUMBER.sub(_counted, text)


def _counted(found: re.Match[str]) -> str:
    digits = found[0].lstrip("0")
    return f"{len(digits):02d}{digits}"

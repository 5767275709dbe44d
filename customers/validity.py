"""How long a registration holds, as a pure function of its days (OWN-06, 000/10, 15.3)."""

from collections.abc import Iterable
from datetime import date


def holds_until(first_until: date, contacts: Iterable[tuple[date, date]]) -> date:
    """The last day on which a registration holds.

    ``first_until``: the end that the opening day gives. ``contacts``: (day, end that it gives) of each effective
    contact. A contact after the end that all earlier ones give comes too late: the registration had lapsed.
    """
    until = first_until
    for day, gives in sorted(contacts):
        if day > until:
            break
        until = max(until, gives)
    return until

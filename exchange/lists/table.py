"""Every list that can be taken out, by the name under which its page asks for it (REP-07)."""

from __future__ import annotations

from staff.models import User
from staff.roles import Duty

from .bulk import BULK
from .conduct import CONDUCT
from .homes import HOMES
from .listed import Listed
from .moves import MOVES
from .parties import PARTIES
from .people import PEOPLE
from .registers import REGISTERS
from .reporting import REPORTING

LISTS: dict[str, Listed] = {**REGISTERS, **PARTIES, **HOMES, **MOVES, **CONDUCT, **PEOPLE, **REPORTING, **BULK}
DUTIES: tuple[Duty, ...] = tuple(duty for duty in Duty if any(duty in listed.duties for listed in LISTS.values()))


def open_to(user: User) -> list[str]:
    """The names of the lists that this person may take out."""
    return [name for name, listed in LISTS.items() if listed.is_for(user)]

"""Those whom an arrival concerns, held until it is written: nobody goes, none is moved meanwhile (HAND-02, OFF-04)."""

from __future__ import annotations

from collections.abc import Container

from django.utils.translation import gettext as _

from common.errors import RuleError
from customers import ownership
from customers.models import Customer
from staff import leaving, posting
from staff.models import Office, User

DECISIVE = ("standing", "owner_id", "since", "valid_until", "number")


class Changed(Exception):
    """What a decision rests on changed in the same instant: it is taken anew, without those who have ``gone``."""

    def __init__(self, *gone: int) -> None:
        super().__init__()
        self.gone = list(gone)


def people(office: Office, *, took: set[int], others: set[int], known: dict[int, User]) -> set[int]:
    """Who of these sells here and stays, held; all of them are added to those ``known``.

    Changed where one of ``took``, whom the board chose, has gone.
    """
    wanted = took | others
    here = posting.lock_sellers(office, wanted) if wanted else {}
    known.update(here)
    if wanted - known.keys():
        known.update(User.objects.in_bulk(wanted - known.keys()))
    if took - here.keys():
        raise Changed(*(took - here.keys()))
    return set(here)


def check_stays(person: User, here: Container[int]) -> None:
    """Whoever takes a place, or becomes owner without the board's word, is here and not leaving."""
    if person.pk not in here or leaving.is_leaving(person):
        raise RuleError(_("%(person)s is leaving: choose somebody else") % {"person": person}, rule="OFF-04")


def customer(seen: Customer) -> Customer:
    """The known customer as it is now, held; Changed if somebody gave it out or moved it since it was ``seen``."""
    found = ownership.relock(seen)
    if any(getattr(found, name) != getattr(seen, name) for name in DECISIVE):
        raise Changed
    return found

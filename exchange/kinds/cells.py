"""The cells of one row while they are being understood: each fault kept with its column, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from common.errors import RuleError
from exchange import value_days, values
from staff.models import Office, Posting, User
from staff.roles import SELLING_ROLES

T = TypeVar("T")


class Cells:
    """Reads texts by column name; what cannot be understood is noted in ``faults`` as [column, sentence]."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self.said = said
        self.faults: list[list[str]] = []

    def read(self, name: str, parse: Callable[[str], T], otherwise: Any = None) -> T | Any:
        """The value of a column; ``otherwise`` where it is empty or not understood."""
        text = self.said.get(name, "")
        if not text:
            return otherwise
        try:
            return parse(text)
        except RuleError as error:
            self.fault(name, str(error))
            return otherwise

    def need(self, name: str, parse: Callable[[str], T]) -> T | Any:
        """The value of a column that must not be empty."""
        if not self.said.get(name):
            self.fault(name, _("Empty: fill it in"))
            return None
        return self.read(name, parse)

    def text(self, name: str, most: int = 2000) -> str:
        """A text as it stands, cut at nothing: one that is too long is a fault."""
        text = self.said.get(name, "")
        if len(text) > most:
            self.fault(name, _("At most %(most)s characters fit here") % {"most": most})
        return text[:most]

    def fault(self, name: str, sentence: str) -> None:
        """Note what is wrong with a column."""
        self.faults.append([name, sentence])

    def moment(self, office: Office) -> datetime | None:
        """The local moment that the columns ``day`` and ``time`` tell; noon where no time is told."""
        day: date | None = self.need("day", value_days.day)
        if day is None:
            return None
        at: time | None = self.read("time", value_days.clock) or self.read("day", value_days.clock)
        return datetime.combine(day, at or time(12), tzinfo=ZoneInfo(office.timezone))


@dataclass
class Staff:
    """Those who sell or sold in an office, by staff number and by name; ``here`` are those who stay."""

    by_number: dict[str, User] = field(default_factory=dict)
    by_name: dict[str, list[User]] = field(default_factory=dict)
    here: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, office: Office) -> Staff:
        """Everybody who ever held a selling post in ``office``; one query."""
        found = cls()
        rows = Posting.objects.filter(office=office, role__in=SELLING_ROLES).select_related("user")
        for posting in rows.order_by("pk"):
            if posting.number is not None:
                found.by_number[str(posting.number)] = posting.user
            if posting.until is None and posting.user.is_active:
                found.here.add(posting.user.pk)
            same = found.by_name.setdefault(posting.user.name, [])
            if posting.user not in same:
                same.append(posting.user)
        return found

    def find(self, text: str) -> User:
        """The person whom a name or staff number means. RuleError when nobody or several are meant."""
        named = self.by_name.get(text, [])
        if len(named) > 1:
            raise values.refused(_("Several people have this name: enter the staff number"))
        person = named[0] if named else self.by_number.get(text.removesuffix(".0"))
        if person is None:
            raise values.refused(_("Nobody of this name or number sells in this office: add the person first"))
        return person


@dataclass
class Checked:
    """What checking says of one row: its faults, whether it is there already, its place, its mark among the others."""

    faults: list[list[str]] = field(default_factory=list)
    known: str = ""
    place: int = 0
    mark: str = ""


Row = tuple[int, dict[str, str]]

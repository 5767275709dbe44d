"""The menu: one table of entries, filtered by the duties of the person."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staff.roles import Duty


@dataclass(frozen=True)
class Entry:
    """One line of the menu: words, URL name, icon, and the duties of which one is enough (none: everybody)."""

    label: Promise | str
    name: str
    icon: str
    duties: tuple[Duty, ...] = ()


ENTRIES = (
    Entry(_("Board"), "board", "queue-list", (Duty.SEE_BOARD,)),
    Entry(_("Check in"), "check_in", "user-plus", (Duty.CHECK_IN,)),
    Entry(_("My register"), "my_register", "book-open", (Duty.SEE_OWN,)),
    Entry(_("Public register"), "register", "clipboard-document-list", (Duty.SEE_OFFICE,)),
    Entry(_("Customers"), "customers", "users", (Duty.SEE_OWN, Duty.SEE_OFFICE)),
    Entry(_("Take a call"), "call_in", "phone-arrow-down-left", (Duty.CHECK_IN,)),
    Entry(_("Inbox"), "inbox", "inbox"),
    Entry(_("Public pool"), "pool", "lifebuoy", (Duty.SUPERVISE,)),
    Entry(_("Lapsing soon"), "lapsing", "clock", (Duty.SEE_OWN, Duty.SEE_OFFICE)),
    Entry(_("Fairness"), "fairness", "scale", (Duty.SEE_BOARD,)),
    Entry(_("Staff"), "staff", "identification", (Duty.RULE_STAFF, Duty.RULE_FITNESS)),
    Entry(_("Results"), "results", "trophy", (Duty.SET_POLICY,)),
    Entry(_("Displays"), "displays", "tv", (Duty.SET_POLICY,)),
    Entry(_("Office policy"), "policy", "adjustments-horizontal", (Duty.SET_POLICY,)),
    Entry(_("Accounts"), "accounts", "key", (Duty.ADMINISTER,)),
)


@dataclass(frozen=True)
class Shown:
    """An entry as the template draws it; ``current`` is a value of aria-current, or empty."""

    label: Promise | str
    url: str
    icon: str
    current: str


def _current(entry: Entry, url_name: str) -> str:
    """``page`` on the entry's own page, ``true`` on a page below it, else empty."""
    if url_name == entry.name:
        return "page"
    return "true" if url_name.startswith(f"{entry.name}_") else ""


def entries(request: HttpRequest) -> list[Shown]:
    """The entries for the person of this request."""
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    found = []
    for entry in ENTRIES:
        if entry.duties and not any(request.user.has(duty) for duty in entry.duties):
            continue
        try:
            url = reverse(entry.name)
        except NoReverseMatch:
            continue
        found.append(Shown(entry.label, url, entry.icon, _current(entry, here)))
    return found


def menu(request: HttpRequest) -> dict[str, Callable[[], Any]]:
    """Context processor. The menu is built only where a template draws it: never for a fragment."""
    return {"menu": lambda: entries(request)}

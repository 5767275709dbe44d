"""The menu: one table of entries, filtered by the duties of the person."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from exchange.lists.table import DUTIES
from staff.roles import Duty, has_duty


@dataclass(frozen=True)
class Entry:
    """One line of the menu: words, URL name, icon, and the duties of which one is enough (none: everybody).

    Pages whose URL names begin with ``name`` or with one of ``also`` lie below it. ``count``: the URL name of a
    fragment that says how much waits there.
    """

    label: Promise | str
    name: str
    icon: str
    duties: tuple[Duty, ...] = ()
    also: tuple[str, ...] = ()
    count: str = ""


ENTRIES = (
    Entry(_("Today"), "today", "calendar-days", (Duty.SEE_OWN,)),
    Entry(_("Board"), "board", "queue-list", (Duty.SEE_BOARD,), ("reception",)),
    Entry(_("Check in"), "check_in", "user-plus", (Duty.CHECK_IN,)),
    Entry(_("To sign"), "signing", "pencil-square", (Duty.DECIDE,), count="signing_count"),
    Entry(
        _("Waiting for me"), "approvals", "check-badge", (Duty.APPROVE,), ("approval", "away"), count="approvals_count"
    ),
    Entry(_("My register"), "my_register", "book-open", (Duty.SEE_OWN,)),
    Entry(_("Public register"), "register", "clipboard-document-list", (Duty.SEE_OFFICE,), ("line",)),
    Entry(
        _("Customers"), "customers", "users", (Duty.SEE_OWN, Duty.SEE_OFFICE), ("customer", "tag", "tags", "feedback")
    ),
    Entry(_("Evening meeting"), "meeting", "presentation-chart-bar", (Duty.SUPERVISE,), ("days", "weeks")),
    Entry(_("My daily report"), "my_day", "document-text", (Duty.SEE_OWN,), ("my_week",)),
    Entry(_("Intent sheet"), "intent", "list-bullet", (Duty.SEE_OWN, Duty.SEE_OFFICE)),
    Entry(_("Take a call"), "call_in", "phone-arrow-down-left", (Duty.CHECK_IN,)),
    Entry(_("Inbox"), "inbox", "inbox"),
    Entry(_("Public pool"), "pool", "lifebuoy", (Duty.SUPERVISE,)),
    Entry(_("Lapsing soon"), "lapsing", "clock", (Duty.SEE_OWN, Duty.SEE_OFFICE)),
    Entry(_("Web leads"), "web_leads", "globe-alt", (Duty.TAKE_LEADS,), ("web",)),
    Entry(_("Units"), "units", "building-office-2", (Duty.SEE_BOARD,), ("unit",)),
    Entry(_("Deals made"), "deals", "document-check", (Duty.SEE_OWN, Duty.SEE_OFFICE), ("deal",)),
    Entry(_("Bulk buyers"), "bulk", "building-library", (Duty.SEE_BULK,)),
    Entry(_("Defeats"), "defeats", "archive-box-x-mark", (Duty.SEE_OFFICE,)),
    Entry(_("Disputes"), "disputes", "hand-raised", (Duty.SUPERVISE, Duty.SEE_OWN), ("dispute",)),
    Entry(_("Handovers"), "handovers", "arrows-right-left", (Duty.SUPERVISE, Duty.SEE_OWN), ("handover",)),
    Entry(_("Home buyers"), "care", "gift", (Duty.SEE_OWN, Duty.SEE_OFFICE)),
    Entry(_("Month report"), "reports", "chart-bar", (Duty.SEE_REPORTS,), ("month", "offices", "closed_months")),
    Entry(_("Fairness"), "fairness", "scale", (Duty.SEE_BOARD,)),
    Entry(_("Fitness to receive"), "fitness", "heart", (Duty.RULE_FITNESS,)),
    Entry(_("Conduct"), "conduct", "hand-raised", (Duty.JUDGE,)),
    Entry(_("Rewards"), "rewards", "star", (Duty.JUDGE,), ("reward",)),
    Entry(_("Inspections"), "inspections", "magnifying-glass-circle", (Duty.SUPERVISE,), ("inspection",)),
    Entry(_("Payroll sheet"), "payroll", "banknotes", (Duty.DRAW_UP_PAY,)),
    Entry(_("My conduct"), "my_conduct", "shield-check", (Duty.ANSWER,)),
    Entry(_("Staff"), "staff", "identification", (Duty.RULE_STAFF, Duty.RULE_FITNESS)),
    Entry(_("Results"), "results", "trophy", (Duty.SET_POLICY,)),
    Entry(_("Discount authority"), "discounts", "receipt-percent", (Duty.SET_POLICY,)),
    Entry(_("Displays"), "displays", "tv", (Duty.SUPERVISE,)),
    Entry(_("Office policy"), "policy", "adjustments-horizontal", (Duty.SET_POLICY,)),
    Entry(_("Group bots"), "bots", "chat-bubble-left-right", (Duty.SET_POLICY, Duty.ADMINISTER), ("bot",)),
    Entry(_("Exports"), "exports", "arrow-down-tray", DUTIES, ("export",)),
    Entry(_("Bring data in"), "imports", "arrow-up-tray", (Duty.IMPORT_DATA,), ("import",)),
    Entry(_("Jobs"), "jobs", "clock", (Duty.ADMINISTER,)),
    Entry(_("Accounts"), "accounts", "key", (Duty.ADMINISTER,)),
)


@dataclass(frozen=True)
class Shown:
    """An entry as the template draws it; ``current`` is a value of aria-current, ``count`` an address; or empty."""

    label: Promise | str
    url: str
    icon: str
    current: str
    count: str = ""


def _current(entry: Entry, url_name: str) -> str:
    """``page`` on the entry's own page, ``true`` on a page below it, else empty."""
    if url_name == entry.name:
        return "page"
    below = any(f"{url_name}_".startswith(f"{name}_") for name in (entry.name, *entry.also))
    return "true" if below else ""


def _here(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def _for_role(role: str, here: str) -> list[Shown]:
    found = []
    for entry in ENTRIES:
        if entry.duties and not any(has_duty(role, duty) for duty in entry.duties):
            continue
        count = reverse(entry.count) if entry.count else ""
        found.append(Shown(entry.label, reverse(entry.name), entry.icon, _current(entry, here), count))
    return found


def entries(request: HttpRequest) -> list[Shown]:
    """The entries for the person of this request; none for an account without a posting."""
    return _for_role(request.user.posting.role, _here(request)) if request.user.posting else []


@lru_cache(maxsize=256)
def drawn(role: str, here: str, language: str) -> SafeString:
    """The menu of a role on a page, in a language; nothing of a person is in it."""
    return render_to_string("components/nav.html", {"entries": _for_role(role, here) if role else []})


def _drawn(request: HttpRequest) -> SafeString:
    return drawn(request.user.posting.role if request.user.posting else "", _here(request), get_language() or "")


def may_find(request: HttpRequest) -> bool:
    """Whether the person sees customers at all, and so gets the search field."""
    return request.user.is_authenticated and (request.user.has(Duty.SEE_OWN) or request.user.has(Duty.SEE_OFFICE))


def menu(request: HttpRequest) -> dict[str, Callable[[], Any]]:
    """Context processor. The menu is built only where a template draws it: never for a fragment."""
    return {"menu": lambda: _drawn(request), "may_find": lambda: may_find(request)}

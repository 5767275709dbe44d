"""Stock-taking 盘点: every active customer of the intent sheet is looked at and ticked off (REP-03, 004 六)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError
from customers import reps
from customers.models import Customer, Standing
from customers.ownership import check_supervises
from staff import notices
from staff.models import Office, User
from staff.roles import Duty

from .models import StockTaking, StockTick


def active(office: Office, *, now: datetime) -> QuerySet[Customer]:
    """The customers whom the sheet lists: registration running, or subscribed (OWN-06)."""
    running = Q(standing=Standing.ACTIVE, valid_until__gte=office.today(now))
    return Customer.objects.filter(running | Q(standing=Standing.SUBSCRIBED), office=office)


def current(office: Office) -> StockTaking | None:
    """The stock-taking under way."""
    return StockTaking.objects.filter(office=office, ended_at=None).select_related("begun_by").first()


@dataclass(frozen=True)
class Progress:
    """How far a stock-taking is, for the office or one rep."""

    who: str
    ticked: int
    total: int

    @property
    def percent(self) -> int:
        """Whole percents; 100 where there is nothing to look at."""
        return 100 * self.ticked // self.total if self.total else 100


def progress(taking: StockTaking, *, now: datetime) -> list[Progress]:
    """How far each rep is; customers registered since the beginning count too."""
    rows = active(taking.office, now=now).order_by().values_list("owner__name")
    ticked = Q(pk__in=StockTick.objects.filter(taking=taking).values("customer"))
    counted = rows.annotate(ticked=Count("pk", filter=ticked), total=Count("pk")).order_by("owner__name")
    return [Progress(*row) for row in counted]


@transaction.atomic
def begin(office: Office, *, by: User, now: datetime) -> StockTaking:
    """The supervisor begins a stock-taking, one at a time; every rep is told."""
    check_supervises(office, by=by)
    Office.objects.select_for_update().get(pk=office.pk)
    if current(office) is not None:
        raise RuleError(_("A stock-taking is under way: end it first"), rule="REP-03")
    made = StockTaking.objects.create(office=office, begun_at=now, begun_by=by)
    words = gettext_lazy("Stock-taking: go through your customers and tick them off")
    people = reps.sellers(office, office.today(now))
    notices.tell_many(people, key=f"stock:{made.pk}", text=words, now=now, link="/intent/")
    return made


def check_tick(customer: Customer, *, by: User, now: datetime) -> StockTaking:
    """The owner or a supervisor ticks an active customer off, while a stock-taking is under way."""
    taking = current(customer.office)
    if taking is None:
        raise RuleError(_("No stock-taking is under way: ask the supervisor to begin one"), rule="REP-03")
    today = customer.office.today(now)
    if customer.holder(today) != by.pk and not (by.office == customer.office and by.has(Duty.SUPERVISE)):
        raise RuleError(_("Only the owner or a supervisor ticks this customer off"), rule="REP-03")
    if not active(customer.office, now=now).filter(pk=customer.pk).exists():
        raise RuleError(_("This customer is not active any more: nothing to tick off"), rule="REP-03")
    return taking


@transaction.atomic
def tick(customer: Customer, *, by: User, now: datetime) -> StockTick:
    """Tick a customer off; again changes nothing."""
    taking = check_tick(customer, by=by, now=now)
    made, _new = StockTick.objects.get_or_create(taking=taking, customer=customer, defaults={"by": by, "at": now})
    return made


@transaction.atomic
def take_back(customer: Customer, *, by: User, now: datetime) -> None:
    """Undo a tick."""
    taking = check_tick(customer, by=by, now=now)
    StockTick.objects.filter(taking=taking, customer=customer).delete()


@transaction.atomic
def end(taking: StockTaking, *, by: User, now: datetime) -> StockTaking:
    """The supervisor ends the stock-taking; how many were not ticked off is written down."""
    taking = StockTaking.objects.select_related("office").select_for_update(of=("self",)).get(pk=taking.pk)
    check_supervises(taking.office, by=by)
    if taking.ended_at is not None:
        raise RuleError(_("This stock-taking has ended already"), rule="REP-03")
    taking.left_open = sum(one.total - one.ticked for one in progress(taking, now=now))
    taking.ended_at, taking.ended_by = now, by
    taking.save(update_fields=["left_open", "ended_at", "ended_by"])
    return taking

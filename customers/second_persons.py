"""The second person of a key customer: named for a time, reads and writes nothing (REG-12).

Where a customer matters two people keep in touch (004 公司客户信息管理办法 七).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.dates import midnight
from common.errors import RuleError
from staff import notices
from staff.models import Office, User
from staff.models.log import Look
from staff.roles import Duty

from . import access, reps
from .models import Customer, CustomerGrant, SecondEnded, SecondPerson
from .models.grants import READS, allowing
from .ownership import check_can_own, relock
from .telling import address

LONGEST = timedelta(days=366)


def check_leads(customer: Customer, *, by: User) -> None:
    """The supervisor or the manager of the office says who is a key customer, and names the second person."""
    if by.office != customer.office or not by.has(Duty.SUPERVISE):
        raise RuleError(_("The supervisor says who is a key customer: give your reasons there"), rule="REG-12")


def needed(text: str) -> str:
    """The reason; RuleError without one."""
    if not text.strip():
        raise RuleError(_("Give a reason: it is kept with the customer"), rule="REG-12")
    return text.strip()


def of(customer: Customer) -> SecondPerson | None:
    """The second person named at present."""
    found = SecondPerson.objects.filter(customer=customer, ended_at__isnull=True).select_related("user", "by").first()
    if found is not None:
        found.customer = customer
    return found


def _check_second(customer: Customer, user: User, last: date, *, today: date) -> None:
    if not customer.is_key:
        raise RuleError(_("Only a key customer has a second person: mark the customer first"), rule="REG-12")
    check_can_own(customer.office, user)
    if customer.holder(today) == user.pk:
        raise RuleError(_("%(person)s owns this customer: name somebody else") % {"person": user}, rule="REG-12")
    if not today <= last <= today + LONGEST:
        raise RuleError(_("The last day is today or later, within a year: name it again in time"), rule="REG-12")


@transaction.atomic
def name(customer: Customer, *, user: User, last: date, reason: str, by: User, now: datetime) -> SecondPerson:
    """Name who else of the sales staff may read a key customer and its record, to the end of the day ``last`` (REG-12).

    Whoever was named before is released; both are told.
    """
    customer = relock(customer)
    check_leads(customer, by=by)
    _check_second(customer, user, last, today=customer.office.today(now))
    made = SecondPerson(customer=customer, user=user, last=last, by=by, at=now)
    made.reason = needed(reason)
    former = of(customer)
    if former is not None:
        release(former, SecondEnded.REPLACED, by=by, now=now)
    made.save()
    _let_in(made, now=now)
    words = gettext_lazy("{supervisor} named you second person of key customer no. {number}, to {day}: read the reason")
    text = format_lazy(words, supervisor=str(by), number=customer.number, day=last)
    notices.tell(user, key=f"second:{made.pk}", text=text, now=now, link=f"{address(customer)}class/")
    if customer.owner is not None:
        words = gettext_lazy("{person} is the second person of your key customer no. {number}, to {day}")
        text = format_lazy(words, person=str(user), number=customer.number, day=last)
        notices.tell(customer.owner, key=f"second:{made.pk}", text=text, now=now, link=address(customer))
    return made


def _let_in(second: SecondPerson, *, now: datetime) -> None:
    """The permission on this one customer, to the midnight after its last day; logged."""
    customer = second.customer
    permission = Permission.objects.get(content_type__app_label="customers", codename=READS)
    until = midnight(second.last + timedelta(days=1), customer.office.timezone)
    CustomerGrant.objects.update_or_create(
        user=second.user, permission=permission, content_object=customer, defaults={"until": until}
    )
    reason = _("by %(person)s") % {"person": second.by}
    subject = f"customer:{customer.pk}"
    access.note(Look.GRANTED, subject, office=customer.office, by=second.user, now=now, reason=reason)


@transaction.atomic
def end(customer: Customer, *, by: User, now: datetime) -> SecondPerson:
    """The supervisor releases the second person before the time (REG-12)."""
    customer = relock(customer)
    check_leads(customer, by=by)
    second = of(customer)
    if second is None:
        raise RuleError(_("Nobody is named at present"), rule="REG-12")
    return release(second, SecondEnded.BY_HAND, by=by, now=now)


def release(second: SecondPerson, why: str, *, by: User | None, now: datetime) -> SecondPerson:
    """Write the end down, take the permission away, tell the person. The caller has checked that it may."""
    second.ended, second.ended_at, second.ended_by = why, now, by
    second.save(update_fields=["ended", "ended_at", "ended_by"])
    allowing(READS).filter(user=second.user, content_object=second.customer).delete()
    words = gettext_lazy("You are no longer second person of customer no. {number}: {why}")
    text = format_lazy(words, number=second.customer.number, why=SecondEnded(why).label)
    notices.tell(second.user, key=f"second-ended:{second.pk}", text=text, now=now)
    return second


def end_all_of(user: User, *, by: User, now: datetime) -> int:
    """Whoever leaves is nobody's second person any more; for how many customers they were (REG-12, HAND-02)."""
    rows = SecondPerson.objects.filter(user=user, ended_at__isnull=True).select_related("customer", "user")
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for second in found:
        release(second, SecondEnded.LEFT, by=by, now=now)
    return len(found)


def end_over(*, now: datetime, office: Office | None = None) -> int:
    """Release second persons whose time is over, who sell here no more, or who own the customer by now; how many.

    Access never waits for this: it ends with the last day and with the posting.
    """
    offices = [office] if office else Office.objects.order_by("pk")
    return sum(_end_over(one, now=now) for one in offices)


def _end_over(office: Office, *, now: datetime) -> int:
    today, ended = office.today(now), 0
    sells = reps.sellers(office, today).filter(pk=OuterRef("user"))
    rows = SecondPerson.objects.filter(ended_at__isnull=True, customer__office=office)
    rows = rows.annotate(sells=Exists(sells)).filter(Q(last__lt=today) | Q(sells=False) | Q(user=F("customer__owner")))
    for pk in rows.values_list("pk", flat=True):
        with transaction.atomic():
            locked = rows.select_related("customer", "user").select_for_update(of=("self",))
            second = locked.filter(pk=pk).first()
            why = _why_over(second, today) if second is not None else None
            if second is not None and why is not None:
                release(second, why, by=None, now=now)
                ended += 1
    return ended


def _why_over(second: SecondPerson, today: date) -> SecondEnded | None:
    if second.last < today:
        return SecondEnded.EXPIRED
    if not second.sells:  # type: ignore[attr-defined]
        return SecondEnded.LEFT
    return SecondEnded.OWNS if second.customer.holder(today) == second.user_id else None

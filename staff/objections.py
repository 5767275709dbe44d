"""The objection of the person concerned, once for each measure, and what the manager decides (COND-03)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

from . import measures, notices
from .judging import check_decide, deciders
from .models import Answer, Measure, MeasureState, Objection, User


def of(measure: Measure) -> Objection | None:
    """The objection to a measure, if there was one."""
    return Objection.objects.filter(measure=measure).select_related("decided_by").first()


def check_object(measure: Measure, *, by: User) -> None:
    """Whether ``by`` may object: the person concerned, once, while the measure stands (COND-03)."""
    measures.check_own(measure, by=by)
    if measure.state != MeasureState.STANDING:
        raise RuleError(_("This measure does not count any more: there is nothing to object to"), rule="COND-03")
    if of(measure) is not None:
        raise RuleError(_("You have objected to this once; that is decided or awaits decision"), rule="COND-03")


@transaction.atomic
def raise_objection(measure: Measure, *, by: User, words: str, now: datetime) -> Objection:
    """The person concerned objects; whoever decides is told."""
    measure = measures.locked(measure)
    check_object(measure, by=by)
    if not words.strip():
        raise RuleError(_("Say what you object to: the manager reads it"), rule="COND-03")
    made = Objection.objects.create(measure=measure, words=words.strip()[: measures.LONGEST], at=now)
    today = measure.office.today(now)
    notices.tell_many(
        deciders(measure.person, role=measure.role, office=measure.office, on=today),
        key=f"objection:{made.pk}",
        text=format_lazy(gettext_lazy("{person} objects to a measure: decide"), person=str(by)),
        now=now,
        link=f"/conduct/measures/{measure.pk}/",
    )
    return made


def check_uphold(measure: Measure, *, by: User) -> None:
    """Whether ``by`` decides about the objection to this measure, and it awaits that (COND-03)."""
    check_decide(measure.person, role=measure.role, office=measure.office, by=by)
    objection = of(measure)
    if objection is None:
        raise RuleError(_("Nobody objected to this measure"), rule="COND-03")
    if objection.state != Answer.OPEN:
        raise RuleError(_("This objection was decided already"), rule="COND-03")
    if measure.state != MeasureState.STANDING:
        raise RuleError(_("This measure does not count at present: there is nothing to decide"), rule="COND-03")


@transaction.atomic
def uphold(measure: Measure, *, by: User, reason: str, now: datetime) -> Objection:
    """The measure stands in spite of the objection; the person is told why. To give way is ``measures.withdraw``."""
    measure = measures.locked(measure)
    check_uphold(measure, by=by)
    if not reason.strip():
        raise RuleError(_("Say why it is upheld: the person concerned reads it"), rule="COND-03")
    objection = Objection.objects.get(measure=measure)
    objection.state, objection.decision = Answer.UPHELD, reason.strip()[: measures.LONGEST]
    objection.decided_at, objection.decided_by = now, by
    objection.save()
    text = gettext_lazy("Your objection was decided: the measure stands")
    notices.tell(measure.person, key=f"upheld:{objection.pk}", text=text, now=now, link=measures.MINE)
    return objection

"""Who is not fit to receive, since when and why (OFF-04, 000/3). The rotation itself moves elsewhere."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from common.errors import RuleError

from .models import Fitness, Posting, UnfitReason, User
from .posting import belongs, held


def open_time(user: User) -> Fitness | None:
    """The time of unfitness that still runs, if any."""
    return Fitness.objects.filter(user=user, until__isnull=True).first()


def set_unfit(user: User, *, reason: str, by: User, now: datetime) -> Fitness:
    """Take ``user`` out of reception from now on, with one of the regulation's reasons."""
    with transaction.atomic():
        posting = _posting_of(user, by, now)
        if reason not in UnfitReason.values:
            raise RuleError(_("Choose one of the four reasons"), rule="OFF-04")
        if open_time(user):
            raise RuleError(_("%(name)s is unfit already") % {"name": user}, rule="OFF-04")
        return Fitness.objects.create(user=user, office=posting.office, reason=reason, since=now, set_by=by)


def end(user: User, *, by: User, now: datetime) -> Fitness:
    """Declare ``user`` fit again."""
    with transaction.atomic():
        _posting_of(user, by, now)
        fitness = open_time(user)
        if fitness is None:
            raise RuleError(_("%(name)s is fit already") % {"name": user}, rule="OFF-04")
        fitness.until, fitness.ended_by = now, by
        fitness.save(update_fields=["until", "ended_by"])
        return fitness


def _posting_of(user: User, by: User, now: datetime) -> Posting:
    """The posting of ``user``, locked so that two decide one after the other; ``by`` has to be of that office."""
    posting = held(user, now)
    if posting is None or posting.office is None or not belongs(by, posting.office, now):
        raise RuleError(_("Only the supervisor of that office says who is fit"), rule="OFF-04")
    return Posting.objects.select_for_update(of=("self",)).select_related("office").get(pk=posting.pk)

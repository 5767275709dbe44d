"""Who is fit to receive (OFF-04)."""

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from staff import fitness
from staff.models import Fitness, UnfitReason

pytestmark = [pytest.mark.django_db, pytest.mark.rule("OFF-04")]


@pytest.mark.parametrize("reason", UnfitReason.values)
def test_set_unfit_keeps_reason_time_and_author(supervisor, rep, now, reason):
    time = fitness.set_unfit(rep, reason=reason, by=supervisor, now=now)
    assert (time.reason, time.since, time.until, time.set_by, time.office) == (
        reason,
        now,
        None,
        supervisor,
        supervisor.office,
    )


def test_set_unfit_twice_is_refused(supervisor, rep, now):
    fitness.set_unfit(rep, reason=UnfitReason.UNWELL, by=supervisor, now=now)
    with pytest.raises(RuleError):
        fitness.set_unfit(rep, reason=UnfitReason.UNWELL, by=supervisor, now=now)


def test_set_unfit_without_a_reason_of_the_regulation_is_refused(supervisor, rep, now):
    with pytest.raises(RuleError):
        fitness.set_unfit(rep, reason="bored", by=supervisor, now=now)


def test_end_keeps_time_and_author(supervisor, manager, rep, now):
    fitness.set_unfit(rep, reason=UnfitReason.UNWELL, by=supervisor, now=now)
    time = fitness.end(rep, by=manager, now=now)
    assert (time.until, time.ended_by, fitness.open_time(rep)) == (now, manager, None)


def test_end_of_somebody_fit_is_refused(supervisor, rep, now):
    with pytest.raises(RuleError):
        fitness.end(rep, by=supervisor, now=now)


@pytest.mark.rule("OFF-01")
def test_nobody_decides_about_another_office(supervisor, stranger, now):
    with pytest.raises(RuleError):
        fitness.set_unfit(stranger, reason=UnfitReason.UNWELL, by=supervisor, now=now)


def test_database_keeps_one_open_time_a_person(supervisor, rep, now):
    time = fitness.set_unfit(rep, reason=UnfitReason.UNWELL, by=supervisor, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fitness.objects.create(user=rep, office=time.office, reason=UnfitReason.LEAVING, since=now, set_by=supervisor)

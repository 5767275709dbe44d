"""Warnings and fines: who gives them to whom, the fine that follows, and what a withdrawal undoes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from simple_history.utils import get_history_model_for_model

from common.errors import RuleError
from staff import measures, policy
from staff.models import Fault, Measure, MeasureState, Notice
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
DAY = timedelta(days=1)


@pytest.fixture
def branch_manager(office):
    return staff_member(Role.BRANCH_MANAGER, office, name="何志强")


@pytest.fixture
def warn(office, rep, supervisor, now):
    """Warn the rep some days after ``now``."""

    def given(days: int = 0, *, at: datetime | None = None, person=rep, by=supervisor, **said) -> Measure:
        said = {"kind": Fault.CARELESS, "reason": "三行未补", **said}
        return measures.warn(person, office=office, by=by, now=at or now + days * DAY, **said)

    return given


def fine_of(person) -> Measure | None:
    return Measure.objects.filter(person=person, fault=Fault.WARNINGS).first()


@pytest.mark.rule("COND-01")
def test_a_warning_stands_and_the_person_is_told_at_once(warn, rep, supervisor, now):
    given = warn()
    assert (given.person, given.given_by, given.state, given.month) == (rep, supervisor, "standing", MARCH)
    assert (given.amount, given.points, given.words, given.allowed) == (0, 0, "三行未补", 3)
    told = Notice.objects.get(user=rep)
    assert (told.at, told.link) == (now, "/conduct/mine/")
    with translation.override(rep.language):
        assert given.get_fault_display() in told.text


@pytest.mark.rule("COND-02")
def test_the_fourth_warning_of_a_month_brings_one_fine_of_thirty_yuan(warn, rep):
    for n in range(3):
        warn(n)
    assert fine_of(rep) is None
    fourth = warn(3)
    fine = fine_of(rep)
    assert (fine.amount, fine.points, fine.at, fine.given_by, fine.state) == (30, 0, fourth.at, None, "standing")
    warn(4)
    warn(5)
    assert Measure.objects.filter(person=rep, kind="fine").count() == 1
    assert Notice.objects.filter(user=rep, key__startswith=f"measure:{fine.pk}:").count() == 1


@pytest.mark.rule("COND-02")
def test_three_on_the_last_day_and_one_in_the_new_month_bring_none(warn, rep):
    last = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    for n in range(3):
        warn(at=last - timedelta(minutes=n))
    warn(at=last + timedelta(seconds=1))
    assert fine_of(rep) is None


@pytest.mark.rule("COND-02")
@pytest.mark.rule("COND-03")
def test_the_fourth_on_the_last_second_of_a_month_counts_until_it_is_withdrawn_in_the_next(warn, rep, manager):
    last = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC)
    for n in range(3):
        warn(n)
    fourth = warn(at=last)
    assert (fine_of(rep).state, fine_of(rep).month, fine_of(rep).at) == ("standing", MARCH, last)
    measures.withdraw(fourth, by=manager, reason="查无此事", now=last + DAY)
    assert (fine_of(rep).state, fine_of(rep).amount) == ("fallen", 30)
    warn(at=last + 2 * DAY)
    assert fine_of(rep).state == "fallen"


@pytest.mark.rule("COND-03")
def test_a_fallen_fine_stands_again_with_another_fourth_warning(warn, rep, manager, now, office):
    first, *_others = [warn(n) for n in range(4)]
    measures.withdraw(first, by=manager, reason="误记", now=now + 4 * DAY)
    policy.change(office, by=None, now=now, fine_amount=50)
    another = warn(5)
    fine = fine_of(rep)
    assert (fine.state, fine.at, fine.amount) == ("standing", another.at, 50)
    kept = get_history_model_for_model(Measure).objects.filter(id=fine.pk).order_by("history_id")
    assert list(kept.values_list("state", flat=True)) == ["standing", "fallen", "standing"]
    told = Notice.objects.filter(user=rep, key__startswith=f"measure:{fine.pk}:").count()
    assert told == 3


@pytest.mark.rule("COND-03")
def test_with_five_warnings_the_fine_survives_the_withdrawal_of_one_and_bears_the_time_of_the_fifth(
    warn, rep, manager, now
):
    given = [warn(n) for n in range(5)]
    measures.withdraw(given[1], by=manager, reason="误记", now=now + 9 * DAY)
    assert (fine_of(rep).state, fine_of(rep).at) == ("standing", given[4].at)


@pytest.mark.rule("COND-03")
def test_a_fine_that_the_manager_withdrew_does_not_come_back_with_the_fifth_warning(warn, rep, manager, now):
    for n in range(4):
        warn(n)
    measures.withdraw(fine_of(rep), by=manager, reason="首次从宽", now=now + 4 * DAY)
    warn(5)
    assert fine_of(rep).state == "withdrawn"
    assert Measure.objects.filter(person=rep, kind="fine").count() == 1


@pytest.mark.rule("COND-02")
def test_a_change_of_the_number_allowed_touches_no_earlier_warning(warn, rep, office, now):
    for n in range(3):
        warn(n)
    policy.change(office, by=None, now=now, warnings_allowed=1)
    assert fine_of(rep) is None
    fourth = warn(4)
    assert fine_of(rep).at == fourth.at
    policy.change(office, by=None, now=now, warnings_allowed=9)
    warn(5)
    assert fine_of(rep).state == "standing"


@pytest.mark.rule("COND-02")
@pytest.mark.parametrize("kind", ["quarrel", "incomplete", "false"])
def test_a_fine_given_by_hand_costs_what_the_policy_says(kind, rep, office, supervisor, now):
    given = measures.fine(rep, office=office, kind=kind, reason="当众争执", by=supervisor, now=now)
    assert (given.kind, given.fault, given.amount, given.points) == ("fine", kind, 30, 0)


@pytest.mark.rule("COND-02")
def test_an_office_that_takes_no_money_counts_points(warn, rep, office, supervisor, now):
    policy.change(office, by=None, now=now, points_only=True, fine_points=5)
    given = measures.fine(rep, office=office, kind="quarrel", reason="", by=supervisor, now=now)
    for n in range(4):
        warn(n)
    assert [(one.amount, one.points) for one in (given, fine_of(rep))] == [(0, 5), (0, 5)]


@pytest.mark.parametrize(("rule", "kind"), [(measures.warn, "quarrel"), (measures.fine, "order"), (measures.fine, "")])
def test_a_warning_and_a_fine_have_grounds_of_their_own(rule, kind, rep, office, supervisor, now):
    with pytest.raises(RuleError):
        rule(rep, office=office, kind=kind, reason="x", by=supervisor, now=now)
    assert Measure.objects.count() == 0


@pytest.mark.rule("COND-01")
def test_one_cause_warns_once(warn):
    assert warn(cause="dispute:7") == warn(1, cause="dispute:7")
    assert Measure.objects.count() == 1


JUDGED = [
    (Role.REP, {Role.SUPERVISOR, Role.MARKETING_MANAGER}),
    (Role.CLERK, {Role.SUPERVISOR, Role.MARKETING_MANAGER}),
    (Role.SUPERVISOR, {Role.MARKETING_MANAGER}),
    (Role.MARKETING_MANAGER, {Role.BRANCH_MANAGER}),
]


@pytest.mark.rule("COND-01")
@pytest.mark.parametrize(("role", "judges"), JUDGED)
def test_who_warns_whom(role, judges, office, now):
    person = staff_member(role, office)
    for one in Role:
        by = staff_member(one, office)
        if one in judges:
            assert measures.warn(person, office=office, kind="order", reason="", by=by, now=now).given_by == by
        else:
            with pytest.raises(RuleError) as refused:
                measures.warn(person, office=office, kind="order", reason="", by=by, now=now)
            assert refused.value.rule == "COND-01"


@pytest.mark.rule("COND-01")
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.MARKETING_MANAGER])
def test_nobody_warns_themselves_and_no_strangers_do(role, office, rep, now):
    by = staff_member(role, office)
    stranger = staff_member(role)
    for person, judge in ((by, by), (rep, stranger), (stranger, by)):
        with pytest.raises(RuleError):
            measures.warn(person, office=office, kind="order", reason="", by=judge, now=now)
    assert Measure.objects.count() == 0


@pytest.mark.rule("COND-03")
def test_the_manager_alone_withdraws_and_their_own_the_branch_manager(
    warn, office, supervisor, manager, branch_manager, now
):
    given = warn()
    for by in (supervisor, given.person, branch_manager, staff_member(Role.MARKETING_MANAGER)):
        with pytest.raises(RuleError):
            measures.withdraw(given, by=by, reason="x", now=now)
    own = warn(person=manager, by=branch_manager)
    with pytest.raises(RuleError):
        measures.withdraw(own, by=manager, reason="x", now=now)
    assert measures.withdraw(own, by=branch_manager, reason="误记", now=now).state == "withdrawn"
    assert measures.withdraw(given, by=manager, reason="误记", now=now).withdrawal == "误记"


@pytest.mark.rule("COND-03")
def test_a_withdrawal_needs_a_reason_and_comes_once(warn, manager, now):
    given = warn()
    with pytest.raises(RuleError):
        measures.withdraw(given, by=manager, reason="  ", now=now)
    measures.withdraw(given, by=manager, reason="误记", now=now)
    with pytest.raises(RuleError):
        measures.withdraw(given, by=manager, reason="再来", now=now)


def test_every_pair_of_states_follows_the_table(warn):
    given = warn()
    for now, then in product(MeasureState.values, repeat=2):
        given.state = now
        if then in measures.TRANSITIONS[now]:
            measures.STATES.move(given, then)
        else:
            with pytest.raises(RuleError):
                measures.STATES.move(given, then)


def test_a_measure_is_acknowledged_by_its_person_alone_and_the_first_time_counts(warn, rep, supervisor, now):
    given = warn()
    with pytest.raises(RuleError):
        measures.acknowledge(given, by=supervisor, now=now)
    measures.acknowledge(given, by=rep, now=now + DAY)
    assert measures.acknowledge(given, by=rep, now=now + 2 * DAY).acknowledged_at == now + DAY


BROKEN = [
    {"kind": "fine"},
    {"fault": "warnings"},
    {"allowed": None},
    {"given_by": None},
    {"state": "withdrawn"},
]


@pytest.mark.parametrize("broken", BROKEN)
def test_the_database_refuses_what_is_half_said(broken, warn):
    given = warn()
    for name, value in broken.items():
        setattr(given, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save()


def test_the_database_keeps_one_fine_a_month_and_one_measure_per_cause(warn, rep):
    for n in range(4):
        warn(n, cause=f"dispute:{n}")
    for again in (fine_of(rep), Measure.objects.get(cause="dispute:0")):
        again.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)

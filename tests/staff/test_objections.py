"""Objections: by the person concerned, once, decided by the manager."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from staff import measures, objections
from staff.models import Answer, Measure, Notice, Objection
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def given(office, rep, supervisor, manager, now) -> Measure:
    return measures.warn(rep, office=office, kind="order", reason="抢接", by=supervisor, now=now)


@pytest.fixture
def objected(given, rep, now) -> Objection:
    return objections.raise_objection(given, by=rep, words="当时主管同意", now=now)


@pytest.mark.rule("COND-03")
def test_the_person_objects_and_the_manager_is_told(given, objected, rep, manager, supervisor):
    assert (objected.measure, objected.words, objected.state) == (given, "当时主管同意", Answer.OPEN)
    assert list(Notice.objects.exclude(user=rep).values_list("user", "link")) == [
        (manager.pk, f"/conduct/measures/{given.pk}/")
    ]


@pytest.mark.rule("COND-03")
def test_one_objects_once_also_after_the_decision(given, objected, rep, manager, now):
    for decided in (False, True):
        if decided:
            objections.uphold(given, by=manager, reason="录像为证", now=now)
        with pytest.raises(RuleError):
            objections.raise_objection(given, by=rep, words="再来", now=now)
    assert Objection.objects.count() == 1


@pytest.mark.rule("COND-03")
@pytest.mark.parametrize("words", ["", "  "])
def test_an_objection_needs_words(words, given, rep, now):
    with pytest.raises(RuleError):
        objections.raise_objection(given, by=rep, words=words, now=now)


@pytest.mark.rule("COND-03")
def test_nobody_objects_for_another_and_not_to_what_does_not_count(given, rep, supervisor, manager, now):
    with pytest.raises(RuleError):
        objections.raise_objection(given, by=supervisor, words="x", now=now)
    measures.withdraw(given, by=manager, reason="误记", now=now)
    with pytest.raises(RuleError):
        objections.raise_objection(given, by=rep, words="x", now=now)


@pytest.mark.rule("COND-03")
def test_an_upheld_measure_stands_and_the_person_reads_why(given, objected, rep, manager, now):
    decided = objections.uphold(given, by=manager, reason="录像为证", now=now + DAY)
    assert (decided.state, decided.decision, decided.decided_by) == (Answer.UPHELD, "录像为证", manager)
    given.refresh_from_db()
    assert given.state == "standing"
    with pytest.raises(RuleError):
        measures.withdraw(given, by=manager, reason="改变主意", now=now + DAY)
    assert Notice.objects.filter(user=rep, key=f"upheld:{objected.pk}").exists()


@pytest.mark.rule("COND-03")
def test_to_give_way_is_to_withdraw(given, objected, rep, manager, now):
    measures.withdraw(given, by=manager, reason="主管确认同意", now=now + DAY)
    objected.refresh_from_db()
    assert (objected.state, objected.decision, objected.decided_by) == (Answer.WITHDRAWN, "主管确认同意", manager)
    with pytest.raises(RuleError):
        objections.uphold(given, by=manager, reason="x", now=now)


@pytest.mark.rule("COND-03")
def test_who_decides(given, objected, office, now):
    for role in set(Role) - {Role.MARKETING_MANAGER}:
        with pytest.raises(RuleError):
            objections.uphold(given, by=staff_member(role, office), reason="x", now=now)
    with pytest.raises(RuleError):
        objections.uphold(given, by=staff_member(Role.MARKETING_MANAGER), reason="x", now=now)


@pytest.mark.rule("COND-03")
def test_whoever_became_manager_meanwhile_does_not_decide_their_own(given, objected, office, rep, now):
    rep.postings.update(role=Role.MARKETING_MANAGER)
    rep.__dict__.pop("posting", None)
    other = staff_member(Role.MARKETING_MANAGER, office)
    for by in (rep, other):
        with pytest.raises(RuleError):
            objections.uphold(given, by=by, reason="x", now=now)
    assert objections.uphold(given, by=staff_member(Role.BRANCH_MANAGER, office), reason="查实", now=now)


@pytest.mark.rule("COND-03")
def test_an_objection_to_a_fine_waits_while_the_fine_is_fallen(office, rep, supervisor, manager, now):
    given = [
        measures.warn(rep, office=office, kind="order", reason="", by=supervisor, now=now + n * DAY) for n in range(4)
    ]
    fine = Measure.objects.get(kind="fine")
    objections.raise_objection(fine, by=rep, words="不公平", now=now)
    measures.withdraw(given[0], by=manager, reason="误记", now=now)
    with pytest.raises(RuleError):
        objections.uphold(fine, by=manager, reason="x", now=now)
    measures.warn(rep, office=office, kind="order", reason="", by=supervisor, now=now + 5 * DAY)
    assert objections.uphold(fine, by=manager, reason="四次属实", now=now + 6 * DAY).state == Answer.UPHELD


def test_a_decision_needs_a_reason_and_an_objection(given, rep, manager, now):
    with pytest.raises(RuleError):
        objections.uphold(given, by=manager, reason="x", now=now)
    objections.raise_objection(given, by=rep, words="异议", now=now)
    with pytest.raises(RuleError):
        objections.uphold(given, by=manager, reason=" ", now=now)


def test_the_database_keeps_one_objection_and_its_author(given, objected):
    with pytest.raises(IntegrityError), transaction.atomic():
        Objection.objects.create(measure=given, words="x", at=objected.at)
    objected.state = Answer.UPHELD
    with pytest.raises(IntegrityError), transaction.atomic():
        objected.save()

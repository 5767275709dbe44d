"""Inspections: a sample is drawn, scored whole and once, and ranks the month."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from staff import inspections
from staff.inspections import Found, Score
from staff.models import Inspection, InspectionItem, Notice, Record
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
RECORDS = [Found(f"line:{n}", Record.LINE, n, f"/register/{n}/") for n in range(1, 31)]


def draw(person, office, by, now, **said) -> Inspection:
    said = {"month": MARCH, "records": RECORDS, "size": 10, **said}
    return inspections.begin(person, office=office, by=by, now=now, **said)


def score(found: Inspection, by, now, *points: int, words: str = "") -> Inspection:
    items = found.items.all()
    return inspections.score(found, {one.pk: Score(*points, words=words) for one in items}, by=by, now=now)


@pytest.fixture
def sample(office, rep, supervisor, now) -> Inspection:
    return draw(rep, office, supervisor, now)


@pytest.mark.rule("COND-04")
def test_a_sample_is_random_and_can_be_drawn_again(sample, office, supervisor, now):
    items = [item.ref for item in sample.items.all()]
    assert (len(items), len(set(items)), inspections.drawn_again(sample)) == (10, 10, items)
    assert sample.population.splitlines() == sorted(one.ref for one in RECORDS)
    other = draw(staff_member(Role.REP, office), office, supervisor, now)
    assert other.seed != sample.seed


def test_a_sample_that_somebody_changed_gives_itself_away(sample):
    left = [one.ref for one in RECORDS if one.ref not in inspections.drawn_again(sample)]
    sample.items.filter(pk=sample.items.first().pk).update(ref=left[0])
    assert inspections.drawn_again(sample) != [item.ref for item in sample.items.all()]


@pytest.mark.rule("COND-04")
def test_there_is_no_second_draw_before_the_first_is_scored(sample, office, rep, supervisor, now):
    with pytest.raises(RuleError):
        draw(rep, office, supervisor, now)
    score(sample, supervisor, now, 5, 4, 3)
    assert draw(rep, office, supervisor, now).pk != sample.pk


@pytest.mark.parametrize("said", [{"records": []}, {"size": 0}, {"size": 51}])
def test_a_draw_of_nothing_or_too_much_is_refused(said, office, rep, supervisor, now):
    with pytest.raises(RuleError):
        draw(rep, office, supervisor, now, **said)
    assert Inspection.objects.count() == 0


def test_fewer_records_than_asked_for_are_all_drawn(office, rep, supervisor, now):
    assert draw(rep, office, supervisor, now, records=RECORDS[:3]).items.count() == 3


@pytest.mark.rule("COND-04")
def test_scored_whole_and_once_and_the_person_is_told(sample, rep, supervisor, now):
    items = list(sample.items.all())
    with pytest.raises(RuleError):
        inspections.score(sample, {items[0].pk: Score(5, 5, 5)}, by=supervisor, now=now)
    for wrong in ((6, 5, 5), (5, -1, 5)):
        with pytest.raises(RuleError):
            score(sample, supervisor, now, *wrong)
    assert not sample.items.filter(truth__isnull=False).exists()
    done = score(sample, supervisor, now, 5, 4, 3, words="字迹清楚")
    assert (done.scored_by, done.items.first().words) == (supervisor, "字迹清楚")
    assert Notice.objects.get(user=rep).link == "/conduct/mine/"
    with pytest.raises(RuleError):
        score(sample, supervisor, now, 1, 1, 1)


@pytest.mark.rule("COND-04")
def test_who_inspects_whom(sample, office, rep, supervisor, manager, now):
    for by in (rep, staff_member(Role.CLERK, office), staff_member(Role.SUPERVISOR)):
        with pytest.raises(RuleError):
            score(sample, by, now, 5, 5, 5)
    with pytest.raises(RuleError):
        draw(supervisor, office, supervisor, now)
    assert score(sample, manager, now, 5, 5, 5).scored_by == manager


@pytest.mark.rule("COND-04")
def test_the_ranking_shares_places_and_leaves_out_what_is_not_scored(office, supervisor, now):
    people = [staff_member(Role.REP, office, name=name) for name in ("甲", "乙", "丙", "丁")]
    for person, points in zip(people, [(3, 3, 3), (5, 5, 5), (4, 3, 2), None], strict=True):
        found = draw(person, office, supervisor, now, size=4)
        if points:
            score(found, supervisor, now, *points)
    assert [(one.place, one.person.name, one.records, one.share) for one in inspections.ranking(office, MARCH)] == [
        (1, "乙", 4, 100.0),
        (2, "丙", 4, 60.0),
        (2, "甲", 4, 60.0),
    ]
    assert inspections.ranking(office, date(2026, 4, 1)) == []


def test_the_ranking_asks_the_same_for_many(office, supervisor, now, django_assert_num_queries):
    for n in range(6):
        score(draw(staff_member(Role.REP, office), office, supervisor, now, size=n + 1), supervisor, now, n, n, n)
    with django_assert_num_queries(2):
        assert len(inspections.ranking(office, MARCH)) == 6


@pytest.mark.parametrize("broken", [{"truth": 3}, {"completeness": 6, "truth": 3, "timeliness": 3}])
def test_the_database_refuses_half_a_score_and_one_beyond_the_best(broken, sample):
    with pytest.raises(IntegrityError), transaction.atomic():
        InspectionItem.objects.filter(inspection=sample).update(**broken)

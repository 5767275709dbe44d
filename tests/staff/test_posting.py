"""Hiring, changing and ending postings, staff numbers (OFF-02)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from staff import posting
from staff.models import Notice, Posting, User
from staff.roles import Duty, Role
from tests.factories import PostingFactory, UserFactory, staff_member

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


def hire(office, manager, now, **kw):
    values = {"name": "陈志豪", "username": "chen", "role": Role.REP, "number": None} | kw
    return posting.hire(office, by=manager, now=now, **values)


@pytest.mark.rule("OFF-02")
def test_hire_makes_account_and_posting_from_today(office, manager, now):
    user = hire(office, manager, now, number=7)
    held = posting.held(user, now)
    assert (held.role, held.number, held.since, held.until, held.office) == (Role.REP, 7, TODAY, None, office)


def test_hire_gives_no_way_in_without_a_password(office, manager, now):
    assert not hire(office, manager, now).has_usable_password()


def test_hire_sets_the_password_that_is_given(office, manager, now):
    assert hire(office, manager, now, password="abcd-efgh-jkmn").check_password("abcd-efgh-jkmn")


def test_hire_keeps_author_and_reason_in_the_history(office, manager, now):
    entry = Posting.history.get(user=hire(office, manager, now))
    assert (entry.history_user, entry.history_change_reason) == (manager, "hired")


def test_hire_gives_a_seller_the_next_free_number(office, manager, rep, now):
    assert posting.held(hire(office, manager, now), now).number == 2


def test_hire_gives_a_clerk_no_number(office, manager, now):
    assert posting.held(hire(office, manager, now, role=Role.CLERK), now).number is None


def test_hire_begins_on_the_local_day_of_the_office(office, manager, now):
    late = now.replace(hour=17)
    assert posting.hire(office, name="夜", username="night", role=Role.CLERK, now=late).postings.get().since == date(
        2026, 3, 11
    )


def test_hire_is_refused_for_a_number_in_use(office, manager, rep, now):
    with pytest.raises(RuleError) as refused:
        hire(office, manager, now, number=1)
    assert refused.value.rule == "OFF-02"
    assert not User.objects.filter(username="chen").exists()


def test_hire_is_refused_for_a_user_name_in_use_whatever_its_case(office, manager, now):
    hire(office, manager, now)
    with pytest.raises(RuleError) as refused:
        hire(office, manager, now, username="CHEN")
    assert refused.value.rule == "ACC-01"


@pytest.mark.parametrize("role", [Role.BRANCH_MANAGER, Role.ADMIN, Role.CHAIRMAN, "king"])
def test_hire_is_refused_for_a_role_that_no_office_has(office, manager, now, role):
    with pytest.raises(RuleError):
        hire(office, manager, now, role=role)


@pytest.mark.rule("OFF-01")
def test_hire_is_refused_to_the_manager_of_another_office(office, now):
    other = staff_member(Role.MARKETING_MANAGER)
    with pytest.raises(RuleError) as refused:
        hire(office, other, now)
    assert refused.value.rule == "OFF-01"


@pytest.mark.rule("OFF-02")
def test_change_ends_the_old_posting_yesterday_and_begins_the_new_today(manager, rep, now):
    posting.change(rep, role=Role.SUPERVISOR, by=manager, now=now)
    old, new = rep.postings.order_by("since")
    assert (old.role, old.until) == (Role.REP, TODAY - timedelta(days=1))
    assert (new.role, new.since, new.until, new.number) == (Role.SUPERVISOR, TODAY, None, 1)


def test_change_takes_effect_on_the_next_look(manager, rep, now):
    assert rep.has(Duty.RECEIVE)
    posting.change(rep, role=Role.CLERK, by=manager, now=now)
    assert not rep.has(Duty.RECEIVE)


def test_change_tells_the_person_once(manager, rep, now):
    posting.change(rep, role=Role.CLERK, by=manager, now=now)
    assert [notice.text for notice in Notice.objects.filter(user=rep)] == ["Your role is now: Clerk"]


def test_change_on_the_first_day_corrects_the_posting(office, manager, now):
    user = hire(office, manager, now)
    posting.change(user, role=Role.PROBATIONARY, by=manager, now=now)
    assert [(p.role, p.since, p.until) for p in user.postings.all()] == [(Role.PROBATIONARY, TODAY, None)]


def test_change_to_the_same_role_is_refused(manager, rep, now):
    with pytest.raises(RuleError):
        posting.change(rep, role=Role.REP, by=manager, now=now)


def test_change_takes_somebody_on_again_who_had_left(manager, rep, now):
    posting.end(rep, last_day=TODAY - timedelta(days=5), by=manager, now=now)
    posting.change(rep, role=Role.REP, by=manager, now=now)
    assert posting.held(rep, now).since == TODAY


def test_change_gives_another_number_when_the_old_one_was_given_away(office, manager, rep, now):
    posting.end(rep, last_day=TODAY - timedelta(days=5), by=manager, now=now)
    hire(office, manager, now, number=1)
    with pytest.raises(RuleError):
        posting.change(rep, role=Role.REP, by=manager, now=now)


@pytest.mark.rule("OFF-01")
def test_change_is_refused_for_a_person_of_another_office(manager, stranger, now):
    with pytest.raises(RuleError) as refused:
        posting.change(stranger, role=Role.CLERK, by=manager, now=now)
    assert refused.value.rule == "OFF-01"


def test_change_is_refused_for_somebody_never_posted(manager, now):
    with pytest.raises(RuleError):
        posting.change(UserFactory(), role=Role.CLERK, by=manager, now=now)


def test_end_holds_to_the_end_of_the_last_day(manager, rep, now):
    posting.end(rep, last_day=TODAY, by=manager, now=now)
    assert posting.held(rep, now) is not None
    assert posting.held(rep, now + timedelta(days=1)) is None


def test_end_before_the_posting_began_is_refused(office, manager, now):
    user = hire(office, manager, now)
    with pytest.raises(RuleError):
        posting.end(user, last_day=TODAY - timedelta(days=1), by=manager, now=now)


def test_end_is_refused_twice(manager, rep, now):
    posting.end(rep, last_day=TODAY - timedelta(days=1), by=manager, now=now)
    with pytest.raises(RuleError):
        posting.end(rep, last_day=TODAY, by=manager, now=now)


def test_end_of_ones_own_posting_is_refused(manager, now):
    with pytest.raises(RuleError):
        posting.end(manager, last_day=TODAY, by=manager, now=now)


def test_set_number_changes_the_open_posting(manager, rep, now):
    posting.set_number(rep, number=9, by=manager, now=now)
    assert rep.postings.get().number == 9
    assert Posting.history.filter(user=rep).first().history_user == manager


@pytest.mark.rule("REC-03")
def test_set_number_leaves_no_seller_without(manager, rep, now):
    with pytest.raises(RuleError) as refused:
        posting.set_number(rep, number=None, by=manager, now=now)
    assert refused.value.rule == "REC-03"


def test_set_number_is_refused_when_somebody_has_it(office, manager, rep, now):
    other = staff_member(Role.REP, office, number=2)
    with pytest.raises(RuleError):
        posting.set_number(other, number=1, by=manager, now=now)


def test_database_keeps_one_open_posting_a_person(rep, office):
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingFactory(user=rep, office=office)


def test_database_keeps_a_number_once_an_office(rep, office):
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingFactory(office=office, number=1)


def test_database_keeps_a_posting_in_exactly_one_unit(office):
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingFactory(office=office, branch=office.branch)


def test_database_keeps_the_end_after_the_start(office):
    with pytest.raises(IntegrityError), transaction.atomic():
        PostingFactory(office=office, since=TODAY, until=TODAY - timedelta(days=1))

"""What the records show of a breach: put once, confirmed as a warning or dismissed with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from staff import proposals
from staff.models import Evidence, Fault, Measure, Posting, Proposal, ProposalState
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 9)


def found(person, cause="breach:1", evidence=Evidence.BREACH) -> proposals.Found:
    return proposals.Found(person, evidence, cause, 12, DAY, "/register/12/")


@pytest.fixture
def proposal(office, rep, now) -> Proposal:
    assert proposals.put(office, [found(rep)], now=now) == 1
    return Proposal.objects.get()


@pytest.mark.rule("COND-01")
def test_a_cause_is_put_once_however_often_and_warns_nobody(proposal, office, rep, now):
    assert [proposals.put(office, [found(rep), found(rep)], now=now) for _again in range(2)] == [0, 0]
    assert proposals.put(office, [found(rep), found(rep, "breach:2")], now=now) == 1
    assert (Proposal.objects.count(), Measure.objects.count()) == (2, 0)


def test_one_cause_is_of_one_office(proposal, stranger, now):
    assert proposals.put(stranger.office, [found(stranger)], now=now) == 1


@pytest.mark.parametrize(("evidence", "fault"), proposals.FAULTS.items())
def test_each_kind_of_evidence_suggests_its_fault_in_words_without_a_name(evidence, fault, office, rep, now):
    proposals.put(office, [found(rep, evidence=evidence)], now=now)
    one = Proposal.objects.get()
    assert (one.fault, one.role, one.state) == (fault, Role.REP, ProposalState.OPEN)
    assert "12" in proposals.sentence(one)
    assert "2026-03-09" in proposals.sentence(one)


def test_whoever_has_left_the_office_is_left_alone(office, rep, stranger, now):
    Posting.objects.filter(user=rep).update(until=office.today(now) - timedelta(days=1))
    assert proposals.put(office, [found(rep), found(stranger, "breach:2")], now=now) == 0
    assert Proposal.objects.count() == 0


@pytest.mark.rule("COND-01")
def test_confirmed_it_is_a_warning_of_now_with_its_evidence(proposal, rep, supervisor, now):
    later = now + timedelta(days=30)
    given = proposals.confirm(proposal, by=supervisor, now=later, reason="当班无人指派")
    assert (given.person, given.fault, given.at, given.words) == (rep, Fault.ORDER, later, "当班无人指派")
    assert (given.month, given.proposal, given.proposal.state) == (date(2026, 4, 1), proposal, "confirmed")
    for act in (proposals.confirm, proposals.dismiss):
        with pytest.raises(RuleError):
            act(proposal, by=supervisor, now=later, reason="又一次")
    assert Measure.objects.count() == 1


@pytest.mark.rule("COND-01")
def test_dismissed_with_a_reason_no_warning_arises(proposal, supervisor, now, office, rep):
    with pytest.raises(RuleError):
        proposals.dismiss(proposal, by=supervisor, now=now, reason=" ")
    done = proposals.dismiss(proposal, by=supervisor, now=now, reason="队首刚好离开")
    assert (done.state, done.decision, done.decided_by) == ("dismissed", "队首刚好离开", supervisor)
    assert Measure.objects.count() == proposals.put(office, [found(rep)], now=now) == 0


@pytest.mark.rule("COND-01")
@pytest.mark.parametrize("act", [proposals.confirm, proposals.dismiss])
def test_a_supervisors_own_is_judged_by_the_manager(act, office, supervisor, manager, now):
    proposals.put(office, [found(supervisor)], now=now)
    proposal = Proposal.objects.get()
    for by in (supervisor, staff_member(Role.SUPERVISOR, office), staff_member(Role.MARKETING_MANAGER)):
        with pytest.raises(RuleError):
            act(proposal, by=by, now=now, reason="x")
    act(proposal, by=manager, now=now, reason="x")
    proposal.refresh_from_db()
    assert proposal.decided_by == manager


def test_of_somebody_who_left_it_can_be_dismissed_alone(proposal, office, rep, supervisor, now):
    rep.postings.update(until=date(2026, 1, 1))
    proposal = Proposal.objects.get()
    with pytest.raises(RuleError):
        proposals.confirm(proposal, by=supervisor, now=now)
    proposal.refresh_from_db()
    assert proposal.state == "open"
    proposals.dismiss(proposal, by=supervisor, now=now, reason="已离职")


def test_every_pair_of_states_follows_the_table(proposal):
    for now, then in product(ProposalState.values, repeat=2):
        proposal.state = now
        if then in proposals.TRANSITIONS[now]:
            proposals.STATES.move(proposal, then)
        else:
            with pytest.raises(RuleError):
                proposals.STATES.move(proposal, then)


def test_the_database_refuses_what_is_half_decided(proposal):
    for state in ("confirmed", "dismissed"):
        proposal.state = state
        with pytest.raises(IntegrityError), transaction.atomic():
            proposal.save()


def test_what_is_put_costs_the_same_for_many(office, rep, now, django_assert_num_queries):
    with django_assert_num_queries(3):  # known causes, postings, the new rows
        proposals.put(office, [found(rep, f"breach:{n}") for n in range(40)], now=now)

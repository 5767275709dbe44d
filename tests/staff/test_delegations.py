"""Who decides for somebody who is away, left, or asked themselves (ADR 0008)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from random import Random

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from common.errors import RuleError
from staff import approvals, deciders, delegations
from staff.models import Delegation, Notice, User
from staff.roles import Role
from tests.factories import PostingFactory, staff_member
from tests.staff.chain import BULK, NOW, RUNGS, Chain

pytestmark = [pytest.mark.django_db, pytest.mark.rule("BULK-05")]
BM, HQ, TOP = BULK
MM, SUP = Role.MARKETING_MANAGER, Role.SUPERVISOR
TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def chain() -> Chain:
    return Chain(*RUNGS, Role.CLERK, Role.FINANCE, Role.KEEPER)


def refusal_of(job) -> str:
    with pytest.raises(RuleError) as refused:
        job()
    return str(refused.value)


def away(person: User, to: User | None, first: date = TODAY, last: date = TODAY + 3 * DAY, **more) -> Delegation:
    by = more.pop("by", person)
    values = {"role": person.posting.role, "reason": "出差", "now": NOW, "person": person} | more
    return delegations.delegate(by, to, first=first, last=last, **values)


def waits_for(user: User, on: date = TODAY) -> list[str]:
    return sorted(approvals.waiting_for(user, on=on).values_list("subject", flat=True))


def test_a_delegate_decides_within_the_days_and_on_behalf_of_the_person(chain):
    away(chain[HQ], chain[MM])
    asked = chain.ask(HQ)
    asked = chain.decide(asked, chain[MM])
    entry = asked.entries.get(position=1)
    assert (asked.state, entry.by, entry.on_behalf_of, entry.role, entry.held) == (
        "approved",
        chain[MM],
        chain[HQ],
        HQ,
        HQ,
    )


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (2, True), (3, False)])
def test_a_delegation_holds_from_its_first_day_to_the_end_of_its_last(chain, days, may):
    away(chain[HQ], chain[MM], TODAY + 5 * DAY, TODAY + 7 * DAY)
    asked, at = chain.ask(HQ), NOW + (5 + days) * DAY
    assert waits_for(chain[MM], TODAY + (5 + days) * DAY) == (["bulk.plan:1"] if may else [])
    if may:
        assert chain.decide(asked, chain[MM], now=at).state == "approved"
    else:
        assert "stands in" in refusal_of(lambda: chain.decide(asked, chain[MM], now=at))


def test_the_person_who_is_away_may_still_decide(chain):
    away(chain[HQ], chain[MM])
    assert chain.decide(chain.ask(HQ), chain[HQ]).entries.get(position=1).on_behalf_of is None


def test_own_authority_goes_before_the_delegated_one(chain):
    other = chain.another(HQ)
    away(chain[HQ], other)
    assert chain.decide(chain.ask(HQ), other).entries.get(position=1).on_behalf_of is None


def test_a_delegate_decides_neither_their_own_request_nor_that_of_the_person(chain):
    away(chain[HQ], chain[MM])
    own, theirs = chain.ask(HQ, by=chain[MM], subject="a"), chain.ask(HQ, by=chain[HQ], subject="b")
    assert "own request" in refusal_of(lambda: chain.decide(own, chain[MM]))
    refusal_of(lambda: chain.decide(theirs, chain[MM]))
    assert waits_for(chain[MM]) == []


def test_what_is_held_for_another_cannot_be_passed_on(chain):
    away(chain[HQ], chain[BM])
    assert "hold yourself" in refusal_of(lambda: away(chain[BM], chain[MM], role=HQ))
    away(chain[BM], chain[MM])
    asked = chain.ask(HQ)
    refusal_of(lambda: chain.decide(asked, chain[MM]))
    assert (waits_for(chain[MM]), waits_for(chain[BM])) == ([], ["bulk.plan:1"])


def test_a_delegation_ends_with_the_posting_of_the_person(chain):
    away(chain[HQ], chain[MM])
    asked = chain.ask(HQ)
    chain.leave(HQ)
    refusal_of(lambda: chain.decide(asked, chain[MM]))
    assert waits_for(chain[MM]) == []


@pytest.mark.parametrize("now_is", ["gone", "rep", "inactive"])
def test_a_delegation_ends_with_the_posting_of_the_delegate(chain, now_is):
    away(chain[HQ], chain[MM])
    asked = chain.ask(HQ)
    if now_is == "inactive":
        User.objects.filter(pk=chain[MM].pk).update(is_active=False)
    else:
        chain.leave(MM)
        if now_is == "rep":
            PostingFactory(user=chain[MM], office=chain.office, role=Role.REP, since=TODAY)
    mm = User.objects.get(pk=chain[MM].pk)
    refusal_of(lambda: chain.decide(asked, mm))
    assert (waits_for(mm), waits_for(chain[TOP])) == ([], ["bulk.plan:1"])


@pytest.mark.parametrize("who", ["person", "delegate"])
def test_either_side_ends_it_and_the_other_is_told(chain, who):
    row = away(chain[HQ], chain[MM])
    asked = chain.ask(HQ)
    by, other = (chain[HQ], chain[MM]) if who == "person" else (chain[MM], chain[HQ])
    delegations.end(row, by=by, now=NOW)
    refusal_of(lambda: chain.decide(asked, chain[MM]))
    assert Notice.objects.filter(user=other, key=f"delegation-end:{row.pk}").count() == 1
    assert "over" in refusal_of(lambda: delegations.end(row, by=by, now=NOW))


def test_nobody_else_ends_it(chain):
    row = away(chain[HQ], chain[MM])
    refusal_of(lambda: delegations.end(row, by=chain[BM], now=NOW))
    assert deciders.running(TODAY).count() == 1


def test_both_sides_see_it_and_nobody_else(chain):
    row = away(chain[HQ], chain[MM])
    assert [list(delegations.of(chain[role])) for role in (HQ, MM, BM, TOP)] == [[row], [row], [], []]
    assert Notice.objects.get(user=chain[MM]).text == "You decide for hq from 2026-03-10 to 2026-03-13: 出差"


@pytest.mark.parametrize(
    ("first", "last"), [(1, 0), (-1, 3), (0, 92), (-400, 400)], ids=["turned round", "past", "too long", "for ever"]
)
def test_days_that_make_no_sense_are_refused(chain, first, last):
    refusal_of(lambda: away(chain[HQ], chain[MM], TODAY + first * DAY, TODAY + last * DAY))
    assert away(chain[HQ], chain[MM], TODAY, TODAY + 91 * DAY).pk


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201])
def test_a_reason_of_fair_length_is_needed(chain, reason):
    refusal_of(lambda: away(chain[HQ], chain[MM], reason=reason))


def test_two_at_the_same_time_are_refused_and_one_after_the_other_is_not(chain):
    row = away(chain[HQ], chain[MM])
    for first, last in ((0, 0), (3, 5), (2, 2)):
        refusal_of(lambda first=first, last=last: away(chain[HQ], chain[BM], TODAY + first * DAY, TODAY + last * DAY))
    assert away(chain[HQ], chain[BM], TODAY + 4 * DAY, TODAY + 5 * DAY).pk
    delegations.end(row, by=chain[HQ], now=NOW)
    assert away(chain[HQ], chain[BM]).pk


def test_only_people_of_the_company_who_approve_themselves_may_be_chosen(chain):
    stranger = Chain(MM)
    for to in (chain[HQ], chain[Role.REP], chain[Role.KEEPER], stranger[MM]):
        refusal_of(lambda to=to: away(chain[HQ], to))
    assert chain[MM] in delegations.candidates(chain[HQ], on=TODAY)


def test_a_role_that_approves_nothing_is_not_passed_on(chain):
    refusal_of(lambda: away(chain[Role.KEEPER], chain[MM]))
    refusal_of(lambda: away(chain[Role.REP], chain[MM]))


def test_whoever_stands_above_puts_down_a_sudden_absence(chain):
    row = away(chain[BM], chain[MM], by=chain[HQ])
    assert (row.user, row.set_by) == (chain[BM], chain[HQ])
    assert Notice.objects.filter(user__in=[chain[BM], chain[MM]]).count() == 2
    assert chain.decide(chain.ask(BM), chain[MM]).state == "approved"


def test_neither_equals_nor_those_below_nor_strangers_put_it_down(chain):
    for by in (chain[MM], chain.another(BM), Chain(HQ)[HQ]):
        refusal_of(lambda by=by: away(chain[BM], chain[MM], by=by))


def test_the_database_refuses_what_the_rule_refuses(chain):
    row = away(chain[HQ], chain[MM])
    for wrong in ({"to": chain[HQ]}, {"last": TODAY - DAY}, {"ended_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.filter(pk=row.pk).update(**wrong)


# --- Nobody can decide: the next rung up --------------------------------------------------------------------------


def test_where_the_approver_left_the_next_rung_decides_and_it_is_written(chain):
    chain.leave(BM)
    asked = chain.ask(BM, HQ)
    assert (waits_for(chain[HQ]), waits_for(chain[TOP]), waits_for(chain[MM])) == (["bulk.plan:1"], [], [])
    asked = chain.decide(asked, chain[HQ])
    entry = asked.entries.get(position=1)
    assert (entry.role, entry.held, entry.on_behalf_of, asked.waiting_role) == (BM, HQ, None, HQ)
    assert chain.decide(asked, chain[HQ]).state == "approved"


def test_the_account_that_was_switched_off_counts_as_left(chain):
    User.objects.filter(pk=chain[BM].pk).update(is_active=False)
    chain.ask(BM)
    assert waits_for(chain[HQ]) == ["bulk.plan:1"]


def test_where_the_only_approver_asked_the_next_rung_decides(chain):
    asked = chain.ask(BM, by=chain[BM])
    assert (waits_for(chain[BM]), waits_for(chain[HQ])) == ([], ["bulk.plan:1"])
    assert chain.decide(asked, chain[HQ]).state == "approved"


def test_where_another_holds_the_role_the_next_rung_does_not_decide(chain):
    other = chain.another(BM)
    chain.ask(BM, by=chain[BM])
    assert (waits_for(other), waits_for(chain[HQ])) == (["bulk.plan:1"], [])


def test_where_the_approver_is_away_without_a_delegate_the_next_rung_decides(chain):
    away(chain[BM], None)
    chain.ask(BM)
    assert (waits_for(chain[HQ]), waits_for(chain[BM])) == (["bulk.plan:1"], ["bulk.plan:1"])


def test_where_the_delegate_asked_the_next_rung_decides(chain):
    away(chain[BM], chain[MM])
    chain.ask(BM, by=chain[MM])
    assert (waits_for(chain[MM]), waits_for(chain[HQ])) == ([], ["bulk.plan:1"])


def test_two_empty_rungs_are_passed_at_once_and_a_delegate_of_the_third_decides(chain):
    for role in (BM, HQ):
        chain.leave(role)
    away(chain[TOP], chain[MM])
    asked = chain.ask(BM)
    assert (waits_for(chain[MM]), waits_for(chain[TOP])) == (["bulk.plan:1"], ["bulk.plan:1"])
    entry = chain.decide(asked, chain[MM]).entries.get(position=1)
    assert (entry.role, entry.held, entry.on_behalf_of) == (BM, TOP, chain[TOP])


def test_the_only_chairman_cannot_ask_for_what_the_chairman_decides(chain):
    assert "only Chairman" in refusal_of(lambda: chain.ask(BM, HQ, TOP, by=chain[TOP]))
    assert chain.ask(BM, HQ, by=chain[TOP]).state == "pending"
    chain.another(TOP)
    assert chain.ask(TOP, by=chain[TOP], subject="b").state == "pending"


def test_the_desks_check_is_made_by_the_supervisor_at_most(chain):
    chain.leave(Role.CLERK)
    asked = chain.ask(Role.CLERK, MM)
    assert [waits_for(chain[role]) for role in (SUP, MM, BM)] == [["bulk.plan:1"], [], []]
    chain.leave(SUP)
    assert waits_for(chain[MM]) == []
    refusal_of(lambda: chain.decide(asked, chain[MM]))


def test_nobody_stands_in_for_finance(chain):
    chain.leave(Role.FINANCE)
    chain.ask(Role.FINANCE)
    assert [waits_for(chain[role]) for role in RUNGS] == [[], [], [], [], []]


def test_those_told_are_those_who_may_decide(chain):
    away(chain[HQ], chain[MM])
    chain.leave(BM)
    asked = chain.ask(BM)
    told = {row.user for row in Notice.objects.filter(key=f"approval:{asked.pk}:0")}
    assert told == {chain[HQ], chain[MM]}


# --- Handing over ---------------------------------------------------------------------------------------------------


@pytest.mark.rule("HAND-01")
def test_a_leavers_request_goes_on_with_somebody_else_whom_it_then_belongs_to(chain):
    asked = chain.ask(BM, HQ)
    asked = approvals.take_over(asked, to=chain[SUP], by=chain[MM], reason="离职", now=NOW)
    refusal_of(lambda: approvals.withdraw(asked, by=chain[Role.REP], reason="", now=NOW))
    chain.decide(chain.decide(asked, chain[BM]), chain[HQ])
    assert Notice.objects.filter(user=chain[SUP], key=f"approval-end:{asked.pk}").count() == 1
    assert [row.decision for row in approvals.history_of("bulk.plan:1")] == ["open", "hand_over", "approve", "approve"]


@pytest.mark.rule("HAND-01")
def test_who_took_over_and_who_asked_first_both_decide_nothing(chain):
    asked = chain.ask(MM, BM, by=chain[SUP])
    approvals.take_over(asked, to=chain[MM], by=chain[BM], reason="", now=NOW)
    asked.refresh_from_db()
    refusal_of(lambda: chain.decide(asked, chain[MM]))
    assert (waits_for(chain[MM]), waits_for(chain[BM])) == ([], ["bulk.plan:1"])


@pytest.mark.rule("HAND-01")
def test_neither_a_decider_nor_a_closed_request_is_handed_over(chain):
    asked = chain.decide(chain.ask(BM, HQ), chain[BM])
    refusal_of(lambda: approvals.take_over(asked, to=chain[BM], by=chain[MM], reason="", now=NOW))
    asked = chain.decide(asked, chain[HQ])
    refusal_of(lambda: approvals.take_over(asked, to=chain[SUP], by=chain[MM], reason="", now=NOW))


# --- The list and the check say the same ---------------------------------------------------------------------------


def may(request, user: User, on: date) -> bool:
    return deciders.capacity_for(request, user, on=on) is not None


def shuffled(seed: int) -> tuple[Chain, list[User]]:
    """A company at random: people missing, doubled, away, delegating, asking."""
    dice = Random(seed)
    chain = Chain(*RUNGS, Role.CLERK)
    people = [chain[role] for role in (*RUNGS, Role.CLERK, Role.REP)]
    people += [chain.another(role) for role in dice.sample([*RUNGS, Role.CLERK], 2)]
    for person in dice.sample(people[:5], 3):
        to = dice.choice([None, *delegations.candidates(person, on=TODAY)])
        away(person, to)
    for role in dice.sample(RUNGS, 2):
        if dice.random() < 0.5:
            chain.leave(role)
    for n, role in enumerate((*RUNGS, Role.CLERK)):
        chain.ask(role, subject=f"s:{n}", by=dice.choice([people[-3], people[n % 5]]) if role != TOP else people[-3])
    return chain, [User.objects.get(pk=one.pk) for one in people]


@pytest.mark.parametrize("seed", range(8))
def test_the_list_the_check_and_the_notices_agree_on_every_person_and_request(seed):
    _chain, people = shuffled(seed)
    requests = list(approvals.ApprovalRequest.objects.all())
    listed = {(one.pk, user.pk) for user in people for one in approvals.waiting_for(user, on=TODAY)}
    checked = {(one.pk, user.pk) for user, one in product(people, requests) if may(one, user, TODAY)}
    told = {(one.pk, user.pk) for one in requests for user in deciders.people_for(one, on=TODAY)}
    assert listed == checked
    assert told <= listed
    assert {one for one, _user in told} == {one for one, _user in listed}


def test_a_list_that_forgets_the_requester_is_caught(chain):
    asked = chain.ask(BM, by=chain[BM])
    broken = approvals.ApprovalRequest.objects.filter(waiting_role=chain[BM].posting.role)
    assert broken.filter(pk=asked.pk).exists() is not may(asked, chain[BM], TODAY)


def test_who_has_no_posting_decides_nothing(chain):
    chain.ask(BM)
    assert waits_for(User.objects.create(username="none", name="none")) == []
    assert waits_for(staff_member(BM)) == []

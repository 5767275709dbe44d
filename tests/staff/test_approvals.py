"""A request climbs step by step: who decides, once, and what stays written."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import translation

from common.errors import RuleError
from staff import approvals
from staff.models import ApprovalEntry, ApprovalRequest, ApprovalState, Notice
from staff.roles import Role
from tests.staff.chain import BULK, NOW, RUNGS, Chain

pytestmark = [pytest.mark.django_db, pytest.mark.rule("BULK-05")]
BM, HQ, TOP = BULK
LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def chain() -> Chain:
    return Chain(*RUNGS, Role.CLERK)


def refusal_of(job) -> str:
    with pytest.raises(RuleError) as refused:
        job()
    return str(refused.value)


def waiting(user) -> list[str]:
    return sorted(approvals.waiting_for(user, on=NOW.date()).values_list("subject", flat=True))


def test_a_request_climbs_to_its_last_step_and_is_approved(chain):
    asked = chain.ask(BM, HQ)
    assert (asked.state, asked.waiting_role, asked.step) == ("pending", BM, 0)
    asked = chain.decide(asked, chain[BM])
    assert (asked.state, asked.waiting_role, asked.step) == ("pending", HQ, 1)
    asked = chain.decide(asked, chain[HQ])
    assert (asked.state, asked.waiting_role, asked.step) == ("approved", "", 2)
    assert asked.closed_at == NOW + timedelta(minutes=1)


def test_every_step_keeps_decision_reason_time_person_role_and_snapshot(chain):
    asked = chain.decide(chain.ask(BM, HQ), chain[BM], reason="可行", snapshot={"percent": "7.5", "seen": 1})
    chain.decide(asked, chain[HQ], "refuse", reason="太低", snapshot={"percent": "7.5", "seen": 2}, now=LATER)
    kept = [
        (row.position, row.decision, row.by, row.role, row.held, row.reason, row.at, row.snapshot)
        for row in approvals.history_of("bulk.plan:1")
    ]
    assert kept == [
        (0, "open", chain[Role.REP], "", "", "", NOW, {"percent": "7.5"}),
        (1, "approve", chain[BM], BM, BM, "可行", NOW + timedelta(minutes=1), {"percent": "7.5", "seen": 1}),
        (2, "refuse", chain[HQ], HQ, HQ, "太低", LATER, {"percent": "7.5", "seen": 2}),
    ]


@pytest.mark.parametrize(("decision", "state"), [("refuse", "refused"), ("return", "returned")])
def test_refusing_and_returning_end_the_climb_and_need_a_reason(chain, decision, state):
    asked = chain.ask(BM, HQ)
    assert "Say why" in refusal_of(lambda: chain.decide(asked, chain[BM], decision, reason="  "))
    assert chain.decide(asked, chain[BM], decision).state == state
    assert waiting(chain[HQ]) == []


@pytest.mark.parametrize("decision", ["", "open", "withdraw", "APPROVE", "yes\x00"])
def test_other_decisions_there_are_none(chain, decision):
    asked = chain.ask(BM)
    refusal_of(lambda: chain.decide(asked, chain[BM], decision))
    assert ApprovalEntry.objects.count() == 1


def test_a_reason_longer_than_the_field_is_refused_not_cut(chain):
    asked = chain.ask(BM)
    assert "300" in refusal_of(lambda: chain.decide(asked, chain[BM], reason="x" * 301))


def test_only_the_role_of_the_step_decides(chain):
    asked = chain.ask(BM, HQ)
    for role in (Role.REP, Role.SUPERVISOR, Role.MARKETING_MANAGER, HQ, TOP, Role.CLERK):
        refusal_of(lambda role=role: chain.decide(asked, chain[role]))
    assert waiting(chain[BM]) == ["bulk.plan:1"]
    assert waiting(chain[HQ]) == []


def test_the_same_role_of_another_office_branch_or_company_decides_nothing(chain):
    stranger = Chain(*RUNGS)
    for role in RUNGS:
        asked = chain.ask(role, subject=f"bulk.plan:{role}")
        refusal_of(lambda asked=asked, role=role: chain.decide(asked, stranger[role]))
        assert waiting(stranger[role]) == []


def test_nobody_decides_their_own_request(chain):
    asked = chain.ask(BM, HQ, by=chain[BM])
    assert "own request" in refusal_of(lambda: chain.decide(asked, chain[BM]))
    assert waiting(chain[BM]) == []


def test_a_step_that_was_decided_since_one_looked_is_not_decided_again(chain):
    other = chain.another(HQ)
    seen = chain.ask(HQ, TOP)
    chain.decide(seen, other)
    seen.step = 0
    assert "decided this step" in refusal_of(lambda: chain.decide(seen, chain[HQ]))


def test_a_closed_request_is_not_decided_again(chain):
    asked = chain.ask(BM)
    chain.decide(asked, chain[BM])
    assert "approved by branch_manager" in refusal_of(lambda: chain.decide(asked, chain[BM]))


def test_a_withdrawn_request_is_not_decided(chain):
    asked = chain.ask(BM)
    approvals.withdraw(asked, by=chain[Role.REP], reason="客户变卦", now=LATER)
    assert "withdrawn by rep" in refusal_of(lambda: chain.decide(asked, chain[BM]))
    assert [row.decision for row in approvals.history_of("bulk.plan:1")] == ["open", "withdraw"]


def test_only_the_one_who_asked_withdraws(chain):
    asked = chain.ask(BM)
    refusal_of(lambda: approvals.withdraw(asked, by=chain[BM], reason="x", now=LATER))
    approvals.withdraw(asked, by=chain[Role.REP], reason="", now=LATER)
    refusal_of(lambda: approvals.withdraw(asked, by=chain[Role.REP], reason="x", now=LATER))


def test_a_returned_request_is_withdrawn_or_asked_anew_but_not_decided(chain):
    asked = chain.decide(chain.ask(BM), chain[BM], "return")
    refusal_of(lambda: chain.decide(asked, chain[BM]))
    again = chain.ask(BM)
    assert again.pk != asked.pk
    assert approvals.withdraw(asked, by=chain[Role.REP], reason="", now=LATER).state == "withdrawn"


def test_one_open_request_a_subject_by_the_rule_and_by_the_database(chain):
    asked = chain.ask(BM)
    assert "under way" in refusal_of(lambda: chain.ask(BM))
    asked.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


def test_a_changed_request_climbs_anew_and_keeps_the_older_steps(chain):
    first = chain.decide(chain.ask(BM, HQ), chain[BM])
    more = {"steps": (BM, HQ, TOP), "snapshot": {"percent": "12"}, "reason": "优惠加大", "now": LATER}
    second = approvals.restart(first, by=chain[Role.REP], **more)
    first.refresh_from_db()
    assert (first.state, second.state, second.waiting_role, second.step) == ("changed", "pending", BM, 0)
    assert [(row.request_id, row.decision) for row in approvals.history_of("bulk.plan:1")] == [
        (first.pk, "open"),
        (first.pk, "approve"),
        (first.pk, "change"),
        (second.pk, "open"),
    ]
    assert "replaced" in refusal_of(lambda: chain.decide(first, chain[HQ]))
    refusal_of(lambda: approvals.restart(first, by=chain[Role.REP], **more))


def test_only_the_one_who_asked_changes_a_request(chain):
    asked = chain.ask(BM)
    more = {"steps": (BM,), "snapshot": {}, "reason": "", "now": LATER}
    refusal_of(lambda: approvals.restart(asked, by=chain[BM], **more))
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_a_request_that_fell_is_closed_once_and_a_closed_one_stays_as_it_is(chain):
    asked = chain.ask(BM)
    assert approvals.fall(asked, by=chain[BM], reason="客户已成交", now=LATER).state == "withdrawn"
    done = chain.decide(chain.ask(BM), chain[BM])
    assert approvals.fall(done, by=chain[BM], reason="", now=LATER).state == "approved"


def test_a_request_without_steps_is_refused(chain):
    refusal_of(chain.ask)
    assert ApprovalRequest.objects.count() == 0


def test_refusals_name_the_rule_of_the_request(chain):
    asked = chain.ask(BM, rule="DEAL-03")
    with pytest.raises(RuleError) as refused:
        chain.decide(asked, chain[HQ])
    assert refused.value.rule == "DEAL-03"


def test_notices_tell_the_next_and_the_one_who_asked_and_hold_nothing_secret(chain):
    asked = chain.ask(BM, HQ, snapshot={"price": "8888.42"})
    asked = chain.decide(asked, chain[BM], reason="秘密 8888.42", snapshot={"price": "8888.42"})
    chain.decide(asked, chain[HQ])
    told = [(row.user, row.text, row.link) for row in Notice.objects.order_by("pk")]
    page = f"/approvals/{asked.pk}/"
    assert told == [
        (chain[BM], "Waits for your decision: 大客户方案 1", page),
        (chain[HQ], "Waits for your decision: 大客户方案 1", page),
        (chain[Role.REP], "大客户方案 1: approved", page),
    ]


def test_a_quiet_request_leaves_the_telling_to_the_domain(chain):
    chain.decide(chain.ask(BM, tells=False), chain[BM])
    assert Notice.objects.count() == 0


def test_entries_cannot_be_altered(chain):
    chain.ask(BM)
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalEntry.objects.update(reason="anders")
    with pytest.raises(DatabaseError), transaction.atomic():
        ApprovalEntry.objects.all().delete()


def test_a_step_is_decided_once_by_the_database(chain):
    asked = chain.decide(chain.ask(BM, HQ), chain[BM])
    with pytest.raises(IntegrityError), transaction.atomic():
        ApprovalEntry.objects.create(request=asked, position=1, decision="refuse", by=chain[HQ], at=NOW)


def test_a_request_waits_for_a_role_exactly_while_it_is_pending(chain):
    asked = chain.ask(BM)
    for wrong in ({"waiting_role": ""}, {"state": "approved"}, {"closed_at": NOW}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApprovalRequest.objects.filter(pk=asked.pk).update(**wrong)


def test_every_pair_of_states_follows_the_table(chain):
    asked = chain.ask(BM)
    for now in ApprovalState:
        for then in ApprovalState:
            asked.state = now
            if then in approvals.TRANSITIONS[now]:
                approvals.STATES.move(asked, then)
                assert asked.state == then
            else:
                refusal_of(lambda then=then: approvals.STATES.move(asked, then))


def test_a_request_is_seen_by_who_asked_who_decided_and_who_may(chain):
    other = chain.another(HQ)
    asked = chain.decide(chain.ask(BM, HQ, TOP), chain[BM])

    def sees(user) -> bool:
        return approvals.visible_to(user, on=NOW.date()).filter(pk=asked.pk).exists()

    assert [sees(chain[role]) for role in (Role.REP, BM, HQ, TOP)] == [True, True, True, False]
    assert not sees(chain[Role.MARKETING_MANAGER])
    asked = chain.decide(asked, chain[HQ])
    assert [sees(chain[HQ]), sees(other), sees(chain[TOP])] == [True, False, True]


def test_what_is_open_of_a_person_is_what_they_asked_and_what_waits_for_them(chain):
    chain.ask(BM, subject="a")
    chain.decide(chain.ask(BM, subject="b"), chain[BM], "return")
    chain.decide(chain.ask(BM, subject="c"), chain[BM], "refuse")
    chain.ask(BM, subject="d", by=chain[Role.SUPERVISOR])
    chain.decide(chain.ask(HQ, subject="e"), chain[HQ], "return")
    chain.decide(chain.ask(HQ, subject="e"), chain[HQ])
    found = {
        role: sorted(approvals.open_of(chain[role], on=NOW.date()).values_list("subject", flat=True))
        for role in (Role.REP, Role.SUPERVISOR, BM, HQ)
    }
    assert found == {Role.REP: ["a", "b"], Role.SUPERVISOR: ["d"], BM: ["a", "d"], HQ: []}

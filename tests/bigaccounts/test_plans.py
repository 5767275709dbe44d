"""Sales plans: sent, approved by the branch manager, returned and revised; nothing is negotiated before (BULK-03)."""

from __future__ import annotations

import pytest

from bigaccounts import climb, contracts, journal, plans
from bigaccounts.models import Event, Plan
from common.errors import RuleError
from staff.models import ApprovalEntry, Notice


def send(trade, case, **said):
    return plans.send(case, by=trade.supervisor, now=trade.now, **{"units": 12, "terms": "方案", **said})


@pytest.mark.rule("BULK-03")
def test_nothing_is_negotiated_before_the_branch_manager_approves(trade):
    case = trade.planned()
    for before in (trade.opened(), case):
        for rule in (
            lambda case: journal.report(case, by=trade.supervisor, now=trade.now, text="谈"),
            lambda case: climb.ask(case, by=trade.supervisor, now=trade.now, percent="3"),
            lambda case: contracts.draft(case, by=trade.supervisor, now=trade.now),
        ):
            with pytest.raises(RuleError) as refused:
                rule(before)
            assert refused.value.rule == "BULK-03"
    plans.approve(case, by=trade.branch_manager, now=trade.now)
    assert trade.fresh(case).state == "negotiating"
    journal.report(case, by=trade.supervisor, now=trade.now, text="谈")


@pytest.mark.rule("BULK-03")
def test_a_returned_plan_is_revised_and_every_version_stays(trade):
    case = trade.planned()
    with pytest.raises(RuleError):
        plans.send_back(case, by=trade.branch_manager, now=trade.now, reason="")
    plans.send_back(case, by=trade.branch_manager, now=trade.now, reason="楼层要分开")
    case = trade.fresh(case)
    assert case.state == "returned"
    send(trade, case, units=15, terms="分楼层方案", percent="5.5")
    plans.approve(case, by=trade.branch_manager, now=trade.now)
    rows = [(p.number, p.state, p.units, p.terms, p.percent, p.reason) for p in case.plans.order_by("number")]
    assert rows == [
        (1, "returned", 12, "团购价格方案", 6, "楼层要分开"),
        (2, "approved", 15, "分楼层方案", pytest.approx(5.5), ""),
    ]
    assert trade.fresh(case).units == 15


@pytest.mark.rule("BULK-03")
@pytest.mark.parametrize("code", ["manager", "supervisor", "clerk", "finance", "keeper"])
def test_only_the_branch_manager_decides_on_a_plan(trade, code):
    case = trade.planned()
    for decide in (plans.approve, plans.send_back):
        with pytest.raises(RuleError) as refused:
            decide(case, by=getattr(trade, code), now=trade.now, reason="好")
        assert refused.value.rule == "BULK-03"
    assert trade.fresh(case).state == "planned"


def test_a_second_plan_waits_for_the_first(trade):
    case = trade.planned()
    with pytest.raises(RuleError):
        send(trade, case)
    assert Plan.objects.count() == 1


def test_a_plan_without_terms_or_with_a_wild_percent_is_refused(trade):
    case = trade.opened()
    for said in ({"terms": " "}, {"percent": "100"}, {"percent": "-1"}, {"percent": "1.00001"}, {"percent": "x"}):
        with pytest.raises(RuleError) as refused:
            send(trade, case, **said)
        assert refused.value.rule == "BULK-03"
    assert not Plan.objects.exists()


@pytest.mark.rule("BULK-03")
def test_the_branch_manager_is_told_and_the_supervisor_hears_back(trade):
    case = trade.planned()
    asked = Notice.objects.filter(user=trade.branch_manager)
    assert [one.key.startswith("approval:") for one in asked] == [True]
    plans.approve(case, by=trade.branch_manager, now=trade.now, reason="同意")
    assert Notice.objects.filter(user=trade.supervisor, key__startswith="bulk:").count() == 1


@pytest.mark.rule("BULK-11")
def test_what_the_approvals_keep_of_a_plan_holds_no_figure(trade):
    case = trade.opened()
    send(trade, case, percent="7.3519")
    plans.send_back(case, by=trade.branch_manager, now=trade.now, reason="7.3519 太高")
    assert Event.objects.filter(case=case).count() == 3
    for entry in ApprovalEntry.objects.all():
        assert "7.3519" not in f"{entry.snapshot} {entry.reason}"

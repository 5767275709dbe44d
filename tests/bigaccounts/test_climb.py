"""The climb of a discount: branch manager → HQ → chairman, to the first whose authority covers it (BULK-05)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bigaccounts import asking, climb, journal
from bigaccounts.models import Ask, Event
from common.errors import RuleError
from sales.models import DiscountAuthority
from staff import approvals
from staff.models import ApprovalEntry
from staff.roles import Role


def ask(trade, case, percent, **said):
    return climb.ask(case, by=trade.supervisor, now=trade.now, percent=percent, **said)


def decide(trade, case, by, decision="approve", reason="同意"):
    return climb.decide(case, by=by, now=trade.now, decision=decision, reason=reason)


def decided(case):
    found = approvals.history_of(climb.subject(case)).filter(position__gte=1)
    return [(one.role, one.by.name, one.decision) for one in found]


@pytest.mark.rule("BULK-05")
@pytest.mark.parametrize(
    ("percent", "steps"),
    [
        ("0.0001", ["branch_manager"]),
        ("5", ["branch_manager"]),
        ("5.0001", ["branch_manager", "hq"]),
        ("10", ["branch_manager", "hq"]),
        ("10.0001", ["branch_manager", "hq", "chairman"]),
        ("99.9999", ["branch_manager", "hq", "chairman"]),
    ],
)
def test_a_discount_climbs_to_the_first_whose_authority_covers_it(trade, percent, steps):
    case = trade.negotiating()
    ask(trade, case, percent)
    for n, role in enumerate(steps):
        assert climb.waiting(case).waiting_role == role
        decide(trade, case, getattr(trade, role))
        assert trade.fresh(case).state == ("approved" if n + 1 == len(steps) else "climbing")
    assert decided(case) == [(role, role, "approve") for role in steps]
    assert climb.approved(trade.fresh(case)).percent == Decimal(percent)


@pytest.mark.rule("BULK-05")
@pytest.mark.parametrize("percent", ["0", "-1", "100", "100.5", "5.00001", "NaN", "1e999", "", "六"])
def test_what_is_no_discount_is_refused(trade, percent):
    case = trade.negotiating()
    with pytest.raises(RuleError) as refused:
        ask(trade, case, percent)
    assert refused.value.rule == "BULK-05"
    assert trade.fresh(case).state == "negotiating"
    assert not Ask.objects.exists()


@pytest.mark.rule("BULK-05")
@pytest.mark.rule("BULK-02")
@pytest.mark.parametrize("units", [0, 10, 1_000_000])
def test_a_discount_for_ten_units_is_refused(trade, units):
    with pytest.raises(RuleError) as refused:
        ask(trade, trade.negotiating(), "3", units=units)
    assert refused.value.rule == "BULK-02"


@pytest.mark.rule("BULK-05")
def test_each_rung_decides_its_own_step_alone(trade):
    case = trade.negotiating()
    ask(trade, case, "8")
    for by in (trade.hq, trade.supervisor, trade.manager, trade.finance, trade.people["A"]):
        with pytest.raises(RuleError) as refused:
            decide(trade, case, by)
        assert refused.value.rule == "BULK-05"
    decide(trade, case, trade.branch_manager)
    with pytest.raises(RuleError):
        decide(trade, case, trade.branch_manager)
    assert decided(case) == [("branch_manager", "branch_manager", "approve")]


@pytest.mark.rule("BULK-05")
def test_a_changed_discount_starts_anew_and_the_old_steps_decide_nothing(trade):
    case = trade.negotiating()
    ask(trade, case, "8")
    decide(trade, case, trade.branch_manager)
    stale = asking.seen(climb.waiting(case))
    ask(trade, case, "9")
    assert climb.waiting(case).waiting_role == "branch_manager"
    with pytest.raises(RuleError):
        climb.decide(case, by=trade.hq, now=trade.now, decision="approve", step=stale)
    with pytest.raises(RuleError):
        decide(trade, case, trade.hq)
    decide(trade, case, trade.branch_manager)
    decide(trade, case, trade.hq)
    assert [(one.number, one.state) for one in case.asks.order_by("number")] == [(1, "withdrawn"), (2, "approved")]
    assert climb.approved(trade.fresh(case)).percent == 9


@pytest.mark.rule("BULK-05")
def test_a_change_after_the_approval_takes_the_approval_away(trade):
    case = trade.discounted("4")
    ask(trade, case, "4.5")
    case = trade.fresh(case)
    assert (case.state, climb.approved(case)) == ("climbing", None)


@pytest.mark.rule("BULK-05")
@pytest.mark.parametrize(("decision", "ends"), [("refuse", "refused"), ("return", "returned")])
def test_a_refusal_needs_a_reason_and_leads_back_to_the_table(trade, decision, ends):
    case = trade.negotiating()
    ask(trade, case, "8")
    with pytest.raises(RuleError):
        decide(trade, case, trade.branch_manager, decision, reason=" ")
    decide(trade, case, trade.branch_manager, decision, reason="太多")
    case = trade.fresh(case)
    assert (case.state, case.asks.get().state, climb.approved(case)) == ("negotiating", ends, None)
    ask(trade, case, "6")
    assert trade.fresh(case).state == "climbing"


@pytest.mark.rule("BULK-05")
def test_a_discount_taken_back_is_decided_no_more(trade):
    case = trade.negotiating()
    ask(trade, case, "8")
    climb.withdraw(case, by=trade.supervisor, now=trade.now)
    with pytest.raises(RuleError) as refused:
        decide(trade, case, trade.branch_manager)
    assert refused.value.rule == "BULK-05"
    assert trade.fresh(case).state == "negotiating"


@pytest.mark.rule("BULK-05")
def test_nobody_decides_their_own_request(trade):
    case = trade.negotiating()
    ask(trade, case, "3")
    trade.supervisor.postings.update(role=Role.BRANCH_MANAGER, office=None, branch=trade.office.branch)
    trade.supervisor.__dict__.pop("posting", None)
    with pytest.raises(RuleError):
        decide(trade, case, trade.supervisor)


@pytest.mark.rule("BULK-05")
def test_a_table_with_a_hole_or_equal_rows_is_refused_in_words(trade):
    case = trade.negotiating()
    row = DiscountAuthority.objects.get(office=trade.office, role=Role.HQ)
    row.percent = 5
    row.save()
    with pytest.raises(RuleError) as refused:
        ask(trade, case, "8")
    assert refused.value.rule == "BULK-05"
    row.percent = 3
    row.save()
    with pytest.raises(RuleError):
        ask(trade, case, "8")
    assert not Ask.objects.exists()


@pytest.mark.rule("BULK-05")
def test_each_step_keeps_a_snapshot_that_only_the_cases_key_opens(trade):
    case = trade.negotiating()
    ask(trade, case, "7.3519")
    decide(trade, case, trade.branch_manager, reason="7.3519 可以")
    decide(trade, case, trade.hq)
    entries = list(ApprovalEntry.objects.filter(request__kind="bulk.discount").order_by("pk"))
    assert [asking.percent_in(case, one.snapshot) for one in entries] == ["7.3519"] * 3
    assert all("7.3519" not in f"{one.snapshot} {one.reason}" for one in entries)
    kept = Event.objects.filter(case=case, kind="passed_on").get()
    kept.case = case
    assert kept.secret == {"percent": "7.3519", "reason": "7.3519 可以"}


@pytest.mark.rule("BULK-11")
def test_a_test_of_a_discount_tells_only_whose_authority_covers_it(trade):
    rep = trade.people["A"]
    asked = [climb.covers(trade.office, percent, by=rep) for percent in ("3", "5", "5.0001", "10", "11")]
    assert asked == [Role.BRANCH_MANAGER, Role.BRANCH_MANAGER, Role.HQ, Role.HQ, Role.CHAIRMAN]
    for by in (trade.finance, trade.keeper):
        with pytest.raises(RuleError):
            climb.covers(trade.office, "3", by=by)


@pytest.mark.rule("BULK-04")
def test_seven_days_without_a_report_are_flagged_the_seventh_counts_to_its_end(trade):
    case = trade.negotiating()
    quiet = []
    for nights in range(10):
        quiet.append(journal.is_quiet(case, now=trade.at("23:59")))
        if nights < 9:
            trade.sleep()
    assert quiet == [False] * 8 + [True] * 2
    journal.report(case, by=trade.supervisor, now=trade.now, text="谈到付款")
    case = trade.fresh(case)
    assert not journal.is_quiet(case, now=trade.now)
    kept = case.reports.select_related("case__key").get()
    assert (kept.by, kept.text) == (trade.supervisor, "谈到付款")


@pytest.mark.rule("BULK-04")
def test_a_report_goes_to_the_branch_and_needs_words(trade):
    from staff.models import Notice

    case = trade.negotiating(by=trade.people["A"])
    with pytest.raises(RuleError) as refused:
        journal.report(case, by=trade.people["A"], now=trade.now, text=" ")
    assert refused.value.rule == "BULK-04"
    journal.report(case, by=trade.people["A"], now=trade.now, text="对方要再看")
    assert Notice.objects.filter(user=trade.branch_manager, key__contains=":report:").count() == 1
    with pytest.raises(RuleError):
        journal.report(case, by=trade.people["B"], now=trade.now, text="别人")

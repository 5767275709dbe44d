"""Prospects: who brings them, how many units make a bulk buyer, who runs a case (BULK-01, BULK-02)."""

from __future__ import annotations

import pytest
from django.db import connection

from bigaccounts import execution, plans, prospects
from bigaccounts.models import Case, Event
from common.errors import RuleError
from staff.models import Notice

SECRETS = {"name": "云栖大学后勤集团", "contacts": "张处长 15400000001"}


@pytest.mark.rule("BULK-01")
def test_a_prospect_keeps_name_and_contacts_sealed(trade):
    case = trade.opened(**SECRETS)
    assert (case.name, case.contacts, case.kind, case.state) == (*SECRETS.values(), "institution", "prospect")
    with connection.cursor() as cursor:
        for table in (Case._meta.db_table, Case.history.model._meta.db_table):
            cursor.execute(f"SELECT * FROM {table}")
            rows = str([bytes(v) if isinstance(v, memoryview) else v for row in cursor.fetchall() for v in row])
            assert "云栖大学" not in rows
            assert "云栖大学".encode().hex() not in rows


@pytest.mark.rule("BULK-01")
def test_a_rep_brings_a_prospect_and_the_supervisors_are_told_without_its_name(trade):
    case = trade.opened(by=trade.people["A"], **SECRETS)
    assert (case.rep, case.supervisor) == (trade.people["A"], None)
    told = Notice.objects.filter(key=f"bulk:{case.pk}:opened")
    assert {one.user for one in told} == {trade.supervisor, trade.other_supervisor}
    assert all("云栖" not in one.text and "154" not in one.text for one in told)


@pytest.mark.parametrize("code", ["clerk", "keeper", "planner", "finance", "branch_manager", "hq", "chairman"])
def test_others_bring_no_prospects(trade, code):
    with pytest.raises(RuleError) as refused:
        trade.opened(by=getattr(trade, code))
    assert refused.value.rule == "BULK-01"


@pytest.mark.rule("BULK-02")
@pytest.mark.parametrize("units", [0, 1, 10, -1, 10_000, 1_000_000])
def test_ten_units_or_an_impossible_number_are_refused(trade, units):
    with pytest.raises(RuleError) as refused:
        trade.opened(units=units)
    assert refused.value.rule == "BULK-02"
    assert not Case.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.rule("BULK-02")
@pytest.mark.parametrize("units", [11, 12, 9_999])
def test_eleven_units_qualify(trade, units):
    assert trade.opened(units=units).units == units


@pytest.mark.rule("BULK-02")
def test_the_boundary_is_the_offices_policy(trade):
    trade.office.policy.bulk_more_than = 20
    with pytest.raises(RuleError):
        trade.opened(units=20)
    assert trade.opened(units=21).units == 21


@pytest.mark.rule("BULK-02")
def test_a_plan_for_ten_is_refused_though_the_prospect_named_no_number(trade):
    case = trade.opened(units=None)
    with pytest.raises(RuleError) as refused:
        plans.send(case, by=trade.supervisor, now=trade.now, units=10, terms="方案")
    assert refused.value.rule == "BULK-02"
    assert trade.fresh(case).state == "prospect"


def test_the_supervisor_who_runs_a_case_is_changed_by_the_manager_alone(trade):
    case = trade.opened()
    with pytest.raises(RuleError):
        prospects.hand_over(case, to=trade.other_supervisor, by=trade.supervisor, now=trade.now)
    with pytest.raises(RuleError):
        prospects.hand_over(case, to=trade.people["A"], by=trade.manager, now=trade.now)
    prospects.hand_over(case, to=trade.other_supervisor, by=trade.manager, now=trade.now)
    case = trade.fresh(case)
    assert case.supervisor == trade.other_supervisor
    with pytest.raises(RuleError, match="other_supervisor"):
        plans.send(case, by=trade.supervisor, now=trade.now, units=12, terms="方案")


@pytest.mark.rule("BULK-01")
def test_contacts_are_kept_up_by_the_rep_and_whoever_runs_the_case(trade):
    case = trade.opened(by=trade.people["A"])
    prospects.amend(case, by=trade.people["A"], now=trade.now, contacts="李主任")
    assert trade.fresh(case).contacts == "李主任"
    for by in (trade.people["B"], trade.clerk):
        with pytest.raises(RuleError):
            prospects.amend(case, by=by, now=trade.now, contacts="别人")


def test_a_case_given_up_takes_what_waits_with_it(trade):
    case = trade.planned()
    with pytest.raises(RuleError):
        execution.drop(case, by=trade.supervisor, now=trade.now, reason=" ")
    execution.drop(case, by=trade.supervisor, now=trade.now, reason="项目取消")
    case = trade.fresh(case)
    assert case.state == "dropped"
    with pytest.raises(RuleError):
        plans.approve(case, by=trade.branch_manager, now=trade.now)
    with pytest.raises(RuleError):
        prospects.amend(case, by=trade.supervisor, now=trade.now, contacts="再来")


def test_another_office_cannot_touch_a_case(trade, rivals):
    case = trade.opened()
    for rule in (
        lambda by: plans.send(case, by=by, now=trade.now, units=12, terms="方案"),
        lambda by: prospects.amend(case, by=by, now=trade.now, contacts="x"),
        lambda by: execution.drop(case, by=by, now=trade.now, reason="x"),
    ):
        for by in (rivals.supervisor, rivals.manager, rivals.branch_manager):
            with pytest.raises(RuleError):
                rule(by)

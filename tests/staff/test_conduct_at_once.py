"""Conduct judged by many at the same instant: one fine, one warning per cause, one decision."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from common.errors import RuleError
from staff import inspections, measures, objections, payroll, proposals
from staff.models import Inspection, Measure, PaySheet, Proposal, User
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member
from tests.test_concurrency import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ROUNDS, CLERKS = 20, 16


@pytest.fixture
def office():
    return OfficeFactory()


def again(user: User) -> User:
    """The person as another process has them."""
    return User.objects.get(pk=user.pk)


@pytest.mark.rule("COND-02")
def test_sixteen_warnings_at_once_bring_one_fine(office):
    rep, lead = staff_member(Role.REP, office), staff_member(Role.SUPERVISOR, office)

    def warn() -> Measure:
        return measures.warn(again(rep), office=office, kind="order", reason="", by=again(lead), now=NOW)

    together(*[warn] * CLERKS)
    assert list(Measure.objects.order_by("kind").values_list("kind").distinct()) == [("fine",), ("warning",)]
    assert Measure.objects.filter(kind="warning").count() == CLERKS
    assert [fine.state for fine in Measure.objects.filter(kind="fine")] == ["standing"]


@pytest.mark.rule("COND-01")
def test_of_sixteen_judgements_at_once_one_wins_in_each_round(office):
    rep, lead = staff_member(Role.REP, office), staff_member(Role.SUPERVISOR, office)
    manager = staff_member(Role.MARKETING_MANAGER, office)
    for round_ in range(ROUNDS):
        found = proposals.Found(rep, "breach", f"breach:{round_}", 1, date(2026, 3, 9), "/register/1/")
        proposals.put(office, [found], now=NOW)
        proposal = Proposal.objects.get(cause=f"breach:{round_}")

        def judge(n: int, proposal: Proposal = proposal) -> bool:
            rule = proposals.confirm if n % 2 else proposals.dismiss
            rule(proposal, by=again(lead if n % 3 else manager), now=NOW, reason="查实")
            return True

        told = together(*[lambda n=n: judge(n) for n in range(CLERKS)])
        assert sorted(map(str, told)) == ["COND-01"] * (CLERKS - 1) + ["True"]
    confirmed = Proposal.objects.filter(state="confirmed").count()
    assert Measure.objects.filter(kind="warning").count() == confirmed
    assert Proposal.objects.filter(state="open").count() == 0


@pytest.mark.rule("COND-01")
def test_one_cause_found_by_many_at_once_is_put_once(office):
    rep = staff_member(Role.REP, office)
    found = [proposals.Found(rep, "overdue", f"overdue:{n}", n, date(2026, 3, 9), "/") for n in range(1, 6)]
    together(*[lambda: proposals.put(office, found, now=NOW)] * CLERKS)
    assert Proposal.objects.count() == len(found)


@pytest.mark.rule("COND-03")
def test_of_sixteen_decisions_by_two_managers_one_wins_in_each_round(office):
    rep, lead = staff_member(Role.REP, office), staff_member(Role.SUPERVISOR, office)
    managers = [staff_member(Role.MARKETING_MANAGER, office) for _n in range(2)]
    for round_ in range(ROUNDS):
        given = measures.fine(rep, office=office, kind="quarrel", reason="", by=lead, now=NOW)
        objections.raise_objection(given, by=rep, words=f"异议{round_}", now=NOW)

        def decide(n: int, given: Measure = given) -> bool:
            rule = measures.withdraw if n % 3 else objections.uphold
            rule(given, by=again(managers[n % 2]), reason="查实", now=NOW)
            return True

        told = together(*[lambda n=n: decide(n) for n in range(CLERKS)])
        assert sorted(map(str, told)) == ["COND-03"] * (CLERKS - 1) + ["True"]
        given.refresh_from_db()
        assert (given.state, given.objection.state) in {("standing", "upheld"), ("withdrawn", "withdrawn")}


@pytest.mark.rule("COND-03")
def test_who_presses_object_four_times_at_once_objects_once(office):
    rep, lead = staff_member(Role.REP, office), staff_member(Role.SUPERVISOR, office)
    given = measures.warn(rep, office=office, kind="order", reason="", by=lead, now=NOW)
    told = together(*[lambda: objections.raise_objection(given, by=again(rep), words="异议", now=NOW).pk] * 4)
    assert [one for one in told if one == "COND-03"] == ["COND-03"] * 3


@pytest.mark.rule("COND-04")
@pytest.mark.rule("COND-05")
def test_one_sample_is_open_and_sheets_are_numbered_without_gap(office):
    rep, lead = staff_member(Role.REP, office), staff_member(Role.SUPERVISOR, office)
    records = [inspections.Found(f"line:{n}", "line", n, "/") for n in range(1, 9)]
    about = {"office": office, "month": date(2026, 3, 1), "records": records, "size": 3, "now": NOW}
    together(*[lambda: inspections.begin(again(rep), by=again(lead), **about).pk] * 8)
    assert Inspection.objects.count() == 1
    manager = staff_member(Role.MARKETING_MANAGER, office)
    together(*[lambda: payroll.take(office, date(2026, 3, 1), by=again(manager), now=NOW).pk] * 8)
    assert sorted(PaySheet.objects.values_list("number", flat=True)) == list(range(1, 9))


def test_the_race_can_be_lost(office):
    """The same judgement without its second look would win twice: the state is read before the lock here."""
    rep, lead = staff_member(Role.REP, office), staff_member(Role.SUPERVISOR, office)
    proposals.put(office, [proposals.Found(rep, "breach", "breach:1", 1, date(2026, 3, 9), "/")], now=NOW)
    stale = [Proposal.objects.select_related("office", "person").get() for _n in range(2)]
    proposals.dismiss(stale[0], by=lead, now=NOW, reason="x")
    proposals.check_judge(stale[1], by=lead)
    with pytest.raises(RuleError):
        proposals.dismiss(stale[1], by=lead, now=NOW, reason="x")

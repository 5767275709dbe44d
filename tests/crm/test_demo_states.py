"""What the demo has to show on every page of the work on a customer, whenever it is made."""

from __future__ import annotations

from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction

from bigaccounts.models import Case
from crm.demo import homes
from customers import inbox, today
from customers.models import (
    Card,
    CardState,
    Customer,
    DefeatRequest,
    DefeatState,
    Dispute,
    Dossier,
    Feedback,
    FollowUp,
    Ground,
    Guidance,
    Handover,
    Level,
    Signature,
)
from exchange.models import ExportJob, ImportBatch
from reception import web_leads
from reception.models import LeadChannel, WebCheck
from reports import archive, stocktaking
from reports.models import DayReport, MonthArchive, Problem, StockTaking, StockTick, WeekReport
from sales import discounts
from sales.models import CareCard, Deal, DealState, Unit, UnitState
from staff import approvals
from staff.models import Measure, MeasureKind, MeasureState, Message, MessageState, Objection, Office, Reward, User

pytestmark = pytest.mark.django_db
MOMENTS = [datetime(2026, 3, 10, 3, 0, tzinfo=UTC), datetime(2024, 2, 28, 16, 2, tzinfo=UTC)]


@pytest.fixture(scope="module", params=MOMENTS, ids=["before noon", "two past midnight of a leap day"])
def now(request, django_db_setup, django_db_blocker):
    """A demo of two days, made once at this moment, which stands still."""
    with (
        django_db_blocker.unblock(),
        time_machine.travel(request.param, tick=False),
        transaction.atomic(),
        redirect_stdout(StringIO()),
    ):
        call_command("demo", "--days", "2")
        yield request.param
        transaction.set_rollback(True)


def person(username: str) -> User:
    """One of the demo sign-ins."""
    return User.objects.get(username=username)


def test_everything_that_a_page_can_show_is_there(now):
    office = Office.objects.order_by("pk").first()
    assert len(list(homes.plan())) == Unit.objects.filter(office=office).count() == 120
    assert set(Unit.objects.values_list("building", flat=True)) == {"1号楼", "2号楼", "3号楼"}
    assert set(Unit.objects.values_list("state", flat=True)) == set(UnitState.values)
    assert set(Deal.objects.values_list("state", flat=True)) == set(DealState.values)
    assert set(Card.objects.values_list("state", flat=True)) == set(CardState.values)
    assert set(FollowUp.objects.values_list("signature", flat=True)) == set(Signature.values)
    assert set(DefeatRequest.objects.values_list("ground", flat=True)) == set(Ground.values)
    assert set(DefeatState.values) - set(DefeatRequest.objects.values_list("state", flat=True)) <= {DefeatState.FALLEN}
    assert set(Level.values) <= set(Customer.objects.values_list("level", flat=True))
    assert set(Card.objects.values_list("guidance_sealed", flat=True)) > {b""}
    assert Message.objects.filter(state=MessageState.SENT).exists()


def test_the_day_of_a_rep_has_something_in_every_list(now):
    day = today.of(person("rep1"), now=now)
    assert all((day.overdue, day.due, day.cards, day.soon, day.few))
    assert any(item.promised for item in day.due)
    assert {item.card for item in day.cards} >= {CardState.DRAFT, CardState.RETURNED, CardState.SIGNED}


def test_everybody_who_decides_has_something_in_the_inbox(now):
    for username, kinds in (("supervisor", "cards contacts late"), ("desk", "defeats"), ("manager", "defeats")):
        counts = inbox.counts(person(username), now=now)
        assert all(counts[kind] for kind in kinds.split()), username


def test_a_subscription_waits_for_somebody_with_more_authority(now):
    office = Office.objects.order_by("pk").first()
    waiting = Deal.objects.filter(office=office, state=DealState.SUBSCRIBED)
    off = [discounts.percent_off(deal.list_price, deal.price) for deal in waiting]
    assert sum(one > discounts.authority(office, "supervisor") for one in off) >= 2
    assert any(0 < one <= discounts.authority(office, "supervisor") for one in off)


def test_birthdays_by_both_calendars_are_near(now):
    office = Office.objects.order_by("pk").first()
    cards = list(CareCard.objects.select_related("customer__key"))
    last = office.today(now) + timedelta(days=9)
    soon = [one for one in cards if one.next_birthday is not None and one.next_birthday <= last]
    assert {one.birthday.split()[0] for one in soon} == {"solar", "lunar"}
    assert {one.customer.is_key for one in cards} == {True, False}
    assert any("birthday" in key for key in person("rep1").notices.values_list("key", flat=True)) or now.hour >= 16


def test_web_leads_wait_and_have_two_ways_to_come(now):
    office = Office.objects.order_by("pk").first()
    assert web_leads.waiting(office).count() >= 3
    assert set(LeadChannel.objects.values_list("kind", flat=True)) == {"form", "hook"}
    days = set(WebCheck.objects.values_list("day", flat=True))
    assert office.today(now) not in days
    assert office.today(now) - timedelta(days=1) in days


def test_what_a_day_would_not_take_is_not_told_in_the_future(now):
    assert not FollowUp.objects.filter(at__gt=now).exists()
    assert not Card.objects.filter(submitted_at__gt=now).exists()
    assert not Deal.objects.filter(subscribed_at__gt=now).exists()


def test_people_are_judged_and_disputes_stand_at_every_step(now):
    assert set(Measure.objects.values_list("state", flat=True)) == {MeasureState.STANDING, MeasureState.WITHDRAWN}
    assert set(Measure.objects.values_list("kind", flat=True)) == set(MeasureKind.values)
    assert Objection.objects.filter(decided_at=None).count() == 1
    assert {*Dispute.objects.values_list("state", flat=True)} == {"open", "ruled", "final"}
    assert Reward.objects.count() == 1
    assert Dossier.objects.count() == 3
    assert Feedback.objects.filter(sentiment="complaint").exists()


def test_bulk_buyers_wait_at_different_desks(now):
    assert set(Case.objects.values_list("state", flat=True)) == {
        "prospect",
        "planned",
        "climbing",
        "signed",
        "filed",
        "acknowledged",
    }
    for who in ("branch-manager", "hq", "chairman"):
        assert approvals.waiting_for(person(who), on=now).exists(), who
    kept = Case.objects.get(state="acknowledged")
    assert kept.contract_units.filter(deal__isnull=False).count() == 1
    assert set(kept.papers.values_list("purpose", flat=True)) == {"contract", "approval"}
    assert [one.paid_at is None for one in kept.instalments.order_by("due_on")] == [False, True]


def test_the_days_of_the_reps_were_reported_and_answered(now):
    handed_in = DayReport.objects.exclude(submitted_at=None)
    assert {*handed_in.values_list("person__username", flat=True)} >= {"rep1", "rep2", "rep3"}
    assert set(handed_in.values_list("comment", flat=True)) > {""}
    assert not DayReport.objects.filter(day=Office.objects.first().today(now), person__username="rep1").exists()
    assert WeekReport.objects.filter(submitted_at__isnull=False).count() == 4
    assert Problem.objects.filter(answer="").count() == 1
    assert Guidance.objects.filter(customer__owner__username="rep1").count() == 2
    assert Guidance.objects.filter(person__username="rep1", customer=None).count() == 1


def test_stock_is_taken_and_the_planner_has_every_month_but_the_last(now):
    first = Office.objects.order_by("pk").first()
    ended, current = StockTaking.objects.order_by("pk")
    assert StockTick.objects.filter(taking=ended).exists()
    assert (ended.ended_at is None, current.ended_at) == (False, None)
    assert 0 < StockTick.objects.filter(taking=current).count() < stocktaking.active(first, now=now).count()
    closed = MonthArchive.objects.filter(office=first).order_by("-month")
    assert closed.count() >= 6
    assert [one.pk for one in closed if not hasattr(one, "receipt")] == [closed[0].pk]
    assert {archive.fault(one) for one in closed} == {None}


def test_a_leaver_hands_over_and_tables_come_and_go(now):
    handover = Handover.objects.get()
    assert (handover.giver.username, handover.state) == ("rep6", "confirmed")
    assert set(handover.shares.values_list("received_at", flat=True)) >= {None}
    assert {*ImportBatch.objects.values_list("state", flat=True)} == {"done", "checked"}
    assert ImportBatch.objects.get(state="checked").bad == 2
    assert {*ExportJob.objects.values_list("state", flat=True)} == {"done"}
    for code in ("rep1", "supervisor"):
        assert {job.expires_at > now for job in ExportJob.objects.filter(by__username=code)} >= {False}

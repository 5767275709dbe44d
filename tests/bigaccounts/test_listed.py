"""Bulk cases decided from the list of all that waits: by the same rules, their figures for the deciders alone."""

import pytest
from django.urls import reverse

from bigaccounts import climb, journal, listed, plans
from common.errors import RuleError
from staff import approvals

pytestmark = pytest.mark.django_db


def press(sign_in, user, asked, decision="approve", reason="看过"):
    data = {"decision": decision, "reason": reason, "step": asked.step, "next": ""}
    return sign_in(user).post(reverse("approval_decide", args=[asked.pk]), data)


@pytest.mark.rule("BULK-03")
def test_a_plan_is_approved_from_the_list_and_negotiation_begins(trade, sign_in):
    case = trade.planned()
    asked = approvals.latest(plans.subject(case))
    body = sign_in(trade.branch_manager).get(reverse("approvals")).content.decode()
    assert 'value="return"' in body
    assert 'value="refuse"' not in body
    assert press(sign_in, trade.branch_manager, asked).status_code == 302
    assert trade.fresh(case).state == "negotiating"


@pytest.mark.rule("BULK-03")
def test_a_plan_is_returned_but_not_refused(trade, sign_in):
    case = trade.planned()
    asked = approvals.latest(plans.subject(case))
    assert press(sign_in, trade.branch_manager, asked, "refuse").status_code == 422
    assert press(sign_in, trade.branch_manager, asked, "return").status_code == 302
    assert trade.fresh(case).state == "returned"


@pytest.mark.rule("BULK-05", "BULK-11")
def test_a_discount_climbs_through_the_list_and_its_percent_is_seen_on_the_way_only(trade, sign_in):
    case = trade.negotiating()
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="8.7654")
    page = {"branch_manager": True, "hq": False, "chairman": False}
    asked = approvals.latest(climb.subject(case))
    for who, seen in page.items():
        body = sign_in(getattr(trade, who)).get(reverse("approvals")).content.decode()
        assert ("8.7654" in body) is seen, who
    press(sign_in, trade.branch_manager, asked)
    asked = approvals.latest(climb.subject(case))
    assert "8.7654" in sign_in(trade.hq).get(reverse("approvals")).content.decode()
    assert press(sign_in, trade.hq, asked).status_code == 302
    assert climb.approved(trade.fresh(case)) is not None
    assert "8.7654" not in sign_in(trade.chairman).get(reverse("approvals")).content.decode()


@pytest.mark.rule("BULK-05")
def test_a_discount_that_was_changed_is_not_decided_from_an_old_page(trade, sign_in):
    case = trade.negotiating()
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="3")
    old = approvals.latest(climb.subject(case))
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="4")
    with pytest.raises(RuleError):
        listed.decide_discount(old, by=trade.branch_manager, decision="approve", reason="", now=trade.now)
    assert approvals.latest(climb.subject(case)).state == "pending"


@pytest.mark.rule("BULK-05", "BULK-11")
def test_who_decides_next_reads_why_the_steps_before_were_decided_so_and_on_what(trade, sign_in):
    case = trade.negotiating()
    journal.report(case, by=trade.supervisor, now=trade.now, text="总价谈到八千八百万")
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="8.7654", reason="一次性付款")
    asked = approvals.latest(climb.subject(case))
    press(sign_in, trade.branch_manager, asked, reason="总价八千八百万可做")
    body = sign_in(trade.hq).get(reverse("approvals")).content.decode()
    plan = plans.approved_plan(trade.fresh(case))
    plan.case = case
    for words in ("总价八千八百万可做", "一次性付款", "总价谈到八千八百万", plan.terms):
        assert words in body
    entry = approvals.history_of(climb.subject(case)).last()
    assert "八千八百万" not in f"{entry.reason} {entry.snapshot}"


@pytest.mark.rule("BULK-11")
def test_a_reason_is_not_read_by_whoever_asked_once_the_prices_are_no_business_of_theirs(trade, sign_in):
    case = trade.negotiating()
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="8.7654")
    asked = approvals.latest(climb.subject(case))
    press(sign_in, trade.branch_manager, asked, reason="八折可做")
    address = reverse("approval", args=[asked.pk])
    assert "八折可做" in sign_in(trade.supervisor).get(address).content.decode()
    trade.supervisor.postings.update(role="clerk")
    body = sign_in(type(trade.supervisor).objects.get(pk=trade.supervisor.pk)).get(address).content.decode()
    assert ("八折可做" in body, "已写在大客户档案中" in body) == (False, True)

"""Bulk cases decided from the list of all that waits: by the same rules, their figures for the deciders alone."""

import pytest
from django.urls import reverse

from bigaccounts import climb, listed, plans
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

"""Waiting for me: who sees what, decides what, and what nobody else learns."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm import deciding
from crm.home import LANDING
from customers import cards, defeat
from sales import deals, discounts, price_approval
from sales.models import Unit
from staff import approvals, delegations
from staff.models import ApprovalEntry
from staff.roles import Role
from tests.house import House, phone
from tests.markup import HTMX
from tests.staff.chain import BULK, NOW, RUNGS, Chain

pytestmark = [pytest.mark.django_db, pytest.mark.rule("BULK-05")]
BM, HQ, TOP = BULK
CANARY = "8888.4321"


def decide(request, *, by, decision, reason, now):
    return approvals.decide(request, by=by, decision=decision, reason=reason, now=now)


def facts(request):
    return lambda snapshot: [("底价", str(snapshot["price"]))] if "price" in snapshot else []


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    """A kind of request of its own, so that the page is looked at and not a case."""
    monkeypatch.setitem(deciding.KINDS, "bulk.plan", deciding.Kind("方案", decide, facts))
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def chain() -> Chain:
    return Chain(*RUNGS, Role.CLERK, Role.FINANCE)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(user, pk=None, **more) -> str:
    return browser(user).get(reverse("approval", args=[pk]) if pk else reverse("approvals"), **more).content.decode()


def press(user, asked, decision="approve", **more):
    htmx = more.pop("headers", {})
    data = {"decision": decision, "reason": "可以", "step": asked.step, "next": ""} | more
    return browser(user).post(reverse("approval_decide", args=[asked.pk]), data, headers=htmx)


def test_the_oldest_is_opened_with_its_figures_and_its_buttons(chain):
    chain.ask(BM, subject="a", title="方案甲", snapshot={"price": CANARY}, now=NOW)
    chain.ask(BM, subject="b", title="方案乙", now=datetime(2026, 3, 9, tzinfo=NOW.tzinfo))
    body = shown(chain[BM])
    assert body.index("方案乙") < body.index("方案甲")
    assert CANARY not in body
    assert 'value="approve"' in body
    assert 'value="return"' in body
    assert 'value="refuse"' in body


@pytest.mark.rule("BULK-11")
def test_figures_are_shown_to_deciders_and_to_who_handed_them_in_only(chain):
    asked = chain.ask(BM, HQ, TOP, snapshot={"price": CANARY})
    decide(asked, by=chain[BM], decision="approve", reason="好", now=NOW)
    sees = {role: CANARY in shown(chain[role], asked.pk) for role in (Role.REP, BM, HQ)}
    assert sees == {Role.REP: True, BM: True, HQ: True}
    for role in (TOP, Role.MARKETING_MANAGER, Role.SUPERVISOR, Role.CLERK, Role.FINANCE):
        answer = browser(chain[role]).get(reverse("approval", args=[asked.pk]))
        assert (answer.status_code, CANARY in answer.content.decode()) == (404, False)


@pytest.mark.rule("BULK-11")
def test_what_a_decider_added_is_not_shown_to_the_one_who_asked(chain):
    asked = chain.ask(BM, HQ)
    approvals.decide(asked, by=chain[BM], decision="approve", reason="好", snapshot={"price": CANARY}, now=NOW)
    assert (CANARY in shown(chain[HQ], asked.pk), CANARY in shown(chain[Role.REP], asked.pk)) == (True, False)


def test_a_delegate_sees_for_whom_they_decide_and_it_is_written_down(chain):
    last = NOW.date()
    delegations.delegate(chain[HQ], chain[BM], role=HQ, first=last, last=last, reason="出差", now=NOW)
    asked = chain.ask(HQ, snapshot={"price": CANARY})
    body = shown(chain[BM])
    assert "hq" in body
    assert CANARY in body
    assert press(chain[BM], asked).status_code == 302
    assert ApprovalEntry.objects.get(request=asked, position=1).on_behalf_of == chain[HQ]
    assert CANARY in shown(chain[HQ], asked.pk)


@pytest.mark.parametrize(
    ("decision", "state"), [("approve", "approved"), ("refuse", "refused"), ("return", "returned")]
)
def test_a_press_decides_and_the_next_opens(chain, decision, state):
    asked = chain.ask(BM, subject="a", title="方案甲")
    other = chain.ask(BM, subject="b", title="方案乙")
    answer = press(chain[BM], asked, decision, next=str(other.pk), headers=HTMX)
    body = answer.content.decode()
    asked.refresh_from_db()
    assert (answer.status_code, asked.state) == (200, state)
    assert f'href="/approvals/{other.pk}/"' in body
    assert f'href="/approvals/{asked.pk}/"' not in body


@pytest.mark.parametrize("decision", ["refuse", "return"])
def test_refusing_without_a_reason_keeps_the_page_with_422(chain, decision):
    asked = chain.ask(BM)
    answer = press(chain[BM], asked, decision, reason=" ")
    assert (answer.status_code, ApprovalEntry.objects.count()) == (422, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "open"},
        {"decision": ""},
        {"step": "x"},
        {"step": "-1"},
        {"step": ""},
        {"step": "99999999999999999999"},
        {"reason": "x" * 301},
    ],
)
def test_hostile_input_is_answered_with_422_and_changes_nothing(chain, wrong):
    asked = chain.ask(BM)
    assert press(chain[BM], asked, **({"decision": "approve"} | wrong)).status_code == 422
    asked.refresh_from_db()
    assert asked.state == "pending"


def test_markup_in_a_reason_is_shown_as_text(chain):
    asked = chain.ask(BM, HQ)
    press(chain[BM], asked, reason="<script>alert(1)</script>")
    body = shown(chain[HQ], asked.pk)
    assert "<script>alert(1)" not in body
    assert "&lt;script&gt;alert(1)" in body


def test_whoever_comes_second_is_told_and_decides_nothing(chain):
    other = chain.another(BM, name="另一位")
    asked = chain.ask(BM, HQ)
    press(chain[BM], asked)
    answer = press(other, asked, "refuse")
    assert answer.status_code == 404
    assert ApprovalEntry.objects.filter(request=asked).count() == 2


def test_a_page_of_an_earlier_step_decides_nothing_of_a_later_one(chain):
    chain.leave(BM)
    asked = chain.ask(BM, HQ)
    old = type(asked).objects.get(pk=asked.pk)
    press(chain[HQ], asked)
    answer = browser(chain[HQ]).post(
        reverse("approval_decide", args=[asked.pk]),
        {"decision": "approve", "reason": "", "step": old.step, "next": ""},
        follow=True,
    )
    asked.refresh_from_db()
    assert (asked.state, asked.step, answer.status_code) == ("pending", 1, 200)


def test_the_one_who_asked_sees_where_it_stands_and_has_no_buttons(chain):
    asked = chain.ask(BM, HQ)
    press(chain[BM], asked, reason="先过一遍")
    body = shown(chain[Role.REP], asked.pk)
    assert "先过一遍" in body
    assert 'name="decision"' not in body
    assert press(chain[Role.REP], asked).status_code == 302
    asked.refresh_from_db()
    assert asked.step == 1


def test_older_climbs_of_the_subject_are_shown_as_history(chain):
    asked = chain.ask(BM, HQ)
    press(chain[BM], asked, reason="第一轮")
    asked.refresh_from_db()
    new = approvals.restart(asked, by=chain[Role.REP], steps=(BM,), snapshot={}, reason="优惠改了", now=NOW)
    body = shown(chain[BM], new.pk)
    assert "第一轮" in body
    assert "优惠改了" in body


def test_a_kind_without_a_case_is_shown_but_not_decided(chain, monkeypatch):
    asked = chain.ask(BM)
    monkeypatch.delitem(deciding.KINDS, "bulk.plan")
    assert 'name="decision"' not in shown(chain[BM])
    assert press(chain[BM], asked).status_code == 422
    asked.refresh_from_db()
    assert asked.state == "pending"


@pytest.mark.parametrize("role", [BM, HQ, TOP])
def test_the_list_is_where_those_above_the_office_land(chain, role):
    assert LANDING[role] == "approvals"
    assert browser(chain[role]).get(reverse("home")).headers["Location"] == reverse("approvals")


def test_the_menu_counts_what_waits_and_stays_silent_at_none(chain):
    assert browser(chain[BM]).get(reverse("approvals_count")).content.decode().strip() == ""
    for n in range(3):
        chain.ask(BM, subject=str(n))
    assert '<span class="count">3</span>' in browser(chain[BM]).get(reverse("approvals_count")).content.decode()


def test_all_is_decided_says_so(chain):
    assert "empty" in shown(chain[BM])


def test_who_approves_nothing_is_refused_and_others_requests_are_not_there(chain):
    asked = chain.ask(BM)
    assert browser(chain[Role.REP]).get(reverse("approvals")).status_code == 403
    assert browser(Chain(BM)[BM]).get(reverse("approval", args=[asked.pk])).status_code == 404
    assert browser(chain[BM]).put(reverse("approval", args=[asked.pk])).status_code == 405
    assert browser(chain[BM]).get(reverse("approval_decide", args=[asked.pk])).status_code == 405


@pytest.mark.parametrize("name", ["approvals", "approvals_count"])
def test_the_list_costs_the_same_for_one_and_for_thirty(chain, name):
    client = browser(chain[HQ])
    costs = []
    for many in (1, 29):
        for n in range(many):
            chain.ask(HQ, TOP, subject=f"{many}:{n}")
        client.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse(name))
        costs.append(len(caught))
    assert costs[0] == costs[1] <= 12


def test_a_long_list_shows_the_oldest_and_says_so(chain):
    for n in range(52):
        chain.ask(BM, subject=str(n), tells=False)
    body = shown(chain[BM])
    assert body.count("data-item") == 50


@pytest.mark.rule("LOST-04")
def test_a_defeat_is_confirmed_and_decided_from_the_list_by_its_own_rules():
    house = House("A", on=NOW.date())
    manager, owner = house.hire("manager", Role.MARKETING_MANAGER), house.people["A"]
    customer = house.customer(house.call("08:30", "A", phone=phone(1)))
    cards.submit(customer, by=owner, now=house.at("08:40"), findings=cards.Findings(need=True, power=True))
    asked = defeat.request(customer, by=owner, now=house.at("08:50"), ground="not_buying")
    waiting = approvals.latest(asked.subject)
    body = shown(house.clerk)
    assert 'value="approve"' in body
    assert 'value="refuse"' not in body
    assert press(house.clerk, waiting, reason=" ").status_code == 422
    assert press(house.clerk, waiting, reason="本人说不买了").status_code == 302
    waiting.refresh_from_db()
    assert "本人说不买了" in shown(manager)
    assert press(manager, waiting, "refuse", reason="再约一次").status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.decision_reason) == ("refused", "再约一次")
    assert "再约一次" in shown(owner, waiting.pk)


def own_requests(sign_in) -> dict[str, tuple]:
    """A price and a defeat that a rep asked for: the page of the case, the approval."""
    house = House("AB", on=NOW.date())
    discounts.set_up(house.office)
    house.hire("manager", Role.MARKETING_MANAGER)
    deals.add_units(house.office, [{"code": "1-1-101", "list_price": "1000000"}])
    rep = house.people["A"]
    buyer = house.customer(house.call("09:30", "A", phone=phone(1)))
    deal = deals.subscribe(buyer, Unit.objects.get(), by=rep, now=NOW, price=Decimal("960000"))
    lost = house.customer(house.call("09:40", "A", phone=phone(2)))
    cards.submit(lost, by=rep, now=NOW, findings=cards.Findings(need=True, power=True))
    asked = defeat.request(lost, by=rep, now=NOW, ground="elsewhere", analysis="买了别处")
    return {
        "price": (reverse("deal", args=[deal.pk]), price_approval.latest(deal), house),
        "defeat": (reverse("customer_defeat", args=[lost.pk]), approvals.latest(asked.subject), house),
    }


@pytest.mark.parametrize("kind", ["price", "defeat"])
def test_whoever_asked_takes_a_request_back_from_their_own_page(sign_in, kind):
    page, waiting, house = own_requests(sign_in)[kind]
    address = reverse("approval_withdraw", args=[waiting.pk])
    mine, colleague = sign_in(house.people["A"]), sign_in(house.people["B"])
    assert address in mine.get(page).content.decode()
    assert address in mine.get(reverse("approval", args=[waiting.pk])).content.decode()
    assert address not in sign_in(house.supervisor).get(page).content.decode()
    assert colleague.post(address).status_code == 404
    assert mine.post(address).url == page
    waiting.refresh_from_db()
    assert waiting.state == "withdrawn"
    assert address not in mine.get(page).content.decode()
    assert mine.post(address).status_code == 302
    assert [entry.decision for entry in approvals.history_of(waiting.subject)] == ["open", "withdraw"]


def test_a_decided_request_is_not_taken_back(sign_in):
    _page, waiting, house = own_requests(sign_in)["price"]
    price_approval.decide(waiting, by=house.supervisor, decision="refuse", reason="太低", now=NOW)
    answer = sign_in(house.people["A"]).post(reverse("approval_withdraw", args=[waiting.pk]), follow=True)
    assert "DEAL-03" in answer.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == "refused"

"""What becomes of broken rules, quarrels, leavers and bulk buyers, hand to hand in real browsers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bigaccounts.models import Case, CaseState
from customers.models import Customer, Dispute, DisputeState, Handover
from staff.models import Measure
from staff.roles import Role
from tests.bigaccounts.conftest import PDF, Trade
from tests.house import House, phone

from .seat import DESK, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SHEET = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": PDF}


@pytest.fixture
def house():
    """An office whose rep A got three customers yesterday."""
    house = House("ABC")
    house.on = timezone.localdate() - timedelta(days=1)
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.told = [house.call(f"10:0{n}", "A", name=f"客户{n}", phone=phone(n)) for n in range(1, 4)]
    house.on = timezone.localdate()
    return house


def owners():
    return set(Customer.objects.values_list("owner__name", flat=True))


def test_a_warning_is_given_seen_objected_to_and_withdrawn(house, seats):
    lead, manager = (seats(who, width=DESK, scheme="dark") for who in (house.supervisor, house.manager))
    rep = seats(house.people["A"], width=PHONE, scheme="light")
    lead.go("/conduct/give/")
    lead.enter("/conduct/give/", person=house.people["A"].pk, kind="order", reason="插队接待 2 号客户")
    measure = Measure.objects.get()
    lead.go(f"/conduct/measures/{measure.pk}/")

    expect(rep.go("/conduct/mine/").locator("#list")).to_contain_text("插队接待 2 号客户")
    rep.press("我已知悉")
    rep.follow(rep.page.get_by_role("link", name="提出异议"))
    rep.enter("/object/", words="当时轮到我")
    measure.refresh_from_db()
    assert measure.acknowledged_at is not None

    page = manager.go("/conduct/?tab=objections")
    expect(manager.follow(page.locator("#list a.name")).locator("#measure")).to_contain_text("当时轮到我")
    manager.enter("/withdraw/", reason="轮次记录显示确实轮到")
    measure.refresh_from_db()
    assert measure.withdrawn_by == house.manager
    expect(rep.go("/conduct/mine/").locator("#list")).to_contain_text("轮次记录显示确实轮到")


def test_a_customer_is_claimed_ruled_on_appealed_and_decided_for_good(house, seats):
    lead, manager = (seats(who, width=DESK, scheme="light") for who in (house.supervisor, house.manager))
    first, second = (seats(house.people[code], width=PHONE, scheme="dark") for code in "AB")
    customer = house.customer(house.told[0])
    second.go("/disputes/claim/")
    second.enter("/disputes/claim/", typed=str(customer.number), words="上周已在展会接待")
    dispute = Dispute.objects.get()
    path = f"/disputes/{dispute.pk}/"

    expect(lead.go(path).locator("#dispute")).to_contain_text("上周已在展会接待")
    lead.enter("/rule/", to=house.people["B"].pk, ground="register", text="登记在后，但先有接待")
    customer.refresh_from_db()
    assert customer.owner == house.people["B"]
    expect(first.go(path).locator("#dispute")).to_contain_text("登记在后，但先有接待")
    first.enter("/appeal/", reason="展会没有登记")

    expect(manager.go(path).locator("#dispute")).to_contain_text("展会没有登记")
    manager.enter("/overrule/", to=house.people["A"].pk, ground="register", text="以登记为准")
    dispute.refresh_from_db()
    customer.refresh_from_db()
    assert (dispute.state, customer.owner) == (DisputeState.FINAL, house.people["A"])
    manager.go(path)
    paper = manager.enter("/paper/print/").locator("#paper")
    expect(paper).to_contain_text("以登记为准")
    second.go(path)


def test_a_leaver_hands_over_and_is_out_at_the_next_click(house, seats):
    lead, manager = (seats(who, width=DESK, scheme="dark") for who in (house.supervisor, house.manager))
    giver, *takers = (seats(house.people[code], width=PHONE, scheme="light") for code in "ABC")
    person = house.people["A"]
    expect(manager.go(f"/staff/{person.pk}/close/").locator("#main")).to_contain_text("HAND-0")

    lead.go("/handovers/start/")
    lead.enter("/handovers/start/", giver=person.pk, to=[house.people[code].pk for code in "BC"], reason="离职")
    plan = Handover.objects.get()
    path = f"/handovers/{plan.pk}/"
    giver.go(path)
    giver.enter("/give/")
    for taker in takers:
        taker.go(path)
        taker.enter("/receive/")
        taker.go("/customers/")
    assert owners() == {"B", "C"}
    lead.go(path)
    giver.go("/customers/")

    manager.go(f"/staff/{person.pk}/close/")
    manager.press("关闭账号")
    person.refresh_from_db()
    assert not person.is_active
    giver.go("/customers/")
    assert "/accounts/" in giver.page.url


@pytest.fixture
def trade():
    """Eleven homes at a million each, and everybody up to the chairman."""
    trade = Trade("A", units=11)
    trade.on = timezone.localdate()
    return trade


def decide(seat, reason=""):
    """Somebody approves what waits, with a thumb."""
    page = seat.go("/approvals/")
    if reason:
        page.fill("[name=reason]", reason)
    seat.send(page.locator("button[value=approve]"))


def test_eleven_homes_from_prospect_to_the_desk_of_finance(trade, seats):
    lead, finance = (seats(who, width=DESK, scheme="light") for who in (trade.supervisor, trade.finance))
    deciders = [seats(who, width=PHONE, scheme="dark") for who in (trade.branch_manager, trade.hq, trade.chairman)]
    lead.go("/bulk/new/")
    lead.enter("/bulk/new/", name="云栖大学", kind="institution", units="11", contacts="张处长")
    case = Case.objects.get()
    path = f"/bulk/{case.pk}/"
    lead.go(f"{path}plan/")
    lead.enter("/do/plan/", units="11", percent="11.37", terms="团购方案")
    decide(deciders[0])
    lead.go(f"{path}discount/")
    lead.enter("/do/ask/", percent="11.37", reason="集体购房")
    for one in deciders:
        decide(one, "同意")
    lead.go(f"{path}contract/")
    codes = " ".join(unit.code for unit in trade.units(11))
    parts = {"buyers": "云栖大学\n王小平，1234", "units": codes, "way": "分期", "percent": "11.37", "special": "无"}
    lead.enter("/do/draft/", **parts, instalments=f"{trade.on + timedelta(days=30)} 5,000,000")
    lead.go(f"{path}contract/")
    expect(lead.press("签订合同").locator("#bulk-case")).to_contain_text("886,300")
    for purpose in ("contract", "approval"):
        lead.go(f"{path}files/")
        lead.enter("/do/attach/", purpose=purpose, file=SHEET)
    lead.go(f"{path}files/")
    lead.press("将合同送财务")
    finance.go(f"{path}files/")
    finance.press("签收")
    case.refresh_from_db()
    assert case.state == CaseState.ACKNOWLEDGED
    for tab in ("", "plan/", "discount/", "execution/"):
        lead.go(path + tab)
    no_price_is_seen(trade, seats, path)


def no_price_is_seen(trade, seats, path):
    """Neither the rep nor the keeper finds the discount or a price under it, wherever they look."""
    for who, pages in (
        (trade.people["A"], ("/units/", "/bulk/", "/deals/", "/inbox/")),
        (trade.keeper, ("/", "/inbox/")),
    ):
        seat = seats(who, width=PHONE, scheme="light")
        shown = "".join(seat.go(page).content() for page in pages)
        assert [one for one in ("11.37", "886,300", "886300", "9,749,300") if one in shown] == []
        assert seat.page.goto(seat.url + path).status in (403, 404)

"""The whole life of a customer, hand to hand, in real browsers: one who buys a home, and one who is lost."""

from __future__ import annotations

from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.models import Card, CardState, Customer, DefeatRequest, DefeatState, FollowUp, Level, Standing
from reception import channels
from sales import deals, discounts
from sales.models import CareCard, Deal, DealState, UnitState
from staff.roles import Role
from tests.house import House, phone

from .seat import DESK, PHONE

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SCHEMES = [("light", "dark"), ("dark", "light")]


@pytest.fixture
def house():
    """An office today, with a manager and two homes for sale."""
    house = House("A")
    house.on = timezone.localdate()
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    discounts.set_up(house.office)
    deals.add_units(house.office, [{"code": f"1-1-{n}", "list_price": "1250000"} for n in (101, 102)])
    return house


def write_the_card(rep, customer, *, findings):
    """The rep finishes the A-card with one hand and submits it."""
    page = rep.go(f"/customers/{customer.pk}/card/")
    page.fill("#id_unit", "三室两厅")
    page.fill("#id_reception", "看了样板间")
    for name, value in zip(("need", "confidence", "power"), findings, strict=True):
        page.tap(f"#findings label:has(input[name={name}][value={value}])")
    page.fill("#id_plan", "周末再约")
    page.wait_for_selector("#saved .icon", timeout=10_000)
    assert rep.in_reach_of_a_thumb(".card-go .primary")
    rep.send(page.locator(".card-go .primary"))
    assert Card.objects.get(customer=customer).state == CardState.SUBMITTED


def record(rep, customer, *, result, level="", manner="phone"):
    """The rep taps the customer on the list of the day, calls, and writes down what was said."""
    page = rep.go("/today/")
    page.locator(f"a[href='/today/{customer.pk}/']").first.tap()
    page.wait_for_selector("#contact form.card")
    rep.look()
    page.tap(f"label:has(input[name=manner][value={manner}])")
    page.tap("label:has(input[name=reached][value=yes])")
    page.fill("#id_result", result)
    if level:
        page.tap(f"label:has(input[name=level][value={level}])")
    rep.send(page.locator("#contact form.card .primary"))
    assert page.locator("#day").count() == 1


@pytest.mark.parametrize(("of_reps", "of_others"), SCHEMES)
def test_from_the_door_to_the_birthday_of_a_home_buyer(house, seats, of_reps, of_others):
    desk, lead = (seats(user, width=DESK, scheme=of_others) for user in (house.clerk, house.supervisor))
    rep = seats(house.people["A"], width=PHONE, scheme=of_reps)
    rep.go("/board/")
    rep.press("今日签到")

    page = desk.go("/checkin/")
    page.check("input[name=first_visit][value=yes]")
    page.check("input[name=appointment][value=no]")
    page.fill("#id_phone", phone(8))
    page.fill("#id_name", "孙小平")
    desk.press("登记来访")
    customer = Customer.objects.select_related("key").get()

    write_the_card(rep, customer, findings=("yes", "yes", "no"))
    page = lead.go("/signing/")
    page.fill("#sign_guidance", "先弄清首付")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    expect(page.locator("#signing")).to_contain_text("全部处理完了")
    lead.look()
    expect(rep.go(f"/customers/{customer.pk}/card/").locator("#a-card")).to_contain_text("先弄清首付")
    rep.press("A卡归档")
    assert Card.objects.get().state == CardState.FILED

    record(rep, customer, result="定了户型", level="H")
    assert FollowUp.objects.get().level == Level.H
    assert rep.go(f"/customers/{customer.pk}/card/").locator(".level-line circle").count() == 2

    page = rep.go(f"/customers/{customer.pk}/deals/")
    page.fill("#id_unit", "1-1-101")
    rep.press("认购")
    deal = Deal.objects.select_related("unit").get()
    rep.go("/units/")
    lead.go(f"/deals/{deal.pk}/")
    lead.press("确认签约")
    deal.refresh_from_db()
    deal.unit.refresh_from_db()
    assert (deal.state, deal.unit.state) == (DealState.CONTRACTED, UnitState.CONTRACTED)

    page = desk.follow(desk.go("/signing/?kind=dealt").locator("#one a[href$='/care/']").first)
    today = house.office.today(timezone.now())
    page.select_option("#id_calendar", "solar")
    page.fill("#id_month", str(today.month))
    page.fill("#id_day", str(today.day))
    page.fill("#id_address", "示例路 1 号")
    desk.press("保存维系卡")
    assert CareCard.objects.get().next_birthday == today
    desk.go("/care/")

    page = rep.go("/today/")
    expect(page.locator("#greetings")).to_contain_text("孙小平")
    record(rep, customer, result="祝生日快乐", manner="greeting")
    expect(rep.page.locator("#greetings .badge.approved")).to_be_visible()
    for path in (f"/customers/{customer.pk}/", f"/customers/{customer.pk}/care/", "/care/", "/deals/"):
        rep.go(path)


@pytest.mark.parametrize(("of_reps", "of_others"), SCHEMES)
def test_from_the_web_to_the_defeat_register(house, seats, of_reps, of_others):
    at = partial(seats, width=DESK, scheme=of_others)
    desk, lead, manager = at(house.clerk), at(house.supervisor), at(house.manager)
    rep, stranger = (seats(who, width=PHONE, scheme=of_reps) for who in (house.people["A"], None))
    way, _secret = channels.make(house.office, kind="form", label="官网", by=house.manager, now=timezone.now())

    page = stranger.go(f"/lead/{way.token}/")
    page.fill("#id_phone", phone(9))
    page.fill("#id_name", "钱小安")
    page.fill("#id_needs", "想看两室")
    page.check("#id_consent")
    stranger.press("提交")
    assert stranger.page.url.endswith("/thanks/")

    page = lead.go("/web/")
    page.locator("label:has(input[name=reps])").first.click()
    lead.press("依次分配")
    customer = Customer.objects.select_related("key").get()
    assert customer.owner == house.people["A"]

    write_the_card(rep, customer, findings=("yes", "no", "yes"))
    page = rep.go(f"/customers/{customer.pk}/defeat/")
    page.tap("label:has(input[name=ground][value=elsewhere])")
    rep.press("提出战败申请")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.fill("#id_lost_to", "示例湖畔")
    page.fill("#id_price", "15200")
    page.fill("#id_analysis", "对方总价低")
    rep.press("提出战败申请")

    page = desk.go("/signing/?kind=defeats")
    page.fill("#confirm_result", "已电话核实")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("a")
    expect(page.locator("#signing")).to_contain_text("全部处理完了")
    manager.go(f"/customers/{customer.pk}/defeat/")
    manager.press("批准：客户移出销售员名下")
    customer.refresh_from_db()
    assert (customer.standing, customer.owner) == (Standing.DEFEATED, None)
    desk.go("/signing/?kind=defeats")
    desk.press("关闭并归档")
    assert DefeatRequest.objects.get().state == DefeatState.CLOSED
    expect(desk.go("/defeats/").locator("#main")).to_contain_text("示例湖畔")

    page = manager.go("/defeats/analysis/")
    expect(manager.follow(page.locator(".figures a").first).locator("#main")).to_contain_text("示例湖畔")
    assert rep.page.goto(f"{rep.url}/customers/{customer.pk}/").status == 404

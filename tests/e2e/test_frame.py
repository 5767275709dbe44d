"""The frame around every page in a real browser: errors, busy buttons, menus, colours, expired sign-in, contrast."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from staff import notices
from staff.models import User
from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGES = ["/inbox/", "/staff/", "/staff/hire/", "/policy/", "/accounts/password/", "/nothing/"]
PASSWORD = "garden-gate-7"


@pytest.fixture
def manager(sign_in):
    user = staff_member(Role.MARKETING_MANAGER, OfficeFactory(name="云栖花园"), username="mm", name="孙建国")
    sign_in(user)
    return user


def test_sign_in_by_typing(page, live_server, faults):
    staff_member(Role.ADMIN, username="admin", password=PASSWORD)
    page.goto(f"{live_server.url}/accounts/")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("账号")
    assert faults == []


def test_failed_post_focuses_the_summary_and_its_links_lead_to_the_fields(page, live_server, manager, faults):
    page.goto(f"{live_server.url}/staff/hire/")
    page.get_by_label("用户名").fill("chen")
    page.get_by_role("button", name="录用").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="请输入姓名").click()
    expect(page.get_by_label("姓名")).to_be_focused()
    expect(page.get_by_label("用户名")).to_have_value("chen")
    assert faults == []


def test_a_double_press_sends_once(page, live_server, manager):
    page.goto(f"{live_server.url}/staff/hire/")
    page.get_by_label("姓名").fill("陈志豪")
    page.get_by_label("用户名").fill("chen")
    page.get_by_label("岗位").select_option("rep")
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.get_by_role("button", name="录用").dblclick()
    expect(page.locator(".secret")).to_have_count(2)
    assert len(sent) == 1
    assert User.objects.filter(username="chen").count() == 1


def test_policy_is_saved_in_place_and_refused_in_place(page, live_server, manager, faults):
    page.goto(f"{live_server.url}/policy/")
    page.get_by_label("登记有效天数").fill("20")
    page.get_by_role("button", name="保存规则").click()
    expect(page.locator("#messages")).to_contain_text("规则已保存")
    expect(page.locator(".log li").first).to_contain_text("孙建国")
    page.get_by_label("登记有效天数").fill("0")
    page.get_by_role("button", name="保存规则").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_role("button", name="保存规则")).not_to_have_attribute("aria-busy", "true")
    assert faults == []


def test_expired_sign_in_within_a_page_leads_to_the_sign_in(page, live_server, manager):
    page.goto(f"{live_server.url}/policy/")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="保存规则").click()
    page.wait_for_url(re.compile(r"/accounts/login/\?next=/policy/"))


def test_colours_and_language_are_switched_from_the_menu(page, live_server, manager, faults):
    page.goto(f"{live_server.url}/inbox/")
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Inbox")
    assert faults == []


def test_escape_closes_the_menu(page, live_server, manager):
    page.goto(f"{live_server.url}/inbox/")
    page.locator("details.who > summary").click()
    page.keyboard.press("Escape")
    expect(page.locator("details.who")).not_to_have_attribute("open", "")


def test_phone_keeps_four_entries_in_reach_and_the_rest_under_more(page, live_server, manager):
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto(f"{live_server.url}/inbox/")
    expect(page.locator(".nav > ul > li:visible")).to_have_count(5)
    page.locator(".nav-more > details > summary").click()
    page.get_by_role("link", name="案场规则").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("案场规则")


def test_bell_counts_and_keys_walk_the_inbox(page, live_server, manager):
    for n in range(3):
        notices.tell(manager, key=f"k{n}", text=f"消息{n}", now=manager.date_joined)
    page.goto(f"{live_server.url}/inbox/")
    expect(page.locator("#unread .count")).to_have_text("3")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-item]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-item]").first).to_be_focused()


def test_a_slash_goes_to_the_search_and_escape_leaves_it(page, live_server, manager, faults):
    page.goto(f"{live_server.url}/inbox/")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("1/2")
    expect(page.locator("#find")).to_have_value("1/2")
    page.keyboard.press("Escape")
    expect(page.locator("#find")).not_to_be_focused()
    page.goto(f"{live_server.url}/policy/")
    page.get_by_label("修改原因").focus()
    page.keyboard.press("/")
    expect(page.get_by_label("修改原因")).to_have_value("/")
    assert faults == []


def test_a_field_that_was_drawn_larger_is_swapped_without_a_fault(page, live_server, manager, faults):
    page.goto(f"{live_server.url}/policy/")
    page.get_by_label("登记有效天数").fill("0")
    page.get_by_label("登记有效天数").evaluate("field => { field.style.height = '80px' }")
    page.get_by_role("button", name="保存规则").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.wait_for_timeout(100)
    assert faults == []


def test_draft_is_kept_for_its_person_and_goes_at_sign_out(page, live_server, manager):
    page.goto(f"{live_server.url}/staff/hire/")
    page.evaluate("document.querySelector('#hire-form').dataset.draft = 'hire'")
    page.get_by_label("姓名").fill("陈志豪")
    keys = "Object.keys(localStorage).filter((key) => key.startsWith('draft:'))"
    assert page.evaluate(keys) == [f"draft:{manager.pk}:hire"]
    page.locator("details.who > summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/accounts/login/**")
    assert page.evaluate(keys) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_pages_are_accessible_and_never_scroll_sideways(page, live_server, manager, faults, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    for address in [*PAGES, f"/staff/{manager.pk}/"]:
        page.goto(live_server.url + address)
        found = [violation["id"] for violation in Axe().run(page).response["violations"]]
        assert found == [], address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert faults == []

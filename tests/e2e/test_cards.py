"""A-cards, the day and the inbox of decisions in a real browser: live level, drafts, keys, the call."""

import pytest
from django.utils import timezone

from customers import cards, contacts
from customers.models import Card, CardState, FollowUp, Signature
from tests.house import House, phone

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
ALL = cards.Findings(need=True, confidence=True, power=True)


@pytest.fixture
def house():
    """An office today, just after midnight, whose rep A has three customers by telephone."""
    house = House("A")
    house.on = timezone.localdate()
    house.mine = [house.customer(house.call(f"00:0{n}", "A", name=f"孙小平{n}", phone=phone(n))) for n in (1, 2, 3)]
    return house


def test_the_level_follows_the_findings_and_the_draft_is_kept(house, page, live_server, sign_in, faults):
    sign_in(house.people["A"])
    one = house.mine[0]
    page.goto(f"{live_server.url}/customers/{one.pk}/card/")
    page.fill("#id_unit", "三房")
    for name, value in (("need", "yes"), ("confidence", "no"), ("power", "yes")):
        page.check(f"#findings input[name={name}][value={value}]")
    page.wait_for_selector("#proposed .level-A")
    page.wait_for_selector("#saved .icon", timeout=10_000)
    card = Card.objects.select_related("customer__key").get()
    assert "三房" in card.content
    page.fill("#id_reception", "看了样板间")
    page.fill("#id_plan", "周末电话")
    page.click("#card-form button.primary")
    page.wait_for_selector("[data-draft-done]", state="attached")
    assert Card.objects.get().state == CardState.SUBMITTED
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('card-')).length") == 0
    assert faults == []


def test_keys_walk_sign_and_ask_for_a_reason_but_stay_silent_while_typing(house, page, live_server, sign_in, faults):
    for n, one in enumerate(house.mine, 1):
        cards.submit(one, by=house.people["A"], now=house.at(f"00:1{n}"), findings=ALL)
    sign_in(house.supervisor)
    page.goto(f"{live_server.url}/signing/")
    page.keyboard.press("j")
    page.wait_for_selector("#one h2:has-text('孙小平2')")
    page.keyboard.press("k")
    page.wait_for_selector("#one h2:has-text('孙小平1')")
    page.fill("#sign_guidance", "约看")
    page.press("#sign_guidance", "j")
    assert page.input_value("#sign_guidance") == "约看j"
    page.evaluate("document.activeElement.blur()")
    for key in "jkar":  # while Chinese is composed, keys belong to the input method
        composing = {"key": key, "bubbles": True, "isComposing": True}
        page.evaluate("(said) => document.body.dispatchEvent(new KeyboardEvent('keydown', said))", composing)
    assert "孙小平1" in page.inner_text("#one h2")
    assert page.locator("#one details[open]").count() == 0
    page.keyboard.press("a")
    page.wait_for_selector("#one h2:has-text('孙小平2')")
    page.keyboard.press("r")
    page.keyboard.type("再写")
    assert page.input_value("#return_reason") == "再写"
    page.click("#one .btn.danger")
    page.wait_for_selector("#one h2:has-text('孙小平3')")
    states = Card.objects.order_by("customer").values_list("state", flat=True)
    assert (list(states), faults) == (["signed", "returned", "submitted"], [])


def test_many_follow_ups_are_signed_at_once(house, page, live_server, sign_in, faults):
    for one in house.mine:
        said = {"manner": "wechat", "reached": True, "result": "谈"}
        contacts.record(one, by=house.people["A"], now=house.at("00:20"), **said)
    sign_in(house.supervisor)
    page.goto(f"{live_server.url}/signing/?kind=contacts")
    for box in page.locator("input[name=items]").all()[:2]:
        box.check()
    page.click("#bulk button[value=chosen]")
    page.wait_for_selector("#signing .message.success")
    assert FollowUp.objects.filter(signature=Signature.SIGNED).count() == 2
    assert faults == []


def test_one_tap_shows_the_number_and_the_next_day_follows_the_level(house, page, live_server, sign_in, faults):
    sign_in(house.people["A"])
    page.goto(f"{live_server.url}/today/")
    page.click("#few form button >> nth=0")
    page.wait_for_selector("a[href^='tel:154']")
    page.check("input[name=reached][value=yes]")
    page.fill("#id_result", "周末再来")
    page.check("input[name=level][value=H]")
    soon = page.input_value("#id_next_on")
    page.check("input[name=level][value=B]")
    assert soon < page.input_value("#id_next_on")
    page.click("#contact form.card .primary")
    page.wait_for_selector("#day")
    assert (FollowUp.objects.get().level, faults) == ("B", [])

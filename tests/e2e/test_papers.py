"""What is printed, counted in pages by the browser: a usual dispute on one, a long one flowing over several."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from customers import card_content, cards, contacts, disputes
from tests.house import House, phone

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
PAGE = re.compile(rb"/Type\s*/Page\b")
WORDS = "上周六上午我先接的电话，客户报过我的名字，登记本上写的是别人，请主管核对来电登记和跟进记录。" * 3
BOXES = ("主张人签字", "另一方签字", "主管签字")


@pytest.fixture
def house():
    """An office today, just after midnight."""
    made = House("AB")
    made.on = timezone.localdate()
    return made


def quarrel(house: House, calls: int) -> disputes.Dispute:
    """A's customer with so many calls, whom B claims."""
    customer = house.customer(house.call("00:01", "A", name="孙小平", phone=phone(1)))
    said = {"by": house.people["A"], "manner": "phone", "reached": True}
    for n in range(calls):
        contacts.record(
            customer, now=house.at("00:02"), result=f"第{n}次沟通：价格与楼层都满意，周末带家人来看", **said
        )
    return disputes.open_dispute(customer, by=house.people["B"], now=house.at("00:03"), claim=WORDS)


def printed(house, dispute, page, live_server, sign_in, folder: Path) -> Path:
    """The paper as the browser makes it."""
    sign_in(house.supervisor)
    page.goto(f"{live_server.url}/disputes/{dispute.pk}/")
    page.click("form[action$='/paper/print/'] button")
    page.wait_for_selector("#paper")
    path = folder / "dispute.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    return path


def pages(path: Path) -> int:
    return len(PAGE.findall(path.read_bytes()))


@pytest.mark.rule("OWN-12")
@pytest.mark.parametrize("ruled", [False, True])
def test_a_usual_dispute_is_one_page(house, page, live_server, sign_in, tmp_path, ruled):
    dispute = quarrel(house, 14)
    if ruled:
        disputes.rule(dispute, by=house.supervisor, now=house.at("00:04"), text=WORDS, to=house.people["B"])
    assert pages(printed(house, dispute, page, live_server, sign_in, tmp_path)) == 1


@pytest.mark.rule("OWN-12")
@pytest.mark.parametrize("calls", [30, 75, 150])
def test_a_long_dispute_flows_with_its_head_on_every_page_and_its_boxes_together(
    house, page, live_server, sign_in, tmp_path, calls
):
    path = printed(house, quarrel(house, calls), page, live_server, sign_in, tmp_path)
    count = pages(path)
    assert count == {30: 1, 75: 2, 150: 3}[calls]
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    sheets = text.split("\f")[:count]
    assert [f"{n}/{count}" in sheet.replace(" ", "") for n, sheet in enumerate(sheets, 1)] == [True] * count
    assert sum("打印编号" in sheet for sheet in sheets) == count
    assert [all(box in sheet for box in BOXES) for sheet in sheets] == [False] * (count - 1) + [True]
    assert len(re.findall(r"跟进\s+电话", text)) == calls


LONGEST = "三房两厅，南北通透，要看得到公园，离地铁不超过十分钟，孩子明年上小学，老人要有电梯，贷款额度还在问银行。" * 4


@pytest.mark.rule("CARD-07")
@pytest.mark.parametrize("words", ["三房", LONGEST, LONGEST * 2, (LONGEST * 5)[:1000]])
def test_an_a_card_is_one_page_however_much_was_written(house, page, live_server, sign_in, tmp_path, words):
    customer = house.customer(house.call("00:01", "A", name="欧阳孙小平", phone=phone(1)))
    rep = house.people["A"]
    fields = dict.fromkeys(("favourable", "unfavourable", "support", "reception", "plan"), words)
    content = card_content.write({**fields, "unit": "三房两厅", "budget": "300", "compares": words[:60]})
    found = cards.Findings(need=True, confidence=True, power=True)
    cards.save_draft(customer, by=rep, now=house.at("00:02"), content=content, findings={})
    cards.submit(customer, by=rep, now=house.at("00:02"), findings=found)
    for n in range(20):
        said = {"by": rep, "manner": "phone", "reached": True, "result": words[:200], "objections": words[:100]}
        contacts.record(customer, now=house.at(f"00:{n + 3:02d}"), **said)
    sign_in(rep)
    page.goto(f"{live_server.url}/customers/{customer.pk}/card/")
    page.click("form[action$='/card/print/'] button")
    page.wait_for_selector("#paper")
    path = tmp_path / "card.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    assert pages(path) == 1

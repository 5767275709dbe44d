"""A planted price and percent: in no row in the clear, no log, no notice, no page without business (BULK-11)."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bigaccounts.models import Case, ContractUnit, Event
from bigaccounts.views.acts import ACTS
from sales.models import Deal
from staff.models import Notice
from tests.test_canaries import found, listening, tables
from tests.test_hostile_input import ALONE, VALUES

PERCENT, PRICE = "7.3519", "926481.00"
SECRETS = {"percent": PERCENT, "price": "926481", "price in groups": "926,481"}


def taken(trade, sign_in) -> Case:
    """A case whose first unit is taken, with words that name the price wherever words may be typed."""
    case = trade.filed(PERCENT)
    lead, clerk = sign_in(trade.supervisor), sign_in(trade.clerk)
    trade.sign_in("A")
    buyer = trade.customer(trade.call("11:00", "A", name="王小平", phone="15400000001"))
    said = {"customer": buyer.number, "unit": trade.units(1)[0].pk, "price": PRICE}
    assert clerk.post(f"/bulk/{case.pk}/do/take/", said).status_code == 302
    assert clerk.post(f"/bulk/{case.pk}/do/freeze/", {"reason": f"按 {PERCENT} 转卖 {PRICE}"}).status_code == 302
    assert lead.post("/bulk/test/", {"percent": PERCENT}).status_code == 200
    assert lead.post(f"/bulk/{case.pk}/do/ask/", {"percent": PERCENT, "units": "12"}).status_code == 302
    return case


@pytest.mark.rule("BULK-11")
def test_the_price_lies_in_no_row_and_no_log(trade, sign_in):
    with listening() as heard:
        taken(trade, sign_in)
    assert found(SECRETS, tables()) == []
    lines = [line for line in heard.lines if "django.db.backends" not in line]
    assert [line for line in lines for text in SECRETS.values() if text in line] == []
    assert [one.text for one in Notice.objects.all() if any(text in one.text for text in SECRETS.values())] == []


@pytest.mark.rule("BULK-11")
def test_a_deal_or_a_log_line_with_the_price_would_be_found(trade, sign_in):
    """The broken twins: the same looks see a price that is written down where it may not be."""
    taken(trade, sign_in)
    deal = Deal.objects.get()
    deal.price = Decimal(PRICE)
    deal.save()
    assert {what.split(" ")[0] for what in found(SECRETS, tables())} == {"price"}
    with listening() as heard:
        logging.getLogger("sales").warning("sold at %s", PRICE)
    assert [line for line in heard.lines if "926481" in line] != []


@pytest.mark.rule("BULK-11")
def test_whoever_has_business_reads_the_same_price(trade, sign_in):
    """Else the looks above would prove nothing."""
    case = taken(trade, sign_in)
    for who in (trade.supervisor, trade.manager, trade.branch_manager, trade.hq, trade.finance, trade.clerk):
        page = sign_in(who).get(f"/bulk/{case.pk}/contract/").content.decode()
        assert (PERCENT in page, "926,481.00" in page) == (True, True), who
    for who in (trade.people["A"], trade.other_supervisor, trade.keeper, trade.planner, trade.chairman):
        assert sign_in(who).get(f"/bulk/{case.pk}/contract/").status_code in (403, 404)
    row = ContractUnit.objects.select_related("case__key").filter(deal__isnull=False).get()
    assert (row.price, Event.objects.filter(kind="taken").count()) == (Decimal(PRICE), 1)


STAGES = {
    "amend": ("opened", "supervisor", {"contacts": "x"}),
    "hand_over": ("opened", "manager", {"to": "1"}),
    "drop": ("opened", "supervisor", {"reason": "x"}),
    "plan": ("opened", "supervisor", {"units": "12", "percent": "3", "terms": "x"}),
    "plan_approve": ("planned", "branch_manager", {"reason": "x"}),
    "plan_return": ("planned", "branch_manager", {"reason": "x"}),
    "report": ("negotiating", "supervisor", {"text": "x"}),
    "ask": ("negotiating", "supervisor", {"percent": "3", "units": "12", "reason": "x"}),
    "draft": (
        "negotiating",
        "supervisor",
        {"buyers": "甲", "units": "U01", "way": "x", "instalments": "2026-04-01 1", "percent": "3", "special": "x"},
    ),
    "attach": ("signed", "supervisor", {"purpose": "other", "file": "x"}),
    "take": ("signed", "clerk", {"customer": "1", "unit": "1", "price": "1"}),
    "units": ("signed", "clerk", {"units": "U01", "reason": "x"}),
    "pay": ("signed", "clerk", {"instalment": "1"}),
    "buyers": ("signed", "clerk", {"buyers": "甲", "reason": "x", "proof": "x"}),
    "freeze": ("signed", "clerk", {"buyer": "", "reason": "x"}),
}


def test_every_act_with_something_to_type_is_assaulted():
    typed = {name for name, act in ACTS.items() if act.form.base_fields}
    assert typed - set(STAGES) == {"decide", "withdraw", "verify", "lift", "take_back"}


@pytest.mark.parametrize("act", sorted(STAGES))
def test_hostile_values_are_refused_in_words(trade, sign_in, act):
    stage, who, good = STAGES[act]
    case = getattr(trade, stage)()
    client = sign_in(getattr(trade, who))
    client.raise_request_exception = False
    for label, value in {**VALUES, **ALONE}.items():
        for name in good:
            said = {**good, name: value}
            for field in ("file", "proof"):
                if field in said:
                    said[field] = (
                        SimpleUploadedFile(f"{label}.pdf", str(value).encode())
                        if field == name
                        else SimpleUploadedFile("a.pdf", b"%PDF-1")
                    )
            answer = client.post(f"/bulk/{case.pk}/do/{act}/", said)
            assert answer.status_code in (302, 400, 422), f"{act} {name} {label}: {answer.status_code}"
            assert "<script>zq7" not in answer.content.decode()

"""Disputes in the browser: the claim that tells nothing, what each party reads, the evidence, each step, the paper."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import cards, contact_signing, contacts, disputes, evidence
from customers.models import Dispute, Ruling
from sales import deals
from sales.models import Unit
from staff.models import AccessLog, Measure
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX
from tests.test_canaries import found, tables

PER_REQUEST = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|x-csrftoken[^}]*|[0-9a-f-]{36}')
RULING = {"text": "以公共登记本为准", "ground": "register", "to": "stays", "warn": "nobody"}


@pytest.fixture
def manager(house):
    return house.hire("manager", Role.MARKETING_MANAGER)


@pytest.fixture
def customer(house):
    """A's customer, with contacts that count and that do not."""
    one = house.customer(house.call("09:10", "A", name="孙小平", phone=phone(1)))
    by = house.people["A"]
    contacts.record(one, by=by, now=house.at("09:30"), manner="phone", reached=True, result="周末来看")
    contacts.record(one, by=by, now=house.at("09:40"), manner="phone", reached=False)
    made = contacts.record(one, by=by, now=house.at("09:50"), manner="wechat", reached=True, result="问价")
    contact_signing.reject(made, by=house.supervisor, now=house.at("09:55"), reason="未打")
    return one


@pytest.fixture
def dispute(house, customer):
    return disputes.open_dispute(customer, by=house.people["B"], now=house.at("10:00"), claim="上周我接的电话")


def page(sign_in, who, dispute):
    return sign_in(who).get(reverse("dispute", args=[dispute.pk]))


def act(sign_in, who, dispute, name, **said):
    return sign_in(who).post(reverse("dispute_act", args=[dispute.pk, name]), said)


def claimed(client, typed):
    said = {"typed": typed, "words": "我先接的", "request_id": str(uuid4())}
    answer = client.post(reverse("dispute_claim"), said)
    return answer, client.get(reverse("disputes")).content.decode()


@pytest.mark.rule("OWN-12", "OFF-03")
def test_a_claim_is_answered_alike_whatever_it_names(house, customer, sign_in):
    client, told = sign_in(house.people["B"]), set()
    for typed in (phone(1), phone(88), str(customer.number), "4711"):
        answer, listed = claimed(client, typed)
        own = Dispute.objects.latest("pk")
        shown = client.get(reverse("dispute", args=[own.pk])).content.decode()
        told.add((answer.status_code, PER_REQUEST.sub("", re.sub(r"[0-9]+", "N", shown)), "孙小平" in listed))
        own.delete()
    assert len(told) == 1
    assert "孙小平" not in shown


@pytest.mark.rule("OWN-12", "OFF-03")
def test_the_claimant_reads_their_own_words_and_number_again_and_nobody_else_reads_the_number(house, customer, sign_in):
    for typed in (phone(1), phone(88)):
        claimed(sign_in(house.people["B"]), typed)
        own = Dispute.objects.latest("pk")
        bodies = {who: page(sign_in, house.people[who], own).content.decode() for who in ("A", "B")}
        assert (typed in bodies["B"], "我先接的" in bodies["B"]) == (True, True)
        assert typed not in bodies["A"]
        supervisor = page(sign_in, house.supervisor, own).content.decode()
        assert ("我先接的" in supervisor, typed in supervisor) == (True, typed == phone(88))


@pytest.mark.rule("OWN-12")
def test_what_a_supervisor_writes_of_a_dispute_is_not_the_claimants_to_read(house, customer, sign_in):
    said = {"claim": "两人都说先接", "claimant": str(house.people["B"].pk)}
    assert sign_in(house.supervisor).post(reverse("customer_dispute", args=[customer.pk]), said).status_code == 302
    own = Dispute.objects.get()
    assert "两人都说先接" not in page(sign_in, house.people["B"], own).content.decode()
    assert "两人都说先接" in page(sign_in, house.people["A"], own).content.decode()


@pytest.mark.rule("OWN-12")
@pytest.mark.parametrize("typed", [{"typed": "abc"}, {"typed": ""}, {"words": " "}, {"request_id": "x"}])
def test_a_claim_without_shape_keeps_what_was_typed(house, sign_in, typed):
    said = {"typed": "12", "words": "我先接的电话", "request_id": str(uuid4()), **typed}
    answer = sign_in(house.people["B"]).post(reverse("dispute_claim"), said)
    assert answer.status_code == 422
    assert (said["words"].strip() or "textarea") in answer.content.decode()
    assert not Dispute.objects.exists()


@pytest.mark.rule("OWN-12", "OWN-13", "CARD-05")
def test_the_evidence_composes_itself(house, customer, dispute, sign_in):
    house.sleep()
    context = page(sign_in, house.supervisor, dispute).context
    kinds = [(row["entry"].kind, row["entry"].counts) for row in context["rows"]]
    assert kinds == [("line", True), ("episode", None), ("contact", True), ("contact", False), ("contact", False)]
    line = context["rows"][0]["entry"]
    assert (line.intact, line.proof, line.number) == (True, customer.lines.get().digest, customer.number)
    assert [row["entry"].why != "" for row in context["rows"][3:]] == [True, True]
    assert [version.number for _when, version in context["sheet"].versions] == [1]


@pytest.mark.rule("OWN-13")
def test_an_unprotected_customer_is_shown_with_the_one_who_closed(house, customer, dispute, sign_in, clock):
    deals.add_units(house.office, [{"code": "1-1-101", "list_price": "1000000"}])
    deals.subscribe(customer, Unit.objects.get(), by=house.people["A"], now=house.at("15:00"))
    clock.move_to(house.at("12:00", house.on.replace(day=3)))
    answer = page(sign_in, house.supervisor, dispute)
    assert answer.context["sheet"].judgement.missed == ("submit",)
    assert answer.context["deal"].rep == house.people["A"]
    assert "deal" in [row["entry"].kind for row in answer.context["rows"]]
    said = {**RULING, "ground": "unprotected", "to": str(house.people["B"].pk)}
    assert act(sign_in, house.supervisor, dispute, "rule", **said).status_code == 302
    customer.refresh_from_db()
    assert (customer.owner, customer.standing, Ruling.objects.get().protected) == (
        house.people["B"],
        "subscribed",
        False,
    )


@pytest.mark.rule("OWN-13")
def test_a_protected_customer_is_not_ruled_by_who_closes(house, customer, dispute, sign_in):
    findings = cards.Findings(need=True, confidence=True, power=True)
    cards.submit(customer, by=house.people["A"], now=house.at("11:00"), findings=findings)
    answer = act(sign_in, house.supervisor, dispute, "rule", **{**RULING, "ground": "unprotected"})
    assert answer.status_code == 422
    assert "OWN-13" in answer.content.decode()
    assert "以公共登记本为准" in answer.content.decode()


@pytest.mark.rule("OWN-12", "OFF-03")
def test_each_party_reads_what_is_theirs(house, customer, dispute, manager, sign_in):
    bodies = {
        code: page(sign_in, who, dispute).content.decode()
        for code, who in {"A": house.people["A"], "B": house.people["B"], "S": house.supervisor, "M": manager}.items()
    }
    assert {code: "上周我接的电话" in body for code, body in bodies.items()} == {
        "A": True,
        "B": True,
        "S": True,
        "M": True,
    }
    assert "孙小平" not in bodies["B"]
    assert page(sign_in, house.people["C"], dispute).status_code == 404
    assert page(sign_in, house.clerk, dispute).status_code == 403


@pytest.mark.rule("OWN-12", "ACC-05")
def test_opening_the_evidence_is_logged_and_a_partys_look_is_none(house, dispute, sign_in):
    page(sign_in, house.people["B"], dispute)
    assert not AccessLog.objects.filter(action="opened").exists()
    page(sign_in, house.supervisor, dispute)
    assert AccessLog.objects.filter(action="opened", user=house.supervisor).count() == 1


@pytest.mark.rule("OWN-12", "COND-01")
def test_a_ruling_moves_the_customer_and_may_warn_a_party(house, customer, dispute, sign_in):
    said = {**RULING, "to": str(house.people["B"].pk), "warn": str(house.people["A"].pk)}
    assert act(sign_in, house.supervisor, dispute, "rule", **said).status_code == 302
    customer.refresh_from_db()
    measure = Measure.objects.get()
    assert (customer.owner, measure.person, measure.fault) == (house.people["B"], house.people["A"], "dispute")
    assert page(sign_in, house.people["A"], dispute).context["rulings"][0].text == "以公共登记本为准"
    assert "孙小平" not in page(sign_in, house.people["A"], dispute).content.decode()


@pytest.mark.rule("COND-01")
def test_only_a_party_is_warned(house, dispute, sign_in):
    answer = act(sign_in, house.supervisor, dispute, "rule", **{**RULING, "warn": str(house.people["C"].pk)})
    assert answer.status_code == 422
    assert not Ruling.objects.exists()


@pytest.mark.rule("OWN-12")
def test_the_way_to_the_last_word_in_the_browser(house, customer, dispute, manager, sign_in):
    act(sign_in, house.supervisor, dispute, "rule", **{**RULING, "to": str(house.people["B"].pk)})
    assert set(page(sign_in, house.people["A"], dispute).context["forms"]) == {"appeal"}
    assert act(sign_in, house.people["A"], dispute, "appeal", reason=" ").status_code == 422
    assert act(sign_in, house.people["A"], dispute, "appeal", reason="登记在先").status_code == 302
    assert page(sign_in, house.supervisor, dispute).context["forms"] == {}
    assert set(page(sign_in, house.people["A"], dispute).context["forms"]) == {"recall"}
    assert act(sign_in, house.people["A"], dispute, "recall").status_code == 302
    assert set(page(sign_in, house.people["A"], dispute).context["forms"]) == set()
    assert act(sign_in, house.people["A"], dispute, "recall").status_code == 422
    assert act(sign_in, house.people["B"], dispute, "appeal", reason="还有别的").status_code == 302
    assert set(page(sign_in, manager, dispute).context["forms"]) == {"overrule"}
    said = {**RULING, "to": str(house.people["A"].pk)}
    assert act(sign_in, manager, dispute, "overrule", **said).status_code == 302
    assert act(sign_in, manager, dispute, "overrule", **said).status_code == 422
    customer.refresh_from_db()
    assert customer.owner == house.people["A"]


@pytest.mark.rule("OWN-12")
def test_what_names_nobody_can_only_be_dismissed(house, sign_in):
    claimed(sign_in(house.people["B"]), phone(88))
    dispute = Dispute.objects.get()
    context = page(sign_in, house.supervisor, dispute).context
    assert (set(context["forms"]), context["sheet"], context["why_not"].rule) == ({"dismiss"}, None, "OWN-12")
    assert act(sign_in, house.supervisor, dispute, "dismiss").status_code == 302
    assert sign_in(house.supervisor).post(reverse("dispute_print", args=[dispute.pk])).status_code == 302


@pytest.mark.rule("OWN-12", "REG-05")
def test_the_sheet_prints_on_a_page_with_boxes_and_a_code_and_is_logged(house, customer, dispute, sign_in):
    for n in range(30):
        contacts.record(
            customer, by=house.people["A"], now=house.at("10:30"), manner="phone", reached=True, result=f"第{n}次"
        )
    answer = sign_in(house.supervisor).post(reverse("dispute_print", args=[dispute.pk]))
    body = answer.content.decode()
    assert (len(answer.context["rows"]), answer.context["left_out"]) == (35, 0)
    assert answer.context["rows"][0]["entry"].kind == "line"
    assert "<svg" in body
    log = AccessLog.objects.get(action="printed")
    assert (log.subject, f"{log.pk:06d}" in body) == (f"dispute:{dispute.pk}", True)
    code = sign_in(house.supervisor).get(reverse("dispute_code", args=[dispute.request_id]))
    assert code["Location"] == reverse("dispute", args=[dispute.pk])


@pytest.mark.rule("OWN-12")
def test_a_paper_without_end_keeps_every_line_and_says_how_much_is_left_out(house, customer):
    at = house.at("10:00")
    entries = [evidence.Entry(at, "line" if n < 3 else "contact", str(n), "A") for n in range(450)]
    kept, left_out = evidence.on_paper(entries, 400)
    assert ([one.what for one in kept[:4]], len(kept), left_out) == (["0", "1", "2", "53"], 400, 50)


@pytest.mark.rule("OWN-12", "PRIV-05")
def test_after_erasure_the_evidence_stands_without_personal_data(house, customer, dispute, sign_in):
    customer.key.delete()
    answer = page(sign_in, house.supervisor, dispute)
    assert (answer.status_code, answer.context["sheet"].erased, answer.context["sheet"].intact) == (200, True, True)
    assert answer.context["why_not"].rule == "PRIV-05"
    assert "孙小平" not in answer.content.decode()
    assert sign_in(house.supervisor).post(reverse("dispute_print", args=[dispute.pk])).status_code == 200


@pytest.mark.rule("REG-05", "OWN-12")
def test_a_line_that_the_chain_does_not_bind_is_shown_as_altered(house, customer):
    line = customer.lines.get()
    assert evidence.is_bound(line, customer, {})
    line.reason = "改写"
    assert not evidence.is_bound(line, customer, {})


@pytest.mark.rule("OFF-01")
def test_another_office_finds_nothing(house, neighbour, dispute, sign_in):
    for who in (neighbour.supervisor, neighbour.people["X"]):
        assert page(sign_in, who, dispute).status_code == 404
        assert act(sign_in, who, dispute, "rule", **RULING).status_code == 404
        assert f"/disputes/{dispute.pk}/" not in sign_in(who).get(reverse("disputes")).content.decode()


def test_a_supervisor_opens_a_dispute_on_the_customers_page(house, customer, sign_in):
    client = sign_in(house.supervisor)
    url = reverse("customer_dispute", args=[customer.pk])
    assert url in client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert client.post(url, {"claim": " "}).status_code == 422
    refused = client.post(url, {"claim": "争", "claimant": str(house.people["A"].pk)})
    assert (refused.status_code, "OWN-12" in refused.content.decode()) == (422, True)
    assert client.post(url, {"claim": "争", "claimant": str(house.people["B"].pk)}).status_code == 302
    assert Dispute.objects.get().claimant == house.people["B"]


def test_wrong_methods_unknown_steps_and_parts(house, dispute, sign_in):
    client = sign_in(house.supervisor)
    assert client.post(reverse("disputes")).status_code == 405
    assert client.post(reverse("dispute", args=[dispute.pk])).status_code == 405
    assert client.get(reverse("dispute_act", args=[dispute.pk, "rule"])).status_code == 405
    assert client.post(f"/disputes/{dispute.pk}/burn/").status_code == 404
    for url, part in ((reverse("disputes"), 'id="list"'), (reverse("dispute", args=[dispute.pk]), 'id="dispute"')):
        body = client.get(url, headers=HTMX).content.decode()
        assert ("<html" in body, part in body) == (False, True)


def test_statements_stay_the_same_with_more_rows(house, customer, sign_in):
    client, counts = sign_in(house.supervisor), []
    for code in "BC":
        made = disputes.open_dispute(customer, by=house.people[code], now=house.at("10:00"))
        contacts.record(
            customer, by=house.people["A"], now=house.at("10:30"), manner="phone", reached=True, result="再"
        )
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("disputes")).status_code == 200
        listed = len(caught)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("dispute", args=[made.pk])).status_code == 200
        counts.append((listed, len(caught)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6


@pytest.mark.rule("PRIV-02", "OWN-12")
def test_what_is_said_of_a_customer_in_a_dispute_lies_nowhere_in_the_clear(house, customer, manager, sign_in):
    said = {"claim": "主张乾坤", "nobody": "主张天地", "ruling": "裁定坎离", "appeal": "申诉震巽", "last": "终裁艮兑"}
    form = {"typed": phone(1), "words": said["claim"], "request_id": str(uuid4())}
    sign_in(house.people["B"]).post(reverse("dispute_claim"), form)
    dispute = Dispute.objects.get()
    form |= {"typed": phone(88), "words": said["nobody"], "request_id": str(uuid4())}
    sign_in(house.people["B"]).post(reverse("dispute_claim"), form)
    act(sign_in, house.supervisor, dispute, "rule", **{**RULING, "text": said["ruling"]})
    act(sign_in, house.people["B"], dispute, "appeal", reason=said["appeal"])
    act(sign_in, manager, dispute, "overrule", **{**RULING, "text": said["last"]})
    assert [one.text for one in Ruling.objects.order_by("pk")] != []
    assert found({**said, "typed": phone(88)}, tables()) == []


@pytest.mark.rule("OWN-12", "OWN-07", "PRIV-05")
@pytest.mark.parametrize(("state", "rule"), [("lapsed", "OWN-07"), ("erased", "PRIV-05")])
def test_a_dispute_over_a_lapsed_or_an_erased_customer_is_refused_on_the_page(
    house, customer, sign_in, clock, state, rule
):
    if state == "lapsed":
        clock.move_to("2026-04-20T12:00:00+08:00")
    else:
        customer.key.delete()
    said = {"claim": "两人都说先接", "claimant": str(house.people["B"].pk)}
    answer = sign_in(house.supervisor).post(reverse("customer_dispute", args=[customer.pk]), said)
    body = answer.content.decode()
    assert (answer.status_code, rule in body, "两人都说先接" in body) == (422, True, True)
    assert not Dispute.objects.exists()

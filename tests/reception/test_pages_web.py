"""The pages of web leads: the officer's, the supervisor's, the manager's, and what anybody on the internet may use."""

from __future__ import annotations

import json
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, LineKind, RegisterLine
from reception import channels, web_leads
from reception.models import LeadChannel, WebCheck
from staff.models import Notice
from staff.roles import Role
from tests.factories import staff_member
from tests.house import House, phone

TYPED = {"phone": phone(1), "name": "孙小平", "needs": "三房", "consent": "on"}


@pytest.fixture
def house(db):
    with time_machine.travel("2026-03-02T12:00:00+08:00", tick=False):
        house = House("ABC")
        house.officer = house.hire("officer", Role.WEB_OFFICER)
        house.manager = house.hire("manager", Role.MARKETING_MANAGER)
        house.sign_in("A", "B", "C")
        yield house


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def leads() -> int:
    return RegisterLine.objects.filter(kind=LineKind.WEB).count()


@pytest.fixture
def form(house) -> str:
    """The address of the office's public form."""
    channel, _none = channels.make(house.office, kind="form", label="官网", by=house.manager, now=house.at("09:00"))
    return f"/lead/{channel.token}/"


@pytest.fixture
def hook(house):
    """Posts a signed message; what it says can be spoilt."""
    channel, secret = channels.make(house.office, kind="hook", label="官网", by=house.manager, now=house.at("09:00"))

    def post(said, *, at="12:00", body=None, **headers):
        body = body if body is not None else json.dumps(said).encode()
        stamp = str(int(house.at(at).timestamp()))
        signed = {"X-Timestamp": stamp, "X-Signature": channels.sign(bytes.fromhex(secret), stamp, body), **headers}
        client = Client(enforce_csrf_checks=True)
        return client.post(f"/hook/{channel.token}/", body, content_type="application/json", headers=signed)

    return post


@pytest.mark.rule("WEB-02")
def test_the_officer_takes_a_lead_in_and_is_told_what_the_rules_say(house):
    officer = browser(house.officer)
    assert officer.get("/web/new/").status_code == 200
    page = officer.post("/web/new/", TYPED, follow=True)
    line = RegisterLine.objects.get()
    assert (line.kind, line.recorded_by, line.owner, line.customer.consent) == ("web", house.officer, None, True)
    row = page.context["leads"][0]
    assert (row["waits"], row["phone"], row["name"]) == (True, "154****0001", "孙**")
    body = page.content.decode()
    assert (phone(1) in body, "孙小平" in body, row["customer_url"] in body) == (False, False, False)
    assert row["customer_url"] in browser(house.supervisor).get("/web/").content.decode()


@pytest.mark.parametrize("wrong", [{"phone": "123"}, {"name": "x" * 300}, {"needs": "x" * 1001}])
def test_a_misshapen_lead_is_shown_again_and_not_registered(house, wrong):
    response = browser(house.officer).post("/web/new/", {**TYPED, **wrong}, headers={"HX-Request": "true"})
    assert response.status_code == 422
    assert "data-error-summary" in response.content.decode()
    assert leads() == 0


@pytest.mark.rule("WEB-01")
def test_the_daily_check_is_confirmed_even_when_empty(house):
    officer = browser(house.officer)
    assert officer.get("/web/").context["checked"] is None
    assert officer.post("/web/check/").status_code == 302
    check = officer.get("/web/").context["checked"]
    assert (check.found, check.by) == (0, house.officer)


@pytest.mark.rule("WEB-02")
def test_the_supervisor_gives_all_leads_out_evenly(house):
    for n in range(4):
        house.web("10:00", phone=phone(n))
    supervisor = browser(house.supervisor)
    assert supervisor.get("/web/").context["waiting"] == 4
    assert supervisor.post("/web/give/", {}).status_code == 422
    to = [house.people["A"].pk, house.people["B"].pk]
    assert supervisor.post("/web/give/", {"reps": [*to, House("X").people["X"].pk]}).status_code == 422
    assert supervisor.post("/web/give/", {"reps": to}).status_code == 302
    assert [Customer.objects.filter(owner=pk).count() for pk in to] == [2, 2]
    assert supervisor.get("/web/").context["leads"][0]["waits"] is False


def test_who_may_do_what(house):
    assert browser(house.officer).post("/web/give/", {}).status_code == 403
    assert browser(house.officer).get("/web/channels/").status_code == 403
    for who in (house.people["A"], house.clerk, staff_member(Role.FINANCE, house.office)):
        client = browser(who)
        assert {client.get(path).status_code for path in ("/web/", "/web/new/", "/web/channels/")} == {403}
        assert {client.post(path).status_code for path in ("/web/new/", "/web/check/", "/web/give/")} == {403}
    client = browser(house.manager)
    assert {client.get(path).status_code for path in ("/web/check/", "/web/give/")} == {405}
    assert (client.post("/web/").status_code, WebCheck.objects.count(), leads()) == (405, 0, 0)


def test_another_office_sees_none_of_it(house, form):
    neighbour = House("X")
    manager = neighbour.hire("m", Role.MARKETING_MANAGER)
    house.web("10:00", name="金丝雀", phone=phone(5))
    client = browser(manager)
    assert client.get("/web/").context["leads"] == []
    channel = LeadChannel.objects.get()
    assert channel.token not in client.get("/web/channels/").content.decode()
    assert client.post(f"/web/channels/{channel.pk}/close/").status_code == 404


def test_statements_stay_the_same_with_more_leads(house):
    client, counts = browser(house.supervisor), []
    for n in range(3):
        house.web("10:00", name="客", phone=phone(n))
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/web/").status_code == 200
        counts.append(len(caught))
    assert len(set(counts)) == 1


@pytest.mark.rule("WEB-01")
def test_the_manager_opens_and_closes_ways_and_a_secret_is_shown_once(house):
    manager = browser(house.manager)
    made = manager.post("/web/channels/", {"kind": "hook", "label": "官网"})
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in manager.get("/web/channels/").content.decode()
    assert manager.post("/web/channels/", {"kind": "x", "label": ""}).status_code == 422
    channel = LeadChannel.objects.get()
    assert manager.post(f"/web/channels/{channel.pk}/close/").status_code == 302
    assert Client().post(f"/hook/{channel.token}/", b"{}", content_type="application/json").status_code == 404


@pytest.mark.rule("WEB-01")
def test_a_stranger_leaves_a_number_with_consent(house, form):
    visitor = Client(enforce_csrf_checks=True)
    page = visitor.get(form)
    assert page.status_code == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    request = re.search(r'name="request_id" value="([^"]+)"', page.content.decode())[1]
    typed = {**TYPED, "csrfmiddlewaretoken": token, "request_id": request}
    for _again in range(2):
        assert visitor.post(form, typed)["Location"] == f"{form}thanks/"
    assert visitor.get(f"{form}thanks/").status_code == 200
    line = RegisterLine.objects.get()
    assert (line.kind, line.office, line.customer.consent) == ("web", house.office, True)


@pytest.mark.rule("PRIV-03")
@pytest.mark.parametrize("wrong", [{"consent": ""}, {"phone": ""}, {"name": ""}, {"phone": "12"}])
def test_without_consent_name_and_number_nothing_is_taken(house, form, wrong):
    response = Client().post(form, {**TYPED, **wrong})
    assert response.status_code == 422
    assert "data-error-summary" in response.content.decode()
    assert leads() == 0


@pytest.mark.rule("WEB-01")
def test_nobody_learns_whether_a_number_is_known(house, form):
    house.leave(house.visit("09:30", name="孙小平", phone=phone(1)), at="09:50")
    house.visit("10:00", name="在场", phone=phone(2))
    answers = []
    for n in (1, 2, 3):
        response = Client().post(form, {**TYPED, "phone": phone(n)})
        after = Client().get(response["Location"])
        shown = re.sub(r'"x-csrftoken": "[^"]*"', "", after.content.decode())
        answers.append((response.status_code, response["Location"], shown))
    assert len(set(answers)) == 1
    assert leads() == 2
    assert Notice.objects.filter(user=house.officer, key__startswith="web-refused").count() == 1


@pytest.mark.rule("WEB-01")
def test_the_trap_is_answered_like_everybody_and_registers_nothing(house, form):
    assert Client().post(form, {**TYPED, "website": "http://spam"})["Location"] == f"{form}thanks/"
    assert leads() == 0


@pytest.mark.rule("WEB-01")
def test_one_address_sends_ten_in_an_hour_and_no_more(house, form):
    codes = [Client().post(form, {**TYPED, "phone": phone(n)}).status_code for n in range(11)]
    assert codes == [302] * web_leads.FROM_ONE_ADDRESS + [429]
    assert Client(REMOTE_ADDR="10.1.1.1").post(form, TYPED).status_code == 302


def test_an_address_that_is_none_is_not_found(house, form):
    assert {Client().get(path).status_code for path in ("/lead/x/", "/lead/x/thanks/", f"/lead/{'y' * 99}/")} == {404}
    assert Client().post("/hook/x/").status_code == 404
    assert Client().put(form).status_code == 405


SAID = {"name": "孙小平", "phone": phone(1), "needs": "三房", "consent": True}


@pytest.mark.rule("WEB-01")
def test_a_signed_message_is_taken_once(house, hook):
    assert [hook(SAID).status_code for _again in range(2)] == [202, 409]
    assert hook(SAID, at="12:01").status_code == 202
    assert leads() == 2
    assert Customer.objects.count() == 1


@pytest.mark.rule("WEB-01")
def test_a_message_out_of_time_or_badly_signed_is_refused(house, hook):
    assert hook(SAID, at="11:54:59").status_code == 403
    assert hook(SAID, **{"X-Signature": "0" * 64}).status_code == 403
    assert hook(SAID, **{"X-Timestamp": ""}).status_code == 403
    assert hook(SAID, body=b"x" * 10_001).status_code == 413
    assert Client().post(f"/hook/{LeadChannel.objects.get().token}/", SAID).status_code == 415
    assert leads() == 0


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"[]",
        b"{",
        b'"x"',
        b"\xff",
        b'{"name": 1, "phone": [], "consent": true}',
        json.dumps({**SAID, "consent": "yes"}).encode(),
        json.dumps({**SAID, "phone": "12"}).encode(),
        json.dumps({**SAID, "name": "\x00"}).encode(),
    ],
)
def test_a_misshapen_message_is_refused(house, hook, body):
    assert hook(None, body=body).status_code == 422
    assert leads() == 0


def test_only_posts_are_taken(house, hook):
    token = LeadChannel.objects.get().token
    assert Client().get(f"/hook/{token}/").status_code == 405

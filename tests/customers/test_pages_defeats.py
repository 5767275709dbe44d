"""Giving a customer up in the browser: the request and its refusals, each step, the register, the analysis."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import cards, defeat
from customers.models import CardState, DefeatRequest, DefeatState
from staff.models import Notice
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX

BY_LEVEL = {
    "H": cards.Findings(need=True, confidence=True, power=True),
    "B": cards.Findings(need=True, confidence=True),
    "C": cards.Findings(confidence=True, power=True),
}
ASKED = {"ground": "elsewhere", "lost_to": "江岸名邸", "price": "12500", "analysis": "离单位近"}


@pytest.fixture
def manager(house):
    return house.hire("manager", Role.MARKETING_MANAGER)


def customer_at(house, level="H", n=1, at="09:10"):
    told = house.visit(at, name=f"孙小平{n}", phone=phone(n))
    customer = house.customer(told)
    if level:
        cards.submit(customer, by=house.people["A"], now=house.at("10:30"), findings=BY_LEVEL[level])
    house.leave(told, at=f"{at[:3]}{int(at[3:]) + 5}")
    return customer


def url_of(customer):
    return reverse("customer_defeat", args=[customer.pk])


def request(house, customer, **said):
    said = {"ground": "not_buying", "analysis": "不买了", **said}
    return defeat.request(customer, by=house.people["A"], now=house.at("11:00"), **said)


@pytest.mark.rule("LOST-01")
def test_without_a_submitted_card_the_page_says_why_it_is_refused(house, sign_in):
    customer = customer_at(house, level="")
    page = sign_in(house.people["A"]).get(url_of(customer))
    assert (page.context["form"], page.context["refusal"].rule) == (None, "LOST-01")
    assert sign_in(house.people["A"]).post(url_of(customer), ASKED).status_code == 422


@pytest.mark.rule("LOST-03")
@pytest.mark.parametrize(("level", "warned"), [("H", False), ("B", True)])
def test_a_level_short_of_the_path_carries_a_warning(house, sign_in, level, warned):
    customer = customer_at(house, level)
    client = sign_in(house.people["A"])
    assert client.get(url_of(customer)).context["warned"] is warned
    assert client.post(url_of(customer), ASKED).status_code == 302
    asked = DefeatRequest.objects.get()
    assert (asked.warned, asked.lost_to, asked.price, asked.state) == (warned, "江岸名邸", 12500, "requested")


@pytest.mark.rule("LOST-02", "LOST-03")
def test_a_level_c_customer_is_refused_in_words(house, sign_in):
    customer = customer_at(house, "C")
    client = sign_in(house.people["A"])
    page = client.get(url_of(customer))
    assert page.context["refusal"].rule in ("LOST-02", "LOST-03")
    assert client.post(url_of(customer), ASKED).status_code == 422
    assert not DefeatRequest.objects.exists()


@pytest.mark.rule("LOST-02")
def test_a_ground_that_is_not_open_yet_is_named_beside_the_form(house, sign_in):
    page = sign_in(house.people["A"]).get(url_of(customer_at(house)))
    assert [why.rule for _label, why in page.context["refused"]] == ["LOST-02"]


@pytest.mark.rule("LOST-01")
@pytest.mark.parametrize(
    "typed",
    [{"lost_to": ""}, {"price": "-1"}, {"price": "1.234"}, {"price": "1e13"}, {"analysis": " "}, {"ground": "moved"}],
)
def test_a_form_that_lacks_something_keeps_what_was_typed(house, sign_in, typed):
    customer = customer_at(house)
    response = sign_in(house.people["A"]).post(url_of(customer), {**ASKED, **typed})
    assert response.status_code == 422
    assert not DefeatRequest.objects.exists()


@pytest.mark.rule("LOST-04")
def test_each_step_is_offered_to_its_role_alone(house, manager, sign_in):
    customer = customer_at(house)
    request(house, customer)
    offered = {"confirm": house.clerk, "approve": manager, "close": house.clerk}
    typed = {"confirm": {"result": "电话确认"}, "approve": {"reason": ""}, "close": {}}
    for act, who in offered.items():
        for viewer in (house.supervisor, house.clerk, manager):
            names = [one["name"] for one in sign_in(viewer).get(url_of(customer)).context["acts"]]
            assert (act in names) == (viewer == who), (act, viewer)
        assert sign_in(who).post(f"{url_of(customer)}{act}/", typed[act]).status_code == 302
    asked = DefeatRequest.objects.get()
    assert (asked.state, asked.closed_by) == (DefeatState.CLOSED, house.clerk)
    assert sign_in(house.people["A"]).get(url_of(customer)).status_code == 404


@pytest.mark.rule("LOST-04")
def test_a_step_out_of_turn_or_by_the_wrong_role_is_refused_with_its_rule(house, manager, sign_in):
    customer = customer_at(house)
    request(house, customer)
    for who, act in ((manager, "approve"), (house.supervisor, "confirm"), (house.people["A"], "close")):
        answer = sign_in(who).post(f"{url_of(customer)}{act}/", {"reason": "x", "result": "x"}, follow=True)
        assert "LOST-04" in answer.content.decode()
    assert DefeatRequest.objects.get().state == DefeatState.REQUESTED


@pytest.mark.rule("LOST-04")
def test_a_refusal_needs_a_reason_and_reaches_the_rep(house, manager, sign_in):
    customer = customer_at(house)
    request(house, customer)
    defeat.confirm(customer, by=house.clerk, now=house.at("11:30"))
    client = sign_in(manager)
    assert client.post(f"{url_of(customer)}refuse/", {"reason": " "}).status_code == 422
    assert client.post(f"{url_of(customer)}refuse/", {"reason": "还有机会"}).status_code == 302
    assert "还有机会" in Notice.objects.get(user=house.people["A"], key__startswith="defeat-refused").text
    assert sign_in(house.people["A"]).get(url_of(customer)).context["form"] is not None


@pytest.mark.rule("OFF-03")
def test_a_colleague_and_another_office_find_nothing(house, neighbour, sign_in):
    customer = customer_at(house)
    request(house, customer)
    for who in (house.people["B"], neighbour.people["X"], neighbour.supervisor):
        client = sign_in(who)
        answers = [client.get(url_of(customer)), client.post(url_of(customer), ASKED)]
        answers += [client.post(f"{url_of(customer)}{act}/") for act in ("confirm", "approve", "refuse", "close")]
        assert {answer.status_code for answer in answers} == {404}
    assert "孙小平1" not in sign_in(neighbour.supervisor).get(reverse("defeats")).content.decode()
    assert sign_in(house.people["A"]).get(reverse("defeats")).status_code == 403


def lose(house, manager, n, **said):
    customer = customer_at(house, n=n, at=f"0{n}:10" if n > 8 else f"09:{n}0")
    request(house, customer, **said)
    defeat.confirm(customer, by=house.clerk, now=house.at("11:30"))
    defeat.approve(customer, by=manager, now=house.at("11:40"))
    return customer


@pytest.mark.rule("LOST-04", "LOST-05")
def test_the_register_lists_and_filters_and_the_analysis_counts(house, manager, sign_in):
    house.people["B"].postings.update(until=house.on)
    lose(house, manager, 1, ground="elsewhere", lost_to="江岸名邸", price=12500)
    client = sign_in(manager)
    page = client.get(reverse("defeats"))
    (row,) = page.context["rows"]
    assert (row["name"], row["rival"], row["price"], row["held"]) == ("孙小平1", "江岸名邸", "12,500", 0)
    assert client.get(reverse("defeats"), {"ground": "not_buying"}).context["rows"] == []
    tables = client.get(reverse("defeats_analysis")).context["tables"]
    assert len(tables) == 6
    for table in tables:
        (figure,) = table.figures
        assert (figure.count, figure.share) == (1, 100)
        assert len(client.get(f"{reverse('defeats')}?{figure.query}").context["rows"]) == 1


def test_a_request_under_way_is_listed_but_not_counted(house, manager, sign_in):
    request(house, customer_at(house))
    client = sign_in(manager)
    assert len(client.get(reverse("defeats")).context["rows"]) == 1
    assert client.get(reverse("defeats_analysis")).context["tables"] == []


def test_wrong_methods_are_refused(house, sign_in):
    customer = customer_at(house)
    client = sign_in(house.supervisor)
    assert client.post(reverse("defeats")).status_code == 405
    assert client.post(reverse("defeats_analysis")).status_code == 405
    assert client.get(f"{url_of(customer)}confirm/").status_code == 405
    assert client.post(f"{url_of(customer)}fly/").status_code == 404


def test_htmx_gets_the_part(house, sign_in):
    client = sign_in(house.supervisor)
    for name, part in (("defeats", 'id="list"'), ("defeats_analysis", 'id="tables"')):
        body = client.get(reverse(name), headers=HTMX).content.decode()
        assert ("<html" in body, part in body) == (False, True)


def test_statements_stay_the_same_with_more_rows(house, sign_in):
    client, counts = sign_in(house.supervisor), []
    for n in range(1, 4):
        told = house.call(f"09:{n}0", "A", name=f"客{n}", phone=phone(n))
        customer = house.customer(told)
        cards.submit(customer, by=house.people["A"], now=house.at("10:30"), findings=BY_LEVEL["H"])
        request(house, customer)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("defeats")).status_code == 200
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert counts[0] <= 6


def test_the_card_is_archived_with_the_request(house, manager, sign_in):
    customer = lose(house, manager, 1)
    page = sign_in(house.clerk).get(reverse("card", args=[customer.pk]))
    assert (page.status_code, page.context["card"].state) == (200, CardState.SUBMITTED)

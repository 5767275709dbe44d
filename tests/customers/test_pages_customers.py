"""The list of customers, the pool and what lapses this week."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import key_customers
from customers.models import Customer, Episode
from staff.models import Notice
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.markup import HTMX

PAGES = ["/customers/", "/lapsing/", "/pool/", "/pool/?tab=web"]


def listed(response) -> list[int]:
    """The numbers of the customers that a list shows, in order."""
    return [one["number"] for one in response.context["customers"]]


@pytest.fixture
def many(house) -> list[int]:
    """Customers 1 and 2 of A and B; 3 is a web lead; 4 is A's by a call."""
    told = [
        house.visit("09:10", name="甲客户", phone=phone(1)),
        house.visit("09:20", name="乙客户", phone=phone(2)),
        house.web("09:30", name="丙客户", phone=phone(3)),
        house.call("09:40", "A", name="丁客户", phone=phone(4)),
    ]
    return [one.customer.pk for one in told]


@pytest.mark.rule("OFF-03")
def test_a_rep_sees_their_own_and_the_supervisor_the_office(house, neighbour, many, sign_in):
    assert listed(sign_in(house.supervisor).get("/customers/")) == [4, 3, 2, 1]
    mine = sign_in(house.people["A"]).get("/customers/")
    assert listed(mine) == [4, 1]
    assert "乙客户" not in mine.content.decode()
    assert [(one["name"], one["phone"], one["left"]) for one in mine.context["customers"]] == [
        ("丁客户", "154****0004", 30),
        ("甲客户", "154****0001", 30),
    ]
    assert phone(1) not in mine.content.decode()
    assert listed(sign_in(neighbour.supervisor).get("/customers/")) == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.FINANCE, Role.WEB_OFFICER, Role.ADMIN])
def test_a_role_without_the_duty_is_refused(house, many, sign_in, path, role):
    response = sign_in(staff_member(role, house.office)).get(path)
    assert response.status_code == 403
    assert "客户" not in response.content.decode().replace("销售", "") or "甲客户" not in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_lists_are_not_posted_to(house, sign_in, path):
    assert sign_in(house.supervisor).post(path).status_code == 405


@pytest.mark.parametrize("path", PAGES)
def test_htmx_gets_the_list_alone(house, many, sign_in, path):
    body = sign_in(house.supervisor).get(path, headers=HTMX).content.decode()
    assert 'id="list"' in body
    assert "<html" not in body


@pytest.mark.parametrize("path", PAGES)
def test_statements_stay_the_same_with_more_rows(house, clock, sign_in, path):
    client, counts = sign_in(house.supervisor), []
    for n in range(1, 4):
        house.call(f"09:{n:02}", "A", name="客户", phone=phone(n))
        house.web(f"10:{n:02}", name="客户", phone=phone(100 + n))
        moved = {"/lapsing/": "2026-03-30", "/pool/": "2026-04-02"}.get(path, "2026-03-02")
        clock.move_to(f"{moved}T12:00:00+08:00")
        client = sign_in(house.supervisor)
        with CaptureQueriesContext(connection) as caught:
            assert len(listed(client.get(path))) == (2 * n if path == "/customers/" else n)
        clock.move_to("2026-03-02T12:00:00+08:00")
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert counts[0] <= 6


@pytest.mark.rule("OWN-06")
def test_filters_choose_by_state_days_left_and_owner(house, many, clock, sign_in):
    Customer.objects.filter(number=2).update(standing="dealt")
    clock.move_to(house.at("12:00"))
    house.on = house.on.replace(day=25)
    house.call("09:00", "A", name="晚客户", phone=phone(5))
    clock.move_to("2026-04-02T00:00:00+08:00")
    client = sign_in(house.supervisor)
    asked = {
        "state=active": [5],
        "state=lapsed": [4, 1],
        "state=unassigned": [3],
        "state=dealt": [2],
        "left=7": [],
        f"owner={house.people['A'].pk}": [5, 4, 1],
        f"state=lapsed&owner={house.people['B'].pk}": [],
        "state=nonsense": [5, 4, 3, 2, 1],
    }
    assert {query: listed(client.get(f"/customers/?{query}")) for query in asked} == asked
    clock.move_to("2026-04-20T12:00:00+08:00")
    assert listed(sign_in(house.supervisor).get("/customers/?left=7")) == [5]


@pytest.mark.rule("OWN-11")
@pytest.mark.parametrize(
    ("moment", "numbers"),
    [
        ("2026-03-24T23:59:59+08:00", []),
        ("2026-03-25T00:00:00+08:00", [1, 4]),
        ("2026-04-01T23:59:59+08:00", [1, 4]),
        ("2026-04-02T00:00:00+08:00", []),
    ],
)
def test_what_lapses_this_week_is_a_matter_of_local_days(house, many, clock, sign_in, moment, numbers):
    clock.move_to(moment)
    assert listed(sign_in(house.people["A"]).get("/lapsing/")) == numbers
    everything = sign_in(house.supervisor).get("/lapsing/")
    assert listed(everything) == ([1, 2, 4] if numbers else [])


@pytest.mark.rule("REG-12", "OWN-11")
def test_key_customers_come_first_among_those_that_lapse(house, many, clock, sign_in):
    clock.move_to("2026-03-26T09:00:00+08:00")
    last = Customer.objects.get(number=4, office=house.office)
    key_customers.mark(last, reason="团购牵头人", by=house.supervisor, now=house.at("09:00"))
    assert listed(sign_in(house.people["A"]).get("/lapsing/")) == [4, 1]
    assert listed(sign_in(house.supervisor).get("/lapsing/")) == [4, 1, 2]


@pytest.mark.rule("OWN-07")
def test_the_pool_holds_what_has_lapsed_from_midnight_on(house, many, clock, sign_in):
    clock.move_to("2026-04-01T23:59:59+08:00")
    assert listed(sign_in(house.supervisor).get("/pool/")) == []
    clock.move_to("2026-04-02T00:00:00+08:00")
    client = sign_in(house.supervisor)
    page = client.get("/pool/")
    assert listed(page) == [4, 2, 1]
    assert phone(1) not in page.content.decode()
    assert listed(client.get("/pool/?tab=web")) == [3]
    assert sign_in(house.people["A"]).get("/pool/").status_code == 403
    assert listed(sign_in(house.people["A"]).get("/customers/")) == []


@pytest.mark.rule("OWN-05")
def test_a_web_lead_is_given_out_and_its_new_owner_told(house, many, sign_in):
    client, rep = sign_in(house.supervisor), house.people["C"]
    response = client.post("/pool/assign/", {"tab": "web", "customers": [many[2]], "reps": [rep.pk]})
    assert (response.status_code, response["Location"]) == (302, "/pool/?tab=web")
    lead = Customer.objects.get(pk=many[2])
    assert (lead.owner, lead.standing, lead.number, str(lead.valid_until)) == (rep, "active", 3, "2026-04-01")
    notice = Notice.objects.get(user=rep)
    assert (notice.link, "丙客户" in notice.text) == (f"/customers/{lead.pk}/", False)


@pytest.mark.rule("OWN-07")
def test_several_are_given_out_evenly_by_number(house, many, clock, sign_in):
    clock.move_to("2026-04-02T09:00:00+08:00")
    reps = [house.people["B"].pk, house.people["C"].pk]
    chosen = [many[0], many[1], many[3]]
    assert sign_in(house.supervisor).post("/pool/assign/", {"customers": chosen, "reps": reps}).status_code == 302
    owners = [Customer.objects.get(pk=pk).owner for pk in chosen]
    assert owners == [house.people["B"], house.people["C"], house.people["B"]]
    assert Episode.objects.filter(basis="pool", until__isnull=True).count() == 3


def test_what_is_not_in_the_pool_is_not_given_out(house, neighbour, many, sign_in):
    foreign = neighbour.web("09:00", name="外店客").customer.pk
    client = sign_in(house.supervisor)
    for chosen, tab in (([many[0]], ""), ([foreign], "web"), ([], "web"), (["x"], "web")):
        typed = {"tab": tab, "customers": chosen, "reps": [house.people["C"].pk]}
        response = client.post("/pool/assign/", typed)
        assert response.status_code == 422
        assert "外店客" not in response.content.decode()
    stranger = {"tab": "web", "customers": [many[2]], "reps": [neighbour.people["X"].pk]}
    assert client.post("/pool/assign/", stranger).status_code == 422
    assert Customer.objects.get(pk=many[2]).owner is None


def test_only_a_supervisor_gives_out(house, many, sign_in):
    typed = {"tab": "web", "customers": [many[2]], "reps": [house.people["A"].pk]}
    assert sign_in(house.people["A"]).post("/pool/assign/", typed).status_code == 403
    assert sign_in(house.clerk).post("/pool/assign/", typed).status_code == 403
    assert sign_in(house.supervisor).get("/pool/assign/").status_code == 405
    assert Customer.objects.get(pk=many[2]).owner is None

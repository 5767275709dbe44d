"""The pages of the register: scope, filters, search, paging, print."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.counting import CappedCount, in_words
from customers.models import RegisterLine
from staff.models import AccessLog
from staff.models.log import Look
from staff.roles import Role
from tests.factories import staff_member
from tests.house import House, phone
from tests.markup import HTMX

LISTED = ["/register/", "/register/mine/", "/register/incomplete/"]


def numbers(response) -> list[int]:
    """The register numbers that a list shows, in order."""
    return [line["number"] for line in response.context["lines"]]


def stable(response) -> str:
    """The body without what differs from one answer to the next anyway."""
    body = re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": )"[^"]+"', r"\1", response.content.decode())
    return re.sub(r"(find=|name=\"find\" value=\")[\w-]+", r"\1", body)


@pytest.mark.rule("REG-01")
def test_register_shows_every_line_newest_first_with_the_number_masked(house, sign_in):
    house.visit("09:10", name="孙小平", phone=phone(1))
    house.call("09:20", "B", name="欧阳敏", phone=phone(22))
    response = sign_in(house.supervisor).get("/register/")
    assert numbers(response) == [2, 1]
    assert [(line["name"], line["phone"], line["owner"]) for line in response.context["lines"]] == [
        ("欧阳敏", "154****0022", "B"),
        ("孙小平", "154****0001", "A"),
    ]
    body = response.content.decode()
    assert "154****0001" in body
    assert phone(1) not in body


@pytest.mark.rule("OFF-03")
@pytest.mark.rule("REG-02")
def test_a_rep_sees_the_lines_of_their_own_customers_alone_under_the_public_numbers(house, sign_in):
    house.visit("09:10", name="甲客户", phone=phone(1))
    house.visit("09:20", name="乙客户", phone=phone(2))
    house.call("09:30", "A", name="丙客户", phone=phone(3))
    mine = sign_in(house.people["A"]).get("/register/mine/")
    assert numbers(mine) == [3, 1]
    assert numbers(sign_in(house.people["A"]).get("/register/")) == [3, 1]
    assert "乙客户" not in mine.content.decode()
    assert [(line["number"], line["name"]) for line in mine.context["lines"]] == [(3, "丙客户"), (1, "甲客户")]


@pytest.mark.rule("OFF-01")
def test_another_office_sees_nothing_of_it(house, neighbour, sign_in):
    house.visit("09:10", name="甲客户", phone=phone(1))
    for who in (neighbour.supervisor, neighbour.people["X"]):
        response = sign_in(who).get("/register/")
        assert numbers(response) == []
        assert "甲客户" not in response.content.decode()


@pytest.mark.parametrize("role", [Role.FINANCE, Role.PLANNER, Role.ADMIN, Role.HQ])
@pytest.mark.parametrize("path", ["/register/", "/register/mine/", "/register/incomplete/", "/register/print/"])
def test_a_role_without_the_duty_is_refused(house, sign_in, role, path):
    house.visit("09:10", name="甲客户", phone=phone(1))
    response = sign_in(staff_member(role, house.office)).get(path)
    assert response.status_code == 403
    assert "甲客户" not in response.content.decode()


def test_the_personal_register_is_for_sales_staff(house, sign_in):
    assert sign_in(house.supervisor).get("/register/mine/").status_code == 403


@pytest.mark.parametrize("path", LISTED)
def test_lists_are_not_posted_to(house, sign_in, path):
    assert sign_in(house.people["A"]).post(path).status_code == 405


@pytest.mark.parametrize("path", LISTED)
def test_htmx_gets_the_list_alone(house, sign_in, path):
    house.visit("09:10", name="甲客户")
    response = sign_in(house.people["A"]).get(path, headers=HTMX)
    body = response.content.decode()
    assert response.status_code == 200
    assert 'id="list"' in body
    assert "<html" not in body
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("path", ["/register/", "/register/mine/"])
def test_statements_stay_the_same_with_more_lines(house, sign_in, path):
    client = sign_in(house.people["A"] if "mine" in path else house.supervisor)
    counts = []
    for n in range(1, 5):
        house.call(f"09:{n:02}", "A", name=f"客户{n}", phone=phone(n))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert len(numbers(client.get(path))) == n
        counts.append(len(caught))
    assert len(set(counts)) == 1
    assert counts[0] <= 6


def test_filters_choose_by_kind_decision_source_and_receiver(house, sign_in):
    house.visit("09:10", name="甲", phone=phone(1), source="media")
    house.call("09:20", "B", name="乙", phone=phone(2))
    house.web("09:30", name="丙", phone=phone(3))
    house.call("09:40", "B", phone=phone(2))
    client = sign_in(house.supervisor)
    asked = {
        "kind=call": [4, 2],
        "kind=web": [3],
        "decision=returning": [4],
        "source=media": [1],
        f"receiver={house.people['B'].pk}": [4, 2],
        "kind=call&decision=new": [2],
        "kind=&decision=": [4, 3, 2, 1],
    }
    assert {query: numbers(client.get(f"/register/?{query}")) for query in asked} == asked


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_days_are_the_local_days_of_the_office(db, clock, sign_in, zone):
    house = House("A", zone=zone)
    house.sign_in("A")
    for at in ("00:00:01", "23:59:59"):
        house.call(at, "A")
    house.sleep()
    house.call("00:00:00", "A")
    clock.move_to(house.at("12:00"))
    client = sign_in(house.supervisor)
    assert numbers(client.get("/register/?since=2026-03-02&until=2026-03-02")) == [2, 1]
    assert numbers(client.get("/register/?since=2026-03-03")) == [3]
    assert numbers(client.get("/register/?until=2026-03-02")) == [2, 1]


@pytest.mark.parametrize(
    "query",
    ["since=0001-01-01", "until=9999-12-31", "since=<b>x", "receiver=1%27", "kind=<script>", "cursor=x", "find=zzz"],
)
def test_what_cannot_be_understood_is_neither_obeyed_nor_shown(house, sign_in, query):
    house.visit("09:10", name="甲")
    response = sign_in(house.supervisor).get(f"/register/?{query}")
    assert response.status_code == 200
    assert numbers(response) == ([] if query.startswith("find") else [1])
    for hostile in ("<b>x", "<script>", 'value="9999-12-31"', 'value="0001-01-01"'):
        assert hostile not in response.content.decode()


def test_chips_name_the_filters_and_take_them_away(house, sign_in):
    house.visit("09:10", name="甲")
    body = sign_in(house.supervisor).get("/register/?kind=visit&decision=new&since=2026-03-01").content.decode()
    assert 'href="?kind=visit&amp;since=2026-03-01"' in body
    assert 'href="?kind=visit&amp;decision=new"' in body


def test_pages_follow_by_key_and_carry_the_count(house, sign_in):
    for n in range(52):
        house.call(f"09:{n % 60:02}:{n // 60:02}", "A")
    client = sign_in(house.supervisor)
    first = client.get("/register/")
    assert numbers(first) == list(range(52, 2, -1))
    assert first.context["total"] == "52"
    second = client.get("/register/", {"cursor": first.context["page"].next_cursor})
    assert numbers(second) == [2, 1]
    assert second.context["total"] == "52"
    assert numbers(client.get("/register/", {"cursor": second.context["page"].prev_cursor})) == numbers(first)


def test_a_count_stops_at_its_limit(house):
    for n in range(4):
        house.call(f"09:{n:02}", "A")
    lines = RegisterLine.objects.all()
    counted = [CappedCount(lines, most=most) for most in (2, 3, 4)]
    found = lines.annotate(two=counted[0], three=counted[1], four=counted[2]).first()
    assert (found.two, found.three, found.four) == (3, 4, 4)
    assert (in_words(3, most=2), in_words(4, most=4), in_words(1001)) == ("2+", "4", "1,000+")


@pytest.mark.rule("REC-16")
def test_a_line_left_incomplete_is_listed_for_its_author_and_the_desk(house, sign_in):
    house.visit("09:10", name="甲")
    house.visit("09:20", name="乙", phone=phone(2))
    lists = {who: sign_in(user).get("/register/incomplete/") for who, user in house.people.items()}
    assert {who: numbers(response) for who, response in lists.items()} == {"A": [1], "B": [], "C": []}
    assert numbers(sign_in(house.supervisor).get("/register/incomplete/")) == [1]


@pytest.mark.rule("REG-08")
def test_yesterdays_open_lines_remain_with_the_desk_alone(house, clock, sign_in):
    house.visit("09:10", name="甲")
    house.sleep()
    clock.move_to(house.at("09:00"))
    assert numbers(sign_in(house.people["A"]).get("/register/incomplete/")) == []
    late = sign_in(house.supervisor).get("/register/incomplete/").context["lines"]
    assert [(line["number"], "returned" in line["state"]) for line in late] == [(1, True)]


@pytest.mark.rule("PRIV-02")
def test_finding_puts_no_number_and_no_name_into_the_address(house, sign_in):
    house.visit("09:10", name="孙小平", phone=phone(1))
    house.visit("09:20", name="赵敏", phone=phone(2))
    client = sign_in(house.supervisor)
    for text, found in [
        (phone(1), [1]),
        ("0002", [2]),
        ("孙", [1]),
        ("zhaomin", [2]),
        ("2", [2]),
        ("#1", [1]),
        ("无", []),
    ]:
        response = client.post("/find/", {"q": text, "where": "register"})
        assert response.status_code == 302
        assert urlsplit(response["Location"]).path == "/register/"
        token = parse_qs(urlsplit(response["Location"]).query)["find"][0]
        assert len(token) == 210
        assert len(text) < 3 or text not in token
        assert numbers(client.get(response["Location"])) == found


@pytest.mark.rule("PRIV-02")
@pytest.mark.parametrize("where", ["register", "my_register", "customers", ""])
def test_a_search_tells_a_rep_nothing_about_a_colleagues_customer(house, sign_in, where):
    house.visit("09:10", name="甲", phone=phone(1))
    house.visit("09:20", name="乙", phone=phone(2))
    client = sign_in(house.people["A"])
    bodies = []
    for number in (phone(2), phone(9)):
        response = client.post("/find/", {"q": number, "where": where})
        bodies.append((len(response["Location"]), stable(client.get(response["Location"])).replace(number, "…")))
    assert bodies[0] == bodies[1]


def test_a_search_belongs_to_the_session_that_made_it(house, sign_in):
    house.visit("09:10", name="甲", phone=phone(1))
    address = sign_in(house.supervisor).post("/find/", {"q": phone(1), "where": "register"})["Location"]
    response = sign_in(house.supervisor).get(address)
    assert numbers(response) == []
    assert response.context["expired"]


@pytest.mark.rule("ACC-05")
def test_a_print_is_numbered_and_logged_once_it_is_made(house, sign_in):
    house.visit("09:10", name="孙小平", phone=phone(1), companions="妻子")
    client = sign_in(house.supervisor)
    assert client.get("/register/print/").status_code == 200
    assert AccessLog.objects.count() == 0
    sheet = client.post("/register/print/", {"day": "2026-03-02"})
    entry = AccessLog.objects.get()
    assert (entry.action, entry.user, entry.subject) == (Look.PRINTED, house.supervisor, "register of 2026-03-02")
    body = sheet.content.decode()
    assert f"{entry.pk:06d}" in body
    assert "154****0001" in body
    assert phone(1) not in body
    assert numbers(client.post("/register/print/", {"day": "2026-03-01"})) == []


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31"])
def test_a_day_that_is_none_is_refused_and_not_logged(house, sign_in, day):
    response = sign_in(house.supervisor).post("/register/print/", {"day": day})
    assert response.status_code == 422
    assert AccessLog.objects.count() == 0


def test_a_rep_prints_no_register(house, sign_in):
    assert sign_in(house.people["A"]).post("/register/print/", {"day": "2026-03-02"}).status_code == 403


@pytest.mark.rule("PRIV-02")
def test_the_session_keeps_a_key_and_nothing_of_what_was_typed(house, sign_in):
    client = sign_in(house.supervisor)
    for text in (phone(1), "孙小平"):
        client.post("/find/", {"q": text, "where": "register"})
    kept = str(dict(client.session))
    assert client.session["find_key"]
    assert phone(1) not in kept
    assert "孙小平" not in kept


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_a_number_that_no_row_can_have_is_not_found(house, sign_in, number):
    client = sign_in(house.supervisor)
    paths = [
        f"/register/{number}/",
        f"/customers/{number}/",
        f"/customers/{number}/transfer/",
        f"/customers/{number}/join/",
    ]
    assert [client.get(path).status_code for path in paths] == [404] * 4
    posts = ["contact/", f"contact/{number}/sign/", f"contact/{number}/reject/", f"people/{number}/reveal/"]
    known = house.visit("09:10", name="甲", phone=phone(1)).customer.pk
    answers = [
        client.post(f"/customers/{pk}/{path}", {"purpose": "follow_up"}) for pk in (number, known) for path in posts
    ]
    assert [answer.status_code for answer in answers] == [404] * 4 + [422] + [404] * 3
    chosen = {"customers": [number], "reps": [number]}
    assert client.post("/pool/assign/", chosen).status_code == 422
    assert client.get(f"/register/?receiver={number}").status_code == 200
    assert client.get(f"/customers/?owner={number}&left={number}").status_code == 200

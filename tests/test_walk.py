"""Every address × every role × every method, over rows with planted secrets; each check is shown a broken twin."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from staff.models import Posting
from staff.roles import Role
from tests.house import phone
from tests.walk import ADDRESSES, BOARD, DESK, METHODS, MINE, SEES, SHOWN, Address, customer, mounted, unclassified
from tests.world import ANONYMOUS, ELSEWHERE, ROLES, VIEWERS, WITHDRAWN, World, opened, quiet_refusals, secret

pytestmark = pytest.mark.django_db
LOGGED = ("INSERT", "staff_accesslog")
PER_REQUEST = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|x-csrftoken[^}]*|name="request_id" value="[^"]*"|value="[0-9a-f-]{36}"'
)
BROKEN = override_settings(ROOT_URLCONF="tests.broken_urls")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The planted office."""
    with quiet_refusals(), opened(django_db_blocker) as world:
        yield world


def faults(world: World, address: Address, viewer: str, method: str) -> list[str]:
    """What is wrong with the answer that one viewer gets: status, secrets, or something written that may not be."""
    data = address.data(world) if method in ("POST", "PUT") else None
    answer = world.ask(viewer, method, address.path(world), data)
    wanted = address.expected(viewer, method)
    found = [] if answer.status == wanted else [f"answered {answer.status}, not {wanted}"]
    shown = frozenset({address.shows} if answer.status == SHOWN else ())
    told = answer.body + str(dict(answer.response.headers))
    found += [f"shows {text}" for text in world.leaks(viewer, told, but=shown)]
    may_log = address.logs and method == "GET" and answer.status == SHOWN
    if method in ("GET", "HEAD") or answer.status in (403, 404, 405):
        found += [f"wrote {verb} {table}" for verb, table in answer.wrote if not (may_log and (verb, table) == LOGGED)]
    return [f"{viewer} {method} {address}: {fault}" for fault in found]


def pairs(address: Address) -> Iterator[tuple[str, str]]:
    """Every viewer with every method; where a role is refused, a HEAD goes the way of the GET, and one proves it."""
    for viewer in VIEWERS:
        for method in METHODS:
            if method != "HEAD" or viewer == "finance" or address.expected(viewer, method) != 403:
                yield viewer, method


def walked(world: World, address: Address) -> list[str]:
    """The faults of one address."""
    return [fault for viewer, method in pairs(address) for fault in faults(world, address, viewer, method)]


def test_the_walk_knows_every_role():
    assert {role for viewer, role in ROLES.items() if viewer not in ELSEWHERE} == set(Role)


def test_no_address_is_unclassified():
    assert unclassified() == set()
    assert {address.name for address in ADDRESSES} <= {name for name, _route in mounted()}


@pytest.mark.rule("OFF-03")
@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_every_role_is_answered_as_the_table_says(world, address):
    found = walked(world, address)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_the_secrets_are_seen_by_those_who_may(world):
    """Else the walk would prove nothing."""
    pages = {"owner": ("customer", "line", "inbox", "board"), "supervisor": ("pool",), "neighbour_rep": ("customers",)}
    bodies = {
        viewer: "".join(world.ask(viewer, "GET", a.path(world)).body for a in ADDRESSES if a.name in names and a.get)
        for viewer, names in pages.items()
    }
    for viewer, texts in {
        "owner": ("金丝甲申", "同行甲申", "要求甲申", "结果甲申", "更正甲申", "合户甲申", "通知庚寅", "跳过丙寅"),
        "supervisor": ("金丝丁亥",),
        "neighbour_rep": ("金丝壬辰",),
    }.items():
        assert [text for text in texts if text not in bodies[viewer]] == []


def told(world: World, address: Address, viewer: str, path: str) -> tuple[int, str]:
    """Status and body of an answer, without what differs from one request to the next, and without its own address."""
    method = "GET" if address.get else "POST"
    answer = world.ask(viewer, method, path, address.data(world) if method == "POST" else None)
    return answer.status, PER_REQUEST.sub("", answer.body.replace(path, ""))


@pytest.mark.rule("OFF-01")
@pytest.mark.parametrize("viewer", ["colleague", "neighbour_rep", "neighbour_manager", "stranger_manager"])
def test_what_is_anothers_answers_like_what_is_not_there(world, viewer):
    """Same status, same bytes: an id tells nothing of whether it is taken."""
    for address in ADDRESSES:
        if address.rows is None or viewer in address.rows or not address.carries(viewer):
            continue
        path = address.path(world)
        nowhere = re.sub(r"(?<=/)\d+(?=/)", lambda found: str(int(found[0]) + 900_000), path, count=1)
        assert told(world, address, viewer, path) == told(world, address, viewer, nowhere), str(address)


@pytest.mark.rule("PRIV-02")
def test_a_number_tells_a_rep_nothing_of_a_colleagues_customer(world):
    for path, name in (("/checkin/answer/", "phone"), ("/checkin/find/", "find"), ("/find/", "q")):
        answers = []
        for typed in (secret(2), secret(4), phone(4_999)):
            answer = world.ask("owner", "POST", path, {name: typed}, headers={"HX-Request": "true"})
            text = answer.body + re.sub(r"find=[\w-]+", "find=", answer.response.headers.get("HX-Redirect", ""))
            answers.append((answer.status, PER_REQUEST.sub("", text).replace(typed, "")))
        assert answers[0] == answers[1] == answers[2], path
    found = world.ask("clerk", "POST", "/checkin/answer/", {"phone": secret(2)}, headers={"HX-Request": "true"})
    assert "金" in found.body


@pytest.mark.rule("OFF-02")
def test_a_right_withdrawn_fails_on_the_next_request(world):
    person, path = world.people["manager"], "/customers/"
    assert world.ask("manager", "GET", path).status == 200
    Posting.objects.filter(user=person).update(until=world.house.on - timedelta(days=1))
    for address in ADDRESSES:
        for method in ("GET", "POST"):
            if address.expected("manager", method) in (200, 302) and WITHDRAWN not in address.may:
                answer = world.ask(
                    "manager", method, address.path(world), address.data(world) if method == "POST" else None
                )
                assert answer.status == 403, f"{method} {address}"
                assert [one.text for one in world.canaries if one.text in answer.body] == []


@pytest.mark.rule("OFF-02")
def test_a_role_changed_or_an_account_closed_counts_on_the_next_request(world):
    Posting.objects.filter(user=world.people["manager"]).update(role=Role.PLANNER)
    assert world.ask("manager", "GET", "/customers/").status == 403
    assert world.ask("clerk", "GET", "/customers/").status == 200
    type(world.people["clerk"]).objects.filter(pk=world.people["clerk"].pk).update(is_active=False)
    assert world.ask("clerk", "GET", "/customers/").status in (302, 403)


@pytest.mark.rule("REC-18")
def test_a_revoked_display_opens_nothing_and_shows_no_customer_before(world):
    address = f"/tv/{world.rows['token']}/"
    body = world.ask(ANONYMOUS, "GET", address).body
    assert "owner" in body or "A" in body
    assert world.leaks(ANONYMOUS, body) == []
    type(world.rows["display"]).objects.update(revoked_at=world.house.at("11:30"))
    assert [world.ask(ANONYMOUS, "GET", path).status for path in (address, f"{address}rows/")] == [404, 404]


TWINS = {
    "leaking": (Address("leaking", BOARD, get=SHOWN), "owner GET leaking: shows 金丝乙酉"),
    "unscoped": (
        Address("unscoped", SEES, get=SHOWN, args=customer, rows=MINE),
        "neighbour_rep GET unscoped: answered 200",
    ),
    "unguarded": (Address("unguarded", DESK, get=SHOWN), "finance GET unguarded: answered 200, not 403"),
    "open": (Address("open_to_all", DESK, get=SHOWN), "anonymous GET open_to_all: answered 200, not 302"),
    "any method": (Address("any_method", BOARD, get=SHOWN), "owner DELETE any_method: answered 200, not 405"),
    "writing": (Address("writing", BOARD, get=SHOWN), "owner HEAD writing: wrote INSERT staff_notice"),
}


@BROKEN
@pytest.mark.parametrize(("address", "fault"), TWINS.values(), ids=TWINS)
def test_the_walk_catches_a_broken_twin(world, address, fault):
    assert fault in "\n".join(walked(world, address))


@BROKEN
def test_an_address_nobody_classified_is_caught():
    assert {"leaking", "/broken/nameless/"} <= unclassified()

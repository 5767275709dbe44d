"""The second person of a key customer reads everything of this customer and changes nothing: every address, posted to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from customers import second_persons
from customers.models import Customer
from tests.walk import ADDRESSES, MINE, Address
from tests.world import World, opened, quiet_refusals

pytestmark = pytest.mark.django_db
# A look is logged; whoever hears that a consent is taken back writes it down at once (PRIV-03).
LOOKS = {("INSERT", "staff_accesslog")}
TAKES = {"customer_consent_withdraw"}
SECOND = "colleague"
READS = ("customer", "card", "customer_record", "customer_class", "customer_consent", "today_contact", "customer_deals")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """The planted office, in which a colleague of the owner is second person of the owner's customer."""
    with quiet_refusals(), opened(django_db_blocker) as world:
        house, mine = (
            world.house,
            Customer.objects.select_related("office__policy", "key").get(pk=world.rows["mine"].pk),
        )
        said = {"user": world.people[SECOND], "last": house.on, "reason": "协助"}
        second_persons.name(mine, by=house.supervisor, now=house.at("11:50"), **said)
        yield world


def of_mine(world: World) -> list[Address]:
    """The addresses of the owner's customer and of what belongs to it."""
    found = [one for one in ADDRESSES if one.rows == MINE]
    return [one for one in found if f"/{world.rows['mine'].pk}/" in one.path(world) or "number" in one.args]


@pytest.mark.rule("REG-12")
def test_the_second_person_reads_what_the_owner_reads(world):
    for address in of_mine(world):
        if address.name in READS:
            answer = world.ask(SECOND, "GET", address.path(world))
            assert answer.status == 200, str(address)
    body = world.ask(SECOND, "GET", f"/customers/{world.rows['mine'].pk}/record/").body
    assert [text for text in ("更名甲申", "住所", "意见甲申") if text not in body] == []
    assert 'method="post"' not in body.split("<main")[1]


@pytest.mark.rule("REG-12")
def test_the_second_person_changes_nothing(world):
    changed = []
    for address in of_mine(world):
        if address.post is None or address.name in TAKES:
            continue
        answer = world.ask(SECOND, "POST", address.path(world), address.data(world))
        wrote = {one for one in answer.wrote if one not in LOOKS and one[1] != "django_session"}
        if wrote:
            changed.append((str(address), answer.status, wrote))
    assert changed == []


@pytest.mark.rule("REG-12")
def test_the_walk_over_the_second_person_sees_what_an_owner_writes(world):
    """Else it would prove nothing."""
    wrote = set()
    for address in of_mine(world):
        if address.post is not None:
            wrote |= {one[1] for one in world.ask("owner", "POST", address.path(world), address.data(world)).wrote}
    assert {"customers_followup", "customers_dossier", "customers_feedback", "customers_card"} <= wrote


@pytest.mark.rule("REG-12")
def test_a_supervisor_who_takes_the_right_away_is_obeyed_on_the_next_request(world):
    path = f"/customers/{world.rows['mine'].pk}/"
    assert world.ask(SECOND, "GET", path).status == 200
    mine = Customer.objects.select_related("office__policy", "key").get(pk=world.rows["mine"].pk)
    second_persons.end(mine, by=world.house.supervisor, now=world.house.at("11:55"))
    assert world.ask(SECOND, "GET", path).status == 404

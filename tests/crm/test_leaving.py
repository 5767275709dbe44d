"""What hangs on somebody is all on one page, and what is theirs by name goes to others before they go (HAND-01)."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from bigaccounts import prospects
from common.errors import RuleError
from crm import hanging, leaving
from customers import claims, disputes, handover
from sales import deals, discounts, price_approval
from sales.models import Unit
from staff import delegations
from staff.models import Notice, User
from staff.roles import Role
from tests.house import House, phone

pytestmark = [pytest.mark.django_db, pytest.mark.rule("HAND-01")]


@pytest.fixture
def house():
    made = House("AB")
    with time_machine.travel(made.at("10:00"), tick=False):
        made.manager = made.hire("mm", Role.MARKETING_MANAGER)
        made.now = made.at("10:00")
        yield made


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


def ways(house, person: User) -> dict:
    """Each way of leaving a post, by the rule."""
    said = {"by": house.manager, "now": house.now}
    return {
        "close": lambda: leaving.close_account(fresh(person), **said),
        "end": lambda: leaving.end_posting(fresh(person), last_day=house.on, **said),
        "change": lambda: leaving.change_posting(fresh(person), role=Role.CLERK, **said),
    }


def refused(act) -> str:
    with pytest.raises(RuleError) as error:
        act()
    return f"{error.value.rule} {error.value}"


def request_of(house, code: str) -> price_approval.ApprovalRequest:
    """A price that a rep asked for; the customer went to somebody else meanwhile."""
    discounts.set_up(house.office)
    deals.add_units(house.office, [{"code": "1-1-101", "list_price": "1000000"}])
    buyer = house.customer(house.call("09:30", "B", phone=phone(1)))
    deal = deals.subscribe(buyer, Unit.objects.get(), by=house.people["B"], now=house.now, price=Decimal("960000"))
    asked = price_approval.latest(deal)
    asked.kept_by = house.people[code]
    asked.save()
    return asked


@pytest.mark.parametrize("way", ["close", "end", "change"])
def test_requests_go_to_somebody_else_first_whichever_way_the_post_is_left(house, way, sign_in):
    asked = request_of(house, "A")
    go = ways(house, house.people["A"])[way]
    assert refused(go).startswith("HAND-01")
    page = reverse("staff_leaving", args=[house.people["A"].pk])
    client = sign_in(house.supervisor)
    assert asked.title in client.get(page).content.decode()
    assert client.post(page, {"request": asked.pk, "to": ""}).status_code == 422
    assert client.post(page, {"request": asked.pk, "to": house.people["A"].pk}).status_code == 422
    assert client.post(page, {"request": asked.pk, "to": house.people["B"].pk}).status_code == 302
    told = Notice.objects.filter(key__startswith="approval-").values_list("user__name", flat=True)
    assert {"A", "B"} <= set(told)
    go()


@pytest.mark.parametrize("way", ["close", "end", "change"])
def test_an_open_claim_is_ruled_on_or_withdrawn_first(house, way):
    house.call("09:30", "B", phone=phone(1))
    said = {"by": house.people["A"], "now": house.now}
    made = claims.claim(house.office, typed=phone(1), words="先接", request_id=uuid4(), **said)
    go = ways(house, house.people["A"])[way]
    assert refused(go).startswith("HAND-01")
    disputes.withdraw(made, **said)
    go()


@pytest.mark.rule("BULK-03")
@pytest.mark.parametrize("way", ["close", "end", "change"])
def test_a_supervisors_bulk_cases_are_given_to_another_first(house, way, sign_in):
    said = {"name": "云栖集团", "kind": "company", "units": 12}
    case = prospects.open_case(house.office, by=house.supervisor, now=house.now, **said)
    assert case.supervisor == house.supervisor
    go = ways(house, house.supervisor)[way]
    assert refused(go).startswith("HAND-01")
    body = sign_in(house.manager).get(reverse("staff_leaving", args=[house.supervisor.pk])).content.decode()
    assert reverse("bulk_case", args=[case.pk]) in body
    prospects.hand_over(case, to=house.manager, by=house.manager, now=house.now)
    go()


@pytest.mark.parametrize("way", ["close", "end", "change"])
def test_the_only_one_who_supervises_does_not_go(house, way):
    leaving.end_posting(fresh(house.manager), last_day=house.on, by=house.supervisor, now=house.now)
    said = refused(ways(house, house.supervisor)[way])
    assert (said.startswith("HAND-01"), "主管" in said) == (True, True)


def test_the_only_supervisor_goes_while_the_manager_supervises(house):
    ways(house, house.supervisor)["close"]()
    assert not fresh(house.supervisor).is_active


def test_nothing_goes_to_somebody_who_goes(house):
    asked = request_of(house, "A")
    other = house.hire("C", Role.REP, 9)
    leaving.end_posting(other, last_day=house.on, by=house.manager, now=house.now)
    said = {"to": other, "by": house.supervisor, "now": house.now}
    assert refused(lambda: handover.give_request(house.office, house.people["A"], asked.pk, **said))[:6] == "OFF-04"


def test_every_kind_is_listed_with_what_becomes_of_it(house):
    house.call("09:30", "A", phone=phone(2))
    request_of(house, "A")
    claims.claim(house.office, typed="77", words="先接", by=house.people["A"], now=house.now, request_id=uuid4())
    found = {one.label: (one.count, one.must) for one in hanging.of(house.office, house.people["A"], now=house.now)}
    assert found["客户"] == (1, True)
    assert found["未完成的 A 卡"] == (1, False)
    assert list(found.values()) == sorted(found.values(), key=lambda one: not one[1])
    lead = house.supervisor
    delegations.delegate(
        lead, house.manager, role=Role.SUPERVISOR, first=house.on, last=house.on, reason="外出", now=house.now
    )
    found = [one.label for one in hanging.of(house.office, lead, now=house.now)]
    assert len(found) >= 2


def test_a_person_on_whom_nothing_hangs_and_one_of_another_office(house, sign_in):
    client = sign_in(house.supervisor)
    page = client.get(reverse("staff_leaving", args=[house.people["B"].pk]))
    assert (page.status_code, page.context["things"], page.context["refusal"]) == (200, [], None)
    neighbour = House("X")
    assert client.get(reverse("staff_leaving", args=[neighbour.people["X"].pk])).status_code == 404
    assert sign_in(house.people["A"]).get(reverse("staff_leaving", args=[house.people["B"].pk])).status_code == 403

"""Two supervisors on the inbox at the same instant: each item is decided once, and the second is told who was first."""

from __future__ import annotations

import html
from itertools import product

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers import cards, contacts
from customers.models import Card, CardState, FollowUp, Signature
from staff.roles import Role
from tests.house import NOON, House, phone
from tests.markup import HTMX
from tests.test_concurrency import together

pytestmark = pytest.mark.django_db(transaction=True)
ALL = cards.Findings(need=True, confidence=True, power=True)
MANY = 6


@pytest.fixture
def house():
    """An office with two supervisors, cards that wait and follow-ups that wait."""
    with time_machine.travel(NOON, tick=False):
        house = House("A")
        house.second = house.hire("第二主管", Role.SUPERVISOR)
        house.mine = [house.customer(house.call("09:30", "A", name="孙", phone=phone(n))) for n in range(MANY)]
        for one in house.mine:
            cards.submit(one, by=house.people["A"], now=house.at("10:00"), findings=ALL)
            said = {"manner": "phone", "reached": True, "result": "谈"}
            contacts.record(one, by=house.people["A"], now=house.at("11:00"), **said)
        yield house


def press(user, path, data) -> tuple[str, str]:
    """Who pressed, and what the page then says."""
    client = Client()
    client.force_login(user)
    answer = client.post(path, data, headers=HTMX)
    assert answer.status_code == 200
    return user.name, html.unescape(answer.content.decode())


def winner_of(item) -> str:
    """Who decided."""
    item.refresh_from_db()
    return (item.decided_by if isinstance(item, FollowUp) else item.signed_by or item.returned_by).name


def late_for(page: str, winner: str) -> int:
    """How often the page says that somebody was first."""
    return page.count(f"{winner} 已经处理")


@pytest.mark.rule("CARD-04")
@pytest.mark.rule("FUP-04")
@pytest.mark.parametrize(
    ("kind", "other", "model", "before"),
    [
        ("cards", "return", Card, {"state__in": [CardState.DRAFT, CardState.SUBMITTED]}),
        ("contacts", "reject", FollowUp, {"signature": Signature.PENDING}),
    ],
)
def test_each_item_is_decided_once_and_the_second_sees_who_was_first(house, kind, other, model, before):
    for item in model.objects.order_by("pk"):
        paths = [reverse("signing_act", args=[kind, item.pk, act]) for act in ("sign", other)]
        jobs = [
            lambda who=who, path=path: press(who, path, {"reason": "再写", "guidance": "约看"})
            for who, path in zip((house.supervisor, house.second), paths, strict=True)
        ]
        told = dict(together(*jobs))
        won = winner_of(item)
        lost = next(name for name in told if name != won)
        assert [late_for(told[who], won) for who in (lost, won)] == [1, 0]
        assert model.history.filter(id=item.pk).exclude(**before).count() == 1


@pytest.mark.rule("FUP-04")
def test_two_who_sign_many_at_once_sign_each_once_and_each_row_says_why_not(house):
    data = {"kind": "contacts", "which": "chosen", "items": [row.pk for row in FollowUp.objects.all()]}
    told = together(
        *(lambda who=who: press(who, reverse("signing_bulk"), data) for who in (house.supervisor, house.second))
    )
    decided = [row.decided_by.name for row in FollowUp.objects.all()]
    assert set(FollowUp.objects.values_list("signature", flat=True)) == {Signature.SIGNED}
    for (who, page), rival in product(told, (house.supervisor.name, house.second.name)):
        if who != rival:
            assert late_for(page, rival) == MANY - decided.count(who)
    assert FollowUp.history.filter(signature=Signature.SIGNED).count() == MANY

"""Displays on the wall: an address with a token that is kept nowhere, and can be revoked."""

from __future__ import annotations

import pytest

from common.errors import RuleError
from reception import displays
from reception.models import Display
from tests.house import House

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REC-18")]


def made(house: House, label: str = "lobby", **more: object) -> tuple[Display, str]:
    by = more.get("by", house.supervisor)
    return displays.make(house.office, label=label, by=by, now=house.at("10:00"))


def test_a_display_is_found_by_its_token_alone(open_house: House):
    display, token = made(open_house)
    assert displays.find(token) == display
    assert displays.find(token + "x") is None
    assert displays.find("") is None


def test_the_token_is_long_and_only_its_digest_is_kept(open_house: House):
    display, token = made(open_house)
    display.refresh_from_db()
    assert len(token) == 32
    assert token.encode() not in bytes(display.token_digest)
    assert bytes(display.token_digest) == displays.digest(token)


def test_revoked_it_opens_nothing_and_revoking_again_changes_nothing(open_house: House):
    display, token = made(open_house)
    displays.revoke(display, by=open_house.supervisor, now=open_house.at("11:00"))
    displays.revoke(display, by=open_house.supervisor, now=open_house.at("12:00"))
    assert displays.find(token) is None
    display.refresh_from_db()
    assert display.revoked_at == open_house.at("11:00")


def test_only_a_supervisor_of_the_office_makes_and_revokes(open_house: House, elsewhere: House):
    display, _token = made(open_house)
    for person in (open_house.clerk, open_house.people["A"], elsewhere.supervisor):
        with pytest.raises(RuleError):
            made(open_house, by=person)
        with pytest.raises(RuleError):
            displays.revoke(display, by=person, now=open_house.at("11:00"))
    assert Display.objects.count() == 1


def test_a_display_hangs_somewhere(open_house: House):
    with pytest.raises(RuleError):
        made(open_house, label="  ")
    assert not Display.objects.exists()

"""The menu and the first page, by role."""

import pytest
from django.urls import reverse

from crm.home import LANDING
from crm.nav import ENTRIES, entries
from staff.roles import DUTIES, Role
from tests.factories import UserFactory, staff_member

pytestmark = pytest.mark.django_db


def names(page):
    return {entry.url for entry in entries(page.wsgi_request)}


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.rule("OFF-03")
def test_every_entry_of_the_menu_opens(client, role):
    client.force_login(staff_member(role, language="en"))
    urls = names(client.get(reverse("inbox")))
    assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200)


def test_menu_marks_the_page_and_what_lies_below(client, manager_of_office):
    client.force_login(manager_of_office)
    assert 'aria-current="page"' in client.get(reverse("staff")).content.decode()
    assert 'aria-current="true"' in client.get(reverse("staff_hire")).content.decode()


def test_the_menu_is_drawn_for_the_role_and_the_language_of_whoever_asks(client):
    seller, manager = staff_member(Role.REP, language="en"), staff_member(Role.MARKETING_MANAGER, language="zh-hans")
    for person in (seller, manager, seller):
        client.force_login(person)
        page = client.get(reverse("inbox"))
        body = page.content.decode()
        assert all(f'href="{url}"' in body for url in names(page))
        assert (reverse("policy") in body) == (person == manager)
        assert ("Inbox" in body) == (person == seller)


@pytest.fixture
def manager_of_office():
    return staff_member(Role.MARKETING_MANAGER)


def test_every_entry_names_duties_that_somebody_has():
    assert all(DUTIES[duty] for entry in ENTRIES for duty in entry.duties)


@pytest.mark.parametrize("role", Role.values)
def test_home_leads_to_a_page_that_opens(client, role):
    client.force_login(staff_member(role))
    answer = client.get(reverse("home"), follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) == 1


def test_home_of_the_desk_is_the_check_in():
    assert LANDING[Role.CLERK] == "check_in"


def test_home_without_a_posting_says_whom_to_ask(client):
    client.force_login(UserFactory(language="en"))
    answer = client.get(reverse("home"))
    assert answer.status_code == 403
    assert "You hold no posting at present" in answer.content.decode()

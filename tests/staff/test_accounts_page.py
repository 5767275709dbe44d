"""The system administrator's page."""

import pytest
from django.urls import reverse

from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

pytestmark = [pytest.mark.django_db, pytest.mark.rule("OFF-03")]


@pytest.fixture
def as_admin(client, office):
    client.force_login(staff_member(Role.ADMIN, office, language="en"))
    return client


def test_accounts_of_the_company_are_listed(as_admin, office, rep):
    branch_office = OfficeFactory(branch=office.branch)
    colleague = staff_member(Role.REP, branch_office)
    finance = staff_member(Role.FINANCE, office)
    names = {row.user for row in as_admin.get(reverse("accounts")).context["page"].rows}
    assert {rep, colleague, finance} < names


def test_accounts_of_another_company_are_not(as_admin, stranger):
    assert stranger.username not in as_admin.get(reverse("accounts")).content.decode()
    assert as_admin.post(reverse("staff_password", args=[stranger.pk])).status_code == 404


def test_accounts_part_is_given_to_htmx(as_admin, rep):
    part = as_admin.get(reverse("accounts"), headers={"HX-Request": "true"}).content.decode()
    assert rep.username in part
    assert "<html" not in part


def test_administrator_gives_new_passwords(as_admin, rep):
    answer = as_admin.post(reverse("staff_password", args=[rep.pk]))
    rep.refresh_from_db()
    assert rep.check_password(answer.context["password"])


def test_administrator_is_refused_the_staff_pages(as_admin, rep):
    assert as_admin.get(reverse("staff")).status_code == 403
    assert as_admin.get(reverse("staff_person", args=[rep.pk])).status_code == 403


def test_accounts_are_refused_to_others_and_to_posts(as_admin, as_manager):
    assert as_manager.get(reverse("accounts")).status_code == 403
    assert as_admin.post(reverse("accounts")).status_code == 405

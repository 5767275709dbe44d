"""Signing in and out, preferences, and the shut door."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from staff.roles import Role
from tests.factories import OfficeFactory, staff_member

pytestmark = pytest.mark.django_db
PASSWORD = "garden-gate-7"
MORNING = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def user(office):
    return staff_member(Role.REP, office, username="lin", password=PASSWORD, language="en")


def sign_in(client, password=PASSWORD, **more):
    return client.post(reverse("account_login"), {"login": "lin", "password": password} | more)


def test_sign_in_leads_home(client, user):
    assert sign_in(client).headers["Location"] == reverse("home")


def test_sign_in_leads_back_to_the_page_asked_for(client, user):
    assert sign_in(client, next=reverse("inbox")).headers["Location"] == reverse("inbox")


def test_sign_in_never_leads_elsewhere(client, user):
    assert sign_in(client, next="https://example.com/").headers["Location"] == reverse("home")


def test_wrong_password_is_told_without_telling_whether_the_account_exists(client, user):
    client.cookies["django_language"] = "en"
    wrong = sign_in(client, "wrong-wrong")
    unknown = client.post(reverse("account_login"), {"login": "nobody", "password": "wrong-wrong"})
    assert "User name or password does not match. Check both and try again" in wrong.content.decode()
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_repeated_failures_are_throttled(client, user):
    client.cookies["django_language"] = "en"
    for _attempt in range(5):
        sign_in(client, "wrong-wrong")
    assert "Too many attempts. Wait five minutes and try again" in sign_in(client).content.decode()


@pytest.mark.rule("ACC-01")
def test_nobody_signs_up_alone(client):
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
    assert client.get("/accounts/signup/").status_code == 404


def test_sign_out_needs_a_post(client, user):
    client.force_login(user)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


def test_a_page_asks_strangers_to_sign_in(client):
    answer = client.get(reverse("staff"))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={reverse('staff')}"


def test_a_fragment_sends_the_whole_page_to_the_sign_in(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/?left=1"}
    answer = client.get(reverse("inbox_unread"), headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next=/staff/%3Fleft%3D1"


def test_a_fragment_of_an_outside_page_leads_home(client):
    headers = {"HX-Request": "true", "HX-Current-URL": "https://example.com/x"}
    answer = client.get(reverse("inbox_unread"), headers=headers)
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next=/"


def language_of(answer):
    return answer.headers["Content-Language"]


def test_language_is_chinese_whatever_the_browser_says(client):
    assert language_of(client.get(reverse("account_login"), headers={"Accept-Language": "en"})) == "zh-hans"


def test_language_follows_the_cookie_then_the_person(client, user):
    client.cookies["django_language"] = "en"
    assert language_of(client.get(reverse("account_login"))) == "en"
    user.language = "zh-hans"
    user.save()
    client.force_login(user)
    assert language_of(client.get(reverse("inbox"))) == "zh-hans"


def test_language_is_kept_with_the_person_and_on_the_device(client, user):
    client.force_login(user)
    answer = client.post(reverse("set_language"), {"language": "zh-hans", "next": "/inbox/"})
    user.refresh_from_db()
    assert (user.language, answer.cookies["django_language"].value) == ("zh-hans", "zh-hans")
    assert answer.headers["Location"] == "/inbox/"


def test_theme_is_drawn_by_the_server(client, user):
    client.force_login(user)
    client.post(reverse("set_theme"), {"theme": "dark", "next": "/inbox/"})
    assert 'data-theme="dark"' in client.get(reverse("inbox")).content.decode()


def test_theme_of_a_stranger_is_kept_on_the_device(client):
    client.post(reverse("set_theme"), {"theme": "light"})
    assert 'data-theme="light"' in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize(("name", "field"), [("set_language", "language"), ("set_theme", "theme")])
def test_unknown_choices_and_methods_are_refused(client, name, field):
    assert client.post(reverse(name), {field: "klingon"}).status_code == 400
    assert client.get(reverse(name)).status_code == 405


@pytest.mark.parametrize("to", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_a_choice_never_leads_elsewhere(client, to):
    answer = client.post(reverse("set_theme"), {"theme": "dark", "next": to})
    assert answer.headers["Location"] == "/"


def test_times_are_shown_in_the_offices_zone(client):
    user = staff_member(Role.ADMIN, OfficeFactory(), language="en")
    client.force_login(user)
    user.last_login = MORNING
    user.save()
    assert "2026-03-10 10:00" in client.get(reverse("accounts")).content.decode()


def test_new_york_office_sees_new_york_time(client):
    office = OfficeFactory(timezone="America/New_York")
    manager = staff_member(Role.MARKETING_MANAGER, office, language="en")
    client.force_login(manager)
    manager.last_login = MORNING
    manager.save()
    assert "2026-03-09 22:00" in client.get(reverse("staff_person", args=[manager.pk])).content.decode()


def test_password_is_changed_by_its_owner(client, user):
    client.force_login(user)
    typed = {"oldpassword": PASSWORD, "password1": "river-stone-42", "password2": "river-stone-42"}
    assert client.post(reverse("account_change_password"), typed).status_code == 302
    user.refresh_from_db()
    assert user.check_password("river-stone-42")


def test_account_without_a_password_is_told_whom_to_ask(client, office):
    client.force_login(staff_member(Role.REP, office, language="en"))
    answer = client.get(reverse("account_change_password"))
    assert answer.status_code == 403
    assert "Ask the marketing manager for one" in answer.content.decode()


def test_closed_account_cannot_sign_in(user):
    user.is_active = False
    user.save()
    client = Client()
    sign_in(client)
    assert "_auth_user_id" not in client.session

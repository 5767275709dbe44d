"""Pages of the staff: list, person, hire, change of posting, new password."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from staff import fitness, posting
from staff.models import UnfitReason, User
from staff.roles import Role
from tests.factories import UserFactory, staff_member
from tests.markup import HTMX

pytestmark = pytest.mark.django_db
PERSON_PAGES = ["staff_person", "staff_role", "staff_number", "staff_end"]


def hire_form(**changed):
    return {"name": "陈志豪", "username": "chen", "role": Role.REP, "number": "", "since": "2026-03-10"} | changed


def test_list_shows_the_office_by_staff_number(as_manager, office, rep):
    staff_member(Role.REP, office, number=3)
    staff_member(Role.REP, office, number=2)
    people = as_manager.get(reverse("staff")).context["people"]
    assert [person["posting"].number for person in people] == [1, 2, 3, None]


@pytest.mark.rule("OFF-01")
def test_list_shows_nobody_of_another_office(as_manager, stranger):
    page = as_manager.get(reverse("staff")).content.decode()
    assert stranger.name not in page
    assert stranger.username not in page


def test_list_shows_who_is_unfit(as_manager, manager, rep):
    fitness.set_unfit(rep, reason=UnfitReason.UNWELL, by=manager, now=timezone.now())
    assert "unwell or out of sorts" in as_manager.get(reverse("staff")).content.decode()


def test_list_shows_former_staff_on_request_only(as_manager, manager, rep):
    posting.end(rep, last_day=date(2025, 1, 31), by=manager, now=timezone.now())
    assert rep.name not in as_manager.get(reverse("staff")).content.decode()
    assert rep.name in as_manager.get(reverse("staff") + "?left=1").content.decode()


def test_list_is_given_as_a_part_to_htmx(as_manager, rep):
    part = as_manager.get(reverse("staff"), headers=HTMX).content.decode()
    assert rep.name in part
    assert "<html" not in part


def test_list_asks_as_many_questions_for_three_as_for_one(
    as_manager, office, manager, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6) as captured:
        as_manager.get(reverse("staff"))
    for number in (1, 2):
        user = staff_member(Role.REP, office, number=number)
        fitness.set_unfit(user, reason=UnfitReason.UNWELL, by=manager, now=timezone.now())
    with django_assert_num_queries(len(captured)):
        as_manager.get(reverse("staff"))


def test_supervisor_sees_the_list_but_no_way_to_hire(client, supervisor, rep):
    client.force_login(supervisor)
    page = client.get(reverse("staff")).content.decode()
    assert rep.name in page
    assert reverse("staff_hire") not in page


@pytest.mark.parametrize("name", ["staff", "staff_hire"])
def test_reps_are_refused_in_words(as_rep, name):
    answer = as_rep.get(reverse(name))
    assert answer.status_code == 403
    assert "Your role may not hire, post and number staff" in answer.content.decode()


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_person_of_another_office_is_not_found(as_manager, stranger, name):
    answer = as_manager.get(reverse(name, args=[stranger.pk]))
    assert answer.status_code == 404
    assert stranger.username not in answer.content.decode()


@pytest.mark.parametrize("name", PERSON_PAGES)
def test_person_pages_refuse_reps(as_rep, manager, name):
    assert as_rep.get(reverse(name, args=[manager.pk])).status_code == 403


@pytest.mark.parametrize("name", ["staff_role", "staff_number", "staff_end"])
def test_change_pages_open_and_give_the_form_as_a_part(as_manager, rep, name):
    assert as_manager.get(reverse(name, args=[rep.pk])).status_code == 200
    part = as_manager.get(reverse(name, args=[rep.pk]), headers=HTMX).content.decode()
    assert "<form" in part
    assert "<html" not in part


@pytest.mark.parametrize("name", ["staff", "staff_person"])
def test_reading_pages_refuse_posts(as_manager, rep, name):
    args = [] if name == "staff" else [rep.pk]
    assert as_manager.post(reverse(name, args=args)).status_code == 405


def test_person_shows_postings_fitness_and_changes(as_manager, manager, rep):
    posting.change(rep, role=Role.PROBATIONARY, by=manager, now=timezone.now())
    fitness.set_unfit(rep, reason=UnfitReason.LEAVING, by=manager, now=timezone.now())
    page = as_manager.get(reverse("staff_person", args=[rep.pk])).content.decode()
    assert "Sales rep on probation" in page
    assert "in the process of leaving" in page
    assert f"set by {manager.name}" in page


@pytest.mark.rule("OFF-02")
def test_hire_shows_the_password_once(as_manager, office):
    answer = as_manager.post(reverse("staff_hire"), hire_form())
    user = User.objects.get(username="chen")
    assert user.check_password(answer.context["password"])
    assert answer.context["password"] in answer.content.decode()
    assert (user.posting.office, user.posting.number) == (office, 1)
    assert answer.context["password"] not in as_manager.get(reverse("staff_person", args=[user.pk])).content.decode()


def test_hire_twice_is_refused_with_the_values_kept(as_manager):
    as_manager.post(reverse("staff_hire"), hire_form())
    answer = as_manager.post(reverse("staff_hire"), hire_form())
    assert answer.status_code == 422
    assert "The user name chen is taken. Choose another (ACC-01)" in answer.content.decode()
    assert 'value="陈志豪"' in answer.content.decode()


def test_hire_says_what_is_missing(as_manager):
    answer = as_manager.post(reverse("staff_hire"), hire_form(name="", role=""))
    assert answer.status_code == 422
    assert '<a href="#id_name">Enter: Name</a>' in answer.content.decode()
    assert '<a href="#id_role">Choose: Role</a>' in answer.content.decode()


def test_hire_part_is_refused_as_a_part(as_manager):
    answer = as_manager.post(reverse("staff_hire"), hire_form(name=""), headers=HTMX)
    assert answer.status_code == 422
    assert "<html" not in answer.content.decode()


def test_role_is_changed_and_the_person_shown(as_manager, rep):
    answer = as_manager.post(reverse("staff_role", args=[rep.pk]), {"role": Role.CLERK}, follow=True)
    assert answer.redirect_chain == [(reverse("staff_person", args=[rep.pk]), 302)]
    assert rep.postings.get(until=None).role == Role.CLERK


def test_role_refusal_names_the_rule(as_manager, rep):
    answer = as_manager.post(reverse("staff_role", args=[rep.pk]), {"role": Role.REP})
    assert answer.status_code == 422
    assert "(OFF-02)" in answer.content.decode()


def test_number_is_changed(as_manager, rep):
    as_manager.post(reverse("staff_number", args=[rep.pk]), {"number": "12"})
    assert rep.postings.get().number == 12


def test_posting_is_ended_and_access_with_it(as_manager, as_rep, rep):
    as_manager.post(reverse("staff_end", args=[rep.pk]), {"last_day": "2025-12-31"})
    assert rep.postings.get().until == date(2025, 12, 31)
    assert as_rep.get(reverse("home")).status_code == 403


def test_change_through_htmx_leaves_the_page(as_manager, rep):
    answer = as_manager.post(reverse("staff_number", args=[rep.pk]), {"number": "12"}, headers=HTMX)
    assert answer.headers["HX-Redirect"] == reverse("staff_person", args=[rep.pk])


def test_new_password_works_and_ends_the_sessions(as_manager, as_rep, rep):
    answer = as_manager.post(reverse("staff_password", args=[rep.pk]))
    rep.refresh_from_db()
    assert rep.check_password(answer.context["password"])
    assert as_rep.get(reverse("inbox")).status_code == 302


def test_new_password_needs_a_post_the_duty_and_the_office(as_manager, as_rep, rep, manager, stranger):
    assert as_manager.get(reverse("staff_password", args=[rep.pk])).status_code == 405
    assert as_rep.post(reverse("staff_password", args=[manager.pk])).status_code == 403
    assert as_manager.post(reverse("staff_password", args=[stranger.pk])).status_code == 404


def test_ones_own_password_is_not_set_anew(as_manager, manager):
    assert as_manager.post(reverse("staff_password", args=[manager.pk])).status_code == 422


def test_somebody_without_a_posting_is_told_whom_to_ask(client):
    client.force_login(UserFactory(language="en"))
    answer = client.get(reverse("staff"))
    assert answer.status_code == 403
    assert "You hold no posting at present" in answer.content.decode()

"""The page of the office's policy."""

import pytest
from django.urls import reverse

from staff import policy
from staff.forms import PolicyForm
from staff.models import OfficePolicy, Strategy

pytestmark = pytest.mark.django_db


def typed(**changed):
    """The form as a browser sends it: the present policy with some fields typed over."""
    form = PolicyForm(instance=OfficePolicy())
    values = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in values.items() if value not in (None, False)}
    return sent | {"strategy": Strategy.NUMBER, "valid_days": "20", "reason": "旺季"} | changed


def test_policy_is_saved_and_the_change_shown(as_manager, office):
    answer = as_manager.post(reverse("policy"), typed(), follow=True)
    assert policy.of(office).strategy == Strategy.NUMBER
    page = answer.content.decode()
    assert "旺季" in page
    assert "by staff number, carrying on from day to day" in page


def test_policy_part_is_answered_to_htmx_with_the_message(as_manager):
    part = as_manager.post(reverse("policy"), typed(), headers={"HX-Request": "true"}).content.decode()
    assert "The policy is saved" in part
    assert "<html" not in part


def test_policy_out_of_range_is_refused_with_the_values_kept(as_manager, office):
    answer = as_manager.post(reverse("policy"), typed(valid_days="999"))
    assert answer.status_code == 422
    assert 'value="999"' in answer.content.decode()
    assert policy.of(office).valid_days == 30


def test_policy_does_not_close_before_it_opens(as_manager):
    answer = as_manager.post(reverse("policy"), typed(opens_at="18:00", closes_at="09:00"))
    assert answer.status_code == 422
    assert '<a href="#id_closes_at">Enter a time after opening</a>' in answer.content.decode()


def test_policy_is_of_the_viewers_office_only(as_manager, stranger):
    as_manager.post(reverse("policy"), typed())
    assert policy.of(stranger.office).valid_days == 30


def test_policy_is_refused_to_others(as_rep, client, supervisor):
    client.force_login(supervisor)
    assert as_rep.get(reverse("policy")).status_code == 403
    assert client.post(reverse("policy"), typed()).status_code == 403


def test_policy_refuses_other_methods(as_manager):
    assert as_manager.delete(reverse("policy")).status_code == 405

"""The office's policy and its history."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import RuleError
from staff import policy, policy_history
from staff.models import OfficePolicy, Strategy
from staff.roles import Role
from tests.factories import staff_member

pytestmark = pytest.mark.django_db


def test_change_sets_the_fields(office, manager, now):
    policy.change(office, by=manager, now=now, valid_days=20, strategy=Strategy.NUMBER)
    found = policy.of(office)
    assert (found.valid_days, found.strategy, found.large_party) == (20, Strategy.NUMBER, 6)


def test_change_keeps_who_what_and_when(office, manager):
    now = timezone.now()
    policy.change(office, by=manager, now=now, reason="旺季", valid_days=20, returning_uses_turn=True)
    latest = policy_history.revisions(policy.of(office))[0]
    assert (latest.by, latest.at, latest.reason) == (manager, now, "旺季")
    assert {(change.was, change.became) for change in latest.changes} == {("30", "20"), (_("no"), _("yes"))}


def test_change_of_nothing_keeps_nothing(office, manager, now):
    policy.change(office, by=manager, now=now, valid_days=30)
    assert OfficePolicy.history.filter(office=office).count() == 1


def test_change_out_of_range_is_refused(office, manager, now):
    with pytest.raises(RuleError):
        policy.change(office, by=manager, now=now, valid_days=0)
    assert policy.of(office).valid_days == 30


@pytest.mark.rule("OFF-01")
def test_change_by_another_office_is_refused(office, now):
    with pytest.raises(RuleError):
        policy.change(office, by=staff_member(Role.MARKETING_MANAGER), now=now, valid_days=20)


def test_database_keeps_the_range_of_days(office):
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficePolicy.objects.filter(office=office).update(valid_days=0)

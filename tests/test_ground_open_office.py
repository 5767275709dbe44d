"""A new office is opened from the command line; the rest happens on the pages."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from staff.models import Branch, Company, Office, OfficePolicy, User
from staff.roles import Role

NAMES = {"company": "云栖置业", "branch": "华东分公司", "office": "滨江案场", "manager": "林晓燕", "username": "lin"}


def opened(**more: str) -> str:
    out = StringIO()
    call_command("open_office", stdout=out, **NAMES | more)
    return out.getvalue()


@pytest.mark.rule("OFF-01")
def test_the_manager_can_sign_in_and_holds_the_role(db):
    password = re.fullmatch(r"滨江案场: lin signs in with (\S+) and chooses another password\n", opened())[1]
    manager = User.objects.get()
    assert manager.check_password(password)
    assert (manager.posting.role, manager.posting.office.name) == (Role.MARKETING_MANAGER, "滨江案场")
    assert OfficePolicy.objects.get().office == manager.posting.office
    assert manager.posting.since <= timezone.localdate()


def test_a_second_office_shares_company_and_branch(db):
    opened()
    opened(office="江北案场", username="zhou", manager="周雨桐")
    assert (Company.objects.count(), Branch.objects.count(), Office.objects.count()) == (1, 1, 2)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"username": "zhou"}, "滨江案场"),
        ({"office": "江北案场"}, "lin"),
        ({"office": "江北案场", "username": "zhou", "timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"office": "", "username": "zhou"}, "."),
    ],
)
def test_a_refusal_is_a_sentence_and_leaves_nothing(db, more, sentence):
    opened()
    with pytest.raises(CommandError, match=sentence):
        opened(**more)
    assert (Office.objects.count(), User.objects.count()) == (1, 1)

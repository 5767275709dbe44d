"""Factories of offices and people. Later apps add factories of their own beside this file."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from staff.models import Branch, Company, Office, OfficePolicy, Posting, User
from staff.roles import BRANCH_ROLES, OFFICE_ROLES, Role

LONG_AGO = date(2020, 1, 1)
NAMES = ["林晓燕", "陈志豪", "王思琪", "赵明远", "周雨桐", "孙建国", "吴佳怡", "郑凯文", "马欧阳", "尉迟敬"]


class CompanyFactory(DjangoModelFactory):
    class Meta:
        model = Company

    name = factory.Sequence(lambda n: f"云栖置业{n}")


class BranchFactory(DjangoModelFactory):
    class Meta:
        model = Branch

    company = factory.SubFactory(CompanyFactory)
    name = factory.Sequence(lambda n: f"华东分公司{n}")


class OfficeFactory(DjangoModelFactory):
    """An office with its policy. ``OfficeFactory(policy__strategy="number")`` sets the policy's fields."""

    class Meta:
        model = Office
        skip_postgeneration_save = True

    branch = factory.SubFactory(BranchFactory)
    name = factory.Sequence(lambda n: f"云栖花园{n}期")
    policy = factory.RelatedFactory("tests.factories.OfficePolicyFactory", factory_related_name="office")


class OfficePolicyFactory(DjangoModelFactory):
    class Meta:
        model = OfficePolicy

    office = factory.SubFactory(OfficeFactory, policy=None)


class UserFactory(DjangoModelFactory):
    """An account without a posting. Sign in with ``client.force_login``; a ``password`` is hashed only if given."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: NAMES[n % len(NAMES)])
    password = factory.Transformer("!", transform=lambda raw: raw if raw.startswith("!") else make_password(raw))


class PostingFactory(DjangoModelFactory):
    class Meta:
        model = Posting

    user = factory.SubFactory(UserFactory)
    office = factory.SubFactory(OfficeFactory)
    role = Role.REP
    since = LONG_AGO


def _unit(role: str, office: Office) -> dict[str, Any]:
    """The unit in which ``role`` is held: the office, its branch or its company."""
    if role in OFFICE_ROLES:
        return {"office": office}
    if role in BRANCH_ROLES:
        return {"office": None, "branch": office.branch}
    return {"office": None, "company": office.branch.company}


def staff_member(
    role: str, office: Office | None = None, number: int | None = None, since: date = LONG_AGO, **kw: Any
) -> User:
    """A person who holds ``role`` in ``office``, its branch or its company; ``kw`` goes to the user."""
    office = office or OfficeFactory()
    user = UserFactory(**kw)
    PostingFactory(user=user, role=role, number=number, since=since, **_unit(role, office))
    return user

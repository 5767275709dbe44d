"""The demo company: one branch, two offices, every role, sign-ins that say what they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password

from crm.replay.world import World
from sales import discounts
from staff.models import Branch, Company, Fitness, Office, OfficePolicy, Posting, Strategy, UnfitReason, User
from staff.roles import BRANCH_ROLES, OFFICE_ROLES, SELLING_ROLES, Role

PASSWORD = "demo-office-2026"
POSTED_DAYS = 240
BRANCH_ROLES_DEMO = (Role.FINANCE, Role.BRANCH_MANAGER, Role.HQ, Role.CHAIRMAN, Role.PRIVACY_OFFICER, Role.ADMIN)


@dataclass(frozen=True)
class Person:
    """One demo sign-in."""

    username: str
    name: str
    role: Role


FIRST_OFFICE = [
    *(Person(f"rep{n}", f"演示顾问{mark}", Role.REP) for n, mark in enumerate("甲乙丙丁戊己庚", 1)),
    Person("probation", "演示试用员", Role.PROBATIONARY),
    Person("trainee", "演示培训员", Role.TRAINEE),
    Person("supervisor", "演示主管", Role.SUPERVISOR),
    Person("manager", "演示营销经理", Role.MARKETING_MANAGER),
    Person("planner", "演示策划", Role.PLANNER),
    Person("desk", "演示前台", Role.CLERK),
    Person("web", "演示网络专员", Role.WEB_OFFICER),
    Person("keeper", "演示资料员", Role.KEEPER),
]
SECOND_OFFICE = [
    *(Person(f"south{n}", f"演示南区{mark}", Role.REP) for n, mark in enumerate("甲乙丙", 1)),
    Person("south-supervisor", "演示南区主管", Role.SUPERVISOR),
    Person("south-manager", "演示南区经理", Role.MARKETING_MANAGER),
    Person("south-desk", "演示南区前台", Role.CLERK),
]


def found_company(now: datetime) -> tuple[World, World]:
    """Company, branch, two offices with their policies, and everybody's posting since before the story begins."""
    company = Company.objects.create(name="演示置业公司")
    branch = Branch.objects.create(company=company, name="演示分公司")
    since = now - timedelta(days=POSTED_DAYS)
    password = make_password(PASSWORD)
    worlds = []
    for name, strategy, people in (
        ("演示花园案场", Strategy.SIGN_IN, FIRST_OFFICE),
        ("演示南区案场", Strategy.NUMBER, SECOND_OFFICE),
    ):
        office = Office.objects.create(branch=branch, name=name)
        policy = OfficePolicy(office=office, strategy=strategy)
        policy._history_date = since  # type: ignore[attr-defined]
        policy.save()
        discounts.set_up(office)
        world = World(office)
        for number, person in enumerate(people, 1):
            _post(world, person, number if person.role in SELLING_ROLES else None, since=since, password=password)
        worlds.append(world)
    for role in BRANCH_ROLES_DEMO:
        unit = {"branch": branch} if role in BRANCH_ROLES else {"company": company}
        user = User.objects.create(username=role.replace("_", "-"), name=f"演示{role.label}", password=password)
        Posting.objects.create(user=user, role=role, since=since.date(), **unit)
        for world in worlds:
            world.people[user.username], world.codes[user.pk] = user, user.username
    return worlds[0], worlds[1]


def _post(world: World, person: Person, number: int | None, *, since: datetime, password: str) -> None:
    assert person.role in OFFICE_ROLES
    user = User.objects.create(username=person.username, name=person.name, password=password)
    office = world.office
    Posting.objects.create(user=user, role=person.role, office=office, number=number, since=office.today(since))
    if person.role == Role.SUPERVISOR:
        _trainees_wait(world, since=since, by=user)
    world.people[person.username] = user
    world.codes[user.pk] = person.username


def _trainees_wait(world: World, *, since: datetime, by: User) -> None:
    """Whoever is in training receives nobody yet."""
    for posting in Posting.objects.filter(office=world.office, role=Role.TRAINEE):
        why = UnfitReason.TRAINING
        Fitness.objects.create(user=posting.user, office=world.office, reason=why, since=since, set_by=by)

"""``manage.py demo``: a demo company with two months of work, made through the rules."""

from argparse import ArgumentParser
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from crm.demo import everyone, floor, homes, people, story
from crm.replay.run import rare_collection
from crm.schedule import run_for_office
from staff.models import Company

DAYS, VISITORS = 62, 7
SOUTH_DAYS, SOUTH_VISITORS, SOUTH_HOMES = 20, 6, 44


class Command(BaseCommand):
    """Fill an empty database with a plausible office; refuses one that has an office already."""

    help = "Make the demo company: two offices, every role, two months of work"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there is a company already")
        parser.add_argument("--days", type=int, default=DAYS, help="how many days the first office has worked")

    def handle(self, *, if_empty: bool, days: int, **options: Any) -> None:
        if Company.objects.exists():
            if if_empty:
                return
            raise CommandError("There is a company already: the demo needs an empty database")
        with rare_collection(), translation.override("zh-hans"), transaction.atomic(), redirect_stdout(StringIO()):
            events = self._make(days)
        self.stdout.write(f"Demo company made: {events} events. Sign in as desk, rep1, supervisor, manager, admin, …")
        self.stdout.write(f"Password of every demo account: {people.PASSWORD}")

    def _make(self, days: int) -> int:
        now = timezone.now()
        first, south = (story.of(world, seed=n, now=now) for n, world in enumerate(people.found_company(now), 1))
        everyone.enter(first)
        homes.build(south, south.at(SOUTH_DAYS, "08:00"), most=SOUTH_HOMES)
        for one, length, visitors in ((first, days, VISITORS), (south, min(days, SOUTH_DAYS), SOUTH_VISITORS)):
            for back in range(length, 0, -1):
                floor.day(one, back, visitors=visitors)
            floor.open_today(one)
            run_for_office(one.world.office, now=now)
        return first.told + south.told

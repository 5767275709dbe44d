"""``manage.py demo``: a demo company with three months of work, made through the rules."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from common.dates import midnight
from crm.demo import people, story
from crm.schedule import run_for_office
from staff.models import Company

DAYS = 90
SOUTH_DAYS = 30


class Command(BaseCommand):
    """Fill an empty database with a plausible office; refuses one that has an office already."""

    help = "Make the demo company: two offices, every role, three months of work"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there is a company already")
        parser.add_argument("--days", type=int, default=DAYS, help="how many days the first office has worked")

    def handle(self, *, if_empty: bool, days: int, **options: Any) -> None:
        if Company.objects.exists():
            if if_empty:
                return
            raise CommandError("There is a company already: the demo needs an empty database")
        with translation.override("zh-hans"), transaction.atomic():
            events = self._make(days)
        self.stdout.write(f"Demo company made: {events} events. Sign in as desk, rep1, supervisor, manager, admin, …")
        self.stdout.write(f"Password of every demo account: {people.PASSWORD}")

    def _make(self, days: int) -> int:
        now = timezone.now()
        first, south = people.found_company(now)
        stories = [
            (story.of(first, seed=1, supervisor="supervisor", desk="desk"), days, 24),
            (story.of(south, seed=2, supervisor="south-supervisor", desk="south-desk"), min(days, SOUTH_DAYS), 12),
        ]
        for one, length, visitors in stories:
            office = one.world.office
            today = office.today(now)
            for back in range(length, 0, -1):
                story.day(one, midnight(today - timedelta(days=back), office.timezone), visitors=visitors)
            story.open_today(one, now)
            run_for_office(office, now=now)
        return sum(one.told for one, _length, _visitors in stories)

"""``manage.py run_periodic``: every periodic job that is due, once; for cron where no beat runs."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crm import schedule


class Command(BaseCommand):
    help = "Run every periodic job whose slot has not been served yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="run nothing; fail if a job is overdue")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self.check_served()
            return
        rows = schedule.run_due(now=timezone.now())
        for row in rows:
            self.stdout.write(f"{row.name}: {row.failure or row.result}")
        failed = [row.name for row in rows if row.failure]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")
        if not rows:
            self.stdout.write("nothing is due")

    def check_served(self) -> None:
        """Fail when beat, broker or worker has been away for a while; for health checks."""
        overdue = schedule.overdue(now=timezone.now())
        if overdue:
            raise CommandError(f"overdue: {', '.join(overdue)}")
        self.stdout.write("every job has been served")

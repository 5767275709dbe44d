"""``manage.py open_office``: a new office with its marketing manager, who hires everybody else on the pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from common.errors import RuleError
from staff import posting
from staff.credentials import new_password
from staff.models import Branch, Company, Office, OfficePolicy
from staff.roles import Role


class Command(BaseCommand):
    help = "Open an office: company and branch if they are new, the office, its policy, its marketing manager."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, what in (
            ("--company", "name of the company"),
            ("--branch", "name of the branch"),
            ("--office", "name of the office"),
            ("--manager", "name of the marketing manager"),
            ("--username", "the manager's user name"),
        ):
            parser.add_argument(name, required=True, help=what)
        parser.add_argument("--timezone", default="Asia/Shanghai", help="time zone of the office (Asia/Shanghai)")

    def handle(self, *args: Any, **options: Any) -> None:
        password = new_password()
        try:
            with transaction.atomic():
                office = open_office(options)
                posting.hire(
                    office,
                    name=options["manager"],
                    role=Role.MARKETING_MANAGER,
                    username=options["username"],
                    now=timezone.now(),
                    password=password,
                )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except RuleError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{office}: {options['username']} signs in with {password} and chooses another password")


def open_office(options: dict[str, Any]) -> Office:
    """The new office with the default policy, under a company and branch that may be new as well."""
    company, _made = Company.objects.get_or_create(name=options["company"])
    branch, _made = Branch.objects.get_or_create(company=company, name=options["branch"])
    if branch.offices.filter(name=options["office"]).exists():
        raise RuleError(f"{branch} has an office called {options['office']}", rule="OFF-01")
    office = Office(branch=branch, name=options["office"], timezone=options["timezone"])
    office.full_clean()
    office.save()
    OfficePolicy.objects.create(office=office)
    return office

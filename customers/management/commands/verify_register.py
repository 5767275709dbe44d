"""Prove the public register intact, or name its first bad line (REG-05)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers import proof, registers
from customers.models import OfficeRegister, RegisterLine
from staff.models import Office


class Command(BaseCommand):
    help = "Checks the public register of every office (or one): intact, or the first bad line and exit status 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", type=int, help="id of one office; all without it")
        parser.add_argument(
            "--export", type=Path, metavar="FILE", help="also write the register for ops/verify_register.py"
        )
        parser.add_argument(
            "--disclose", type=int, metavar="NUMBER", help="write the proof of one line of --office instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        offices = Office.objects.order_by("pk")
        if options["office"] is not None:
            offices = offices.filter(pk=options["office"])
            if not offices:
                raise CommandError(f"There is no office {options['office']}.")
        if options["disclose"] is not None:
            self._disclose(list(offices), options)
            return
        if options["export"]:
            self._export(list(offices), options["export"])
        faults = [fault for office in offices if (fault := self._check(office))]
        if faults:
            raise SystemExit(1)

    def _check(self, office: Office) -> str | None:
        """Say what became of one office's register; the fault if there is one."""
        fault = registers.fault(office)
        last = OfficeRegister.objects.filter(office=office).first()
        words = f"NOT INTACT: {fault}" if fault else f"intact, {last.last_number if last else 0} lines"
        self.stdout.write(f"Office {office.pk} {office}: {words}")
        return fault

    def _export(self, offices: list[Office], path: Path) -> None:
        with path.open("w", encoding="utf-8") as file:
            for office in offices:
                file.writelines(f"{proof.as_text(entry)}\n" for entry in proof.export(office))

    def _disclose(self, offices: list[Office], options: dict[str, Any]) -> None:
        if options["office"] is None or options["export"] is None:
            raise CommandError("To disclose a line, name its --office and the file for the proof with --export.")
        try:
            shown = proof.disclosure(offices[0], options["disclose"])
        except RegisterLine.DoesNotExist:
            raise CommandError(f"There is no line {options['disclose']}.") from None
        if shown is None:
            raise CommandError("The data of this line were erased: nothing can be disclosed.")
        options["export"].touch(mode=0o600)
        options["export"].write_text(f"{proof.as_text(shown)}\n", encoding="utf-8")
        self.stdout.write(f"Proof of line {options['disclose']} written. It holds personal data.")

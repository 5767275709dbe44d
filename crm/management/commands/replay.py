"""``manage.py replay EVENTS.jsonl``: a log of events in, the office's state out."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from crm.replay.log import Malformed, read
from crm.replay.run import run


class Command(BaseCommand):
    """Run a dated log through the rules with the log's own clock, in a fresh office."""

    help = "Run a log of events through the rules and write the office's state as JSON"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("events", help="the log, one JSON object a line")
        parser.add_argument("--out", help="where to write the state; standard output by default")
        parser.add_argument("--policy", help="a JSON file with fields of the office's policy to use instead")
        parser.add_argument("--keep", action="store_true", help="keep the office in the database")

    def handle(self, *, events: str, out: str | None, policy: str | None, keep: bool, **options: Any) -> None:
        with translation.override("zh-hans"):
            result = self._run(events, policy, keep)
        text = json.dumps(result, ensure_ascii=False, indent=1)
        if out:
            Path(out).write_text(text + "\n", encoding="utf-8")
        else:
            self.stdout.write(text)

    def _run(self, events: str, policy: str | None, keep: bool) -> dict[str, Any]:
        try:
            fields = self._fields(policy) if policy else {}
            with open(events, encoding="utf-8") as rows:
                lines = read(rows)
            return run(lines, policy=fields, keep=keep, progress=self._progress())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"Cannot be read: {error}", returncode=2) from None
        except Malformed as error:
            raise CommandError(str(error), returncode=2) from None

    def _fields(self, policy: str) -> dict[str, Any]:
        try:
            fields = json.loads(Path(policy).read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise CommandError(f"Cannot be read: {error}", returncode=2) from None
        if not isinstance(fields, dict):
            raise CommandError("The policy is a JSON object of policy fields", returncode=2)
        return fields

    def _progress(self) -> Any:
        if not sys.stderr.isatty():
            return lambda done, total: None

        def show(done: int, total: int) -> None:
            if done % 200 == 0 or done == total:
                end = "\n" if done == total else ""
                self.stderr.write(f"\r{done:,} / {total:,} events", ending=end)

        return show

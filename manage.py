#!/usr/bin/env python
"""Django's command line for the sales office."""

import os
import sys


def main() -> None:
    """Run the command; a setting that is missing or malformed is told in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"Not started: {error}")


if __name__ == "__main__":
    main()

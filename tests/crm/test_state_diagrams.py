"""The drawn states are those of the rules."""

from pathlib import Path

from django.conf import settings

from crm.management.commands.state_diagrams import page


def test_page_of_states_is_up_to_date():
    assert Path(settings.BASE_DIR, "docs", "states.md").read_text(encoding="utf-8") == page()

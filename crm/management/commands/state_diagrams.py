"""``manage.py state_diagrams``: docs/states.md, drawn from the tables that the rules obey."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from bigaccounts import prospects
from customers import cards, defeat, disputes, handover
from exchange import batches
from sales import deals
from staff import approvals, measures, proposals

HEAD = """# States

Drawn from the `TRANSITIONS` tables by `manage.py state_diagrams`; a test compares. What follows what is decided there.
"""
MACHINES: tuple[tuple[str, str, Mapping[str, frozenset[str]]], ...] = (
    ("A-card A卡 (CARD-04)", "customers/cards.py", cards.TRANSITIONS),
    ("Defeat request 战败申请 (LOST-04)", "customers/defeat.py", defeat.TRANSITIONS),
    ("Dispute 客户归属争议 (OWN-12)", "customers/disputes.py", disputes.TRANSITIONS),
    ("Handover 移交 (HAND-01)", "customers/handover.py", handover.TRANSITIONS),
    ("Deal 成交 (DEAL-02)", "sales/deals.py", deals.TRANSITIONS),
    ("Bulk case 大客户 (BULK-03)", "bigaccounts/prospects.py", prospects.TRANSITIONS),
    ("Import 导入 (REG-10)", "exchange/batches.py", batches.TRANSITIONS),
    ("Approval 审批 (BULK-05)", "staff/approvals.py", approvals.TRANSITIONS),
    ("Warning or fine 警告、罚款 (COND-03)", "staff/measures.py", measures.TRANSITIONS),
    ("Proposed warning 待确认的警告 (COND-01)", "staff/proposals.py", proposals.TRANSITIONS),
)


def page() -> str:
    """The text of docs/states.md."""
    return "\n".join([HEAD, *(_diagram(*machine) for machine in MACHINES)])


def _diagram(title: str, module: str, table: Mapping[str, frozenset[str]]) -> str:
    states = [str(state) for state in table]
    arrows = [f"    {state} --> {then}" for state in states for then in sorted(map(str, table[state]))]
    ends = [f"    {state} --> [*]" for state in states if not table[state]]
    drawn = ["stateDiagram-v2", f"    [*] --> {states[0]}", *arrows, *ends]
    return "\n".join([f"## {title}", "", f"`{module}`", "", "```mermaid", *drawn, "```", ""])


class Command(BaseCommand):
    """Write the page anew."""

    help = "Draw docs/states.md from the tables of the rules"

    def handle(self, **options: Any) -> None:
        Path(settings.BASE_DIR, "docs", "states.md").write_text(page(), encoding="utf-8")

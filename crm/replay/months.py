"""The figures of each local month as a replay tells them: the flows of the reports, as they are known now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from common.dates import month_of
from reports.events import span
from reports.flow import Flow, Part, flows
from staff.models import Office


def months(office: Office, *, codes: Mapping[int, str], first: datetime, now: datetime) -> dict[str, dict[str, Any]]:
    """The figures of every month from ``first`` to ``now``, keyed ``2026-03``; ``codes`` names the people."""
    today = office.today(now)
    found = flows(span(office, office.today(first), today), today=today, closed=False)
    return {month_of(month): _told(flow, codes) for month, flow in found.items()}


def _told(flow: Flow, codes: Mapping[int, str]) -> dict[str, Any]:
    row = asdict(flow) | {"deal_amount": str(flow.deal_amount), "conversion": flow.conversion}
    if not flow.reopened:
        del row["reopened"]
    row["by_source"] = {source: _part(part) for source, part in flow.by_source.items()}
    row["by_rep"] = {codes[who]: _part(part) for who, part in flow.by_rep.items()}
    return row


def _part(part: Part) -> dict[str, Any]:
    return asdict(part) | {"deal_amount": str(part.deal_amount)}

"""Months of the demo closed on the first and taken over by the planner; two stock-takings (REP-03, REP-05)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from common.dates import first_of_month
from customers.models import Customer
from reports import archive, receipts, stocktaking
from reports.models import MonthArchive
from staff.roles import Role

from .cast import OPENED_DAYS
from .story import Story


def enter(story: Story) -> None:
    """Each month in its first night; last month's stock-taking to its end, this one half way."""
    month = first_of_month(story.today)
    latest = month
    while month > story.today - timedelta(days=OPENED_DAYS):
        _month(story, month, taken_over=month != latest)
        month = first_of_month(month - timedelta(days=1))
    story.plan(story.at(33, "09:00"), lambda moment: _begin(story, moment))
    story.plan(story.at(30, "17:00"), lambda moment: _tick(story, 17, 18, moment))
    story.plan(story.at(30, "17:30"), lambda moment: _end(story, moment))
    story.plan(story.at(1, "09:00"), lambda moment: _begin(story, moment))
    story.plan(story.at(1, "17:00"), lambda moment: _tick(story, 2, 3, moment))


def _month(story: Story, first: date, *, taken_over: bool) -> None:
    """Close what is over by the first of a month; the planner takes all but the latest over the next morning."""
    office, planner = story.world.office, story.who(Role.PLANNER)
    days_ago = (story.today - first).days
    story.plan(story.at(days_ago, "02:05"), lambda moment: archive.close_months(now=moment, office=office))

    def takes_over(moment: datetime) -> None:
        for one in MonthArchive.objects.filter(office=office, receipt=None):
            receipts.take_over(one, by=planner, now=moment)

    if taken_over:
        story.plan_act(story.at(days_ago, "09:30"), takes_over)


def _begin(story: Story, at: datetime) -> None:
    office, lead = story.world.office, story.who(Role.SUPERVISOR)
    story.does(at, lambda now: stocktaking.begin(office, by=lead, now=now))


def _tick(story: Story, many: int, of: int, at: datetime) -> None:
    """Each rep ticks off ``many`` out of ``of`` customers."""
    active: Iterable[Customer] = stocktaking.active(story.world.office, now=at).order_by("pk")
    for n, customer in enumerate(active):
        by = story.world.owner(customer)
        if n % of < many and by is not None:
            customer.office = story.world.office
            story.does(at, lambda now, one=customer, by=by: stocktaking.tick(one, by=by, now=now))


def _end(story: Story, at: datetime) -> None:
    taking = stocktaking.current(story.world.office)
    if taking is not None:
        lead = story.who(Role.SUPERVISOR)
        story.does(at, lambda now: stocktaking.end(taking, by=lead, now=now))

"""Evening meetings of the demo: daily and weekly reports, problems raised, guidance given (REP-01, REP-02, REP-02a)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from customers import guidance
from reports import meeting, persons
from reports.models import DayReport, WeekReport
from staff.models import User
from staff.roles import Role

from . import words
from .cast import FIRST, SECOND, call, contact
from .story import Story

REPORTED_DAYS = 5


def enter(story: Story) -> None:
    """The last days and two weeks; what was advised yesterday; what is asked today."""
    for days_ago in range(REPORTED_DAYS, 0, -1):
        _day(story, days_ago)
    monday = story.today - timedelta(days=story.today.weekday())
    _last_week(story, monday - timedelta(days=7))
    for n, rep in enumerate(story.reps[:5]):
        story.plan(_at(story, monday, f"08:4{n}"), lambda moment, rep=rep, n=n: _plans(story, rep, monday, n, moment))
    _guidance(story)


def _at(story: Story, day: date, clock: str) -> datetime:
    return story.at((story.today - day).days, clock)


def _day(story: Story, days_ago: int) -> None:
    """Most reps hand their report in before the meeting, the supervisor comments after it; problems come up."""
    office, lead = story.world.office, story.who(Role.SUPERVISOR)
    for n, rep in enumerate(story.reps):
        if (n + days_ago) % 5:
            story.plan(story.at(days_ago, f"18:4{n}"), lambda moment, rep=rep, n=n: _hands_in(story, rep, n, moment))
    if days_ago > 1:
        story.plan(story.at(days_ago, "20:30"), lambda moment: _comments(story, moment))
    told = words.PROBLEMS[days_ago % len(words.PROBLEMS)]
    by = story.world.people[SECOND]

    def comes_up(moment: datetime) -> None:
        raised = meeting.raise_problem(office, words=told[0], by=by, now=moment)
        later = story.at(days_ago, "20:10")
        story.plan_act(later, lambda now: meeting.answer(raised, words=told[1], by=lead, now=now))

    story.plan_act(story.at(days_ago, "18:30"), comes_up)


def _hands_in(story: Story, rep: str, n: int, at: datetime) -> None:
    office, by = story.world.office, story.world.people[rep]
    said = words.DAYS[(n + at.day) % len(words.DAYS)]
    story.does(at, lambda now: persons.save_day(office, office.today(now), words=said, by=by, now=now, submit=True))


def _comments(story: Story, at: datetime) -> None:
    """The supervisor comments on the first two reports of the day."""
    lead, office = story.who(Role.SUPERVISOR), story.world.office
    for one in DayReport.objects.filter(office=office, day=office.today(at)).order_by("pk")[:2]:
        story.does(at, lambda now, one=one: persons.comment(one, words=words.COMMENTS[0], by=lead, now=now))


def _plans(story: Story, rep: str, monday: date, n: int, at: datetime) -> None:
    office, by = story.world.office, story.world.people[rep]
    plan = words.WEEK_PLANS[n % len(words.WEEK_PLANS)]
    story.does(at, lambda now: persons.plan_week(office, monday, plan=plan, by=by, now=now))


def _last_week(story: Story, monday: date) -> None:
    """Planned on Monday, summed up on Sunday, commented on the day after."""
    office, sunday = story.world.office, monday + timedelta(days=6)
    for n, rep in enumerate(story.reps[:4]):
        by = story.world.people[rep]

        def sums_up(moment: datetime, by: User = by, n: int = n) -> None:
            said = words.WEEKS[n % len(words.WEEKS)]
            persons.sum_up_week(office, monday, words=said, by=by, now=moment, submit=True)

        story.plan(_at(story, monday, f"08:5{n}"), lambda moment, rep=rep, n=n: _plans(story, rep, monday, n, moment))
        story.plan_act(_at(story, sunday, f"18:0{n}"), sums_up)
    lead = story.who(Role.SUPERVISOR)

    def comments(moment: datetime) -> None:
        first = WeekReport.objects.filter(office=office, monday=monday).order_by("pk").first()
        if first is not None:
            persons.comment(first, words=words.COMMENTS[1], by=lead, now=moment)

    story.plan_act(_at(story, sunday, "20:00"), comments)


def _guidance(story: Story) -> None:
    """Yesterday on two customers and to a rep; a problem raised today waits for its answer."""
    lead, office = story.who(Role.SUPERVISOR), story.world.office
    for n, words_of in enumerate(words.ADVICE):
        key = call(story, 6 + n, FIRST, level="A")
        contact(story, key, 1)

        def advise(moment: datetime, key: str = key, said: str = words_of) -> None:
            guidance.on_customer(story.world.certain(key), words=said, by=lead, now=moment)

        story.plan_act(story.at(1, f"20:1{n}"), advise)
    rep, asks = story.world.people[FIRST], story.world.people["rep3"]

    def remind(moment: datetime) -> None:
        guidance.to_person(rep, office=office, words=words.ADVICE_TO_REP, by=lead, now=moment)

    def ask(moment: datetime) -> None:
        meeting.raise_problem(office, words=words.OPEN_PROBLEM, by=asks, now=moment)

    story.plan_act(story.at(1, "20:20"), remind)
    story.plan_act(story.now - timedelta(minutes=1), ask)

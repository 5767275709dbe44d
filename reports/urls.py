"""Addresses of the reports."""

from django.urls import path, re_path

from .views import closed, index, intent, lines, meeting, month, offices, person_lines, persons

MONTH = r"^reports/(?P<office>[0-9]{1,18})/(?P<month>[0-9]{4}-[0-9]{2})/"

DAY = r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
WEEK = r"(?P<monday>[0-9]{4}-[0-9]{2}-[0-9]{2})"
FROM_TO = r"(?P<first>[0-9]{4}-[0-9]{2}-[0-9]{2})/(?P<last>[0-9]{4}-[0-9]{2}-[0-9]{2})"

urlpatterns = [
    path("meeting/", meeting.meeting, name="meeting"),
    path("meeting/sign/", meeting.meeting_sign, name="meeting_sign"),
    path("meeting/guidance/", meeting.meeting_guidance, name="meeting_guidance"),
    path("meeting/problems/", meeting.problem_raise, name="problem_raise"),
    path("meeting/problems/<int:pk>/", meeting.problem_answer, name="problem_answer"),
    path("intent/", intent.intent, name="intent"),
    path("intent/<int:pk>/tick/", intent.intent_tick, name="intent_tick"),
    path("intent/stock/begin/", intent.stock_begin, name="stock_begin"),
    path("intent/stock/end/", intent.stock_end, name="stock_end"),
    path("reports/mine/", persons.my_day, name="my_day"),
    re_path(rf"^reports/mine/{DAY}/$", persons.my_day, name="my_day_of"),
    path("reports/days/", persons.days, name="days"),
    path("reports/days/<int:pk>/comment/", persons.day_comment, name="day_comment"),
    path("reports/week/", persons.my_week, name="my_week"),
    re_path(rf"^reports/week/{WEEK}/$", persons.my_week, name="my_week_of"),
    path("reports/weeks/", persons.weeks, name="weeks"),
    path("reports/weeks/<int:pk>/comment/", persons.week_comment, name="week_comment"),
    re_path(
        rf"^reports/of/(?P<who>[0-9]{{1,18}})/{FROM_TO}/(?P<figure>[a-z_]{{3,20}})/$",
        person_lines.person_lines,
        name="person_lines",
    ),
    path("reports/", index.reports, name="reports"),
    path("reports/closed/", closed.closed, name="closed_months"),
    path("reports/offices/", offices.offices, name="offices"),
    re_path(rf"{MONTH}$", month.month, name="month"),
    re_path(rf"{MONTH}workbook/$", month.month_workbook, name="month_workbook"),
    re_path(rf"{MONTH}take-over/$", month.month_take_over, name="month_take_over"),
    re_path(rf"{MONTH}lines/(?P<figure>[a-z_]{{3,20}})/$", lines.month_lines, name="month_lines"),
]

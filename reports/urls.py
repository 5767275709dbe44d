"""Addresses of the reports."""

from django.urls import path, re_path

from .views import lines, month, offices

MONTH = r"^reports/(?P<office>[0-9]{1,18})/(?P<month>[0-9]{4}-[0-9]{2})/"

urlpatterns = [
    path("reports/", month.reports, name="reports"),
    path("reports/offices/", offices.offices, name="offices"),
    re_path(rf"{MONTH}$", month.month, name="month"),
    re_path(rf"{MONTH}workbook/$", month.month_workbook, name="month_workbook"),
    re_path(rf"{MONTH}take-over/$", month.month_take_over, name="month_take_over"),
    re_path(rf"{MONTH}lines/(?P<figure>[a-z_]{{3,20}})/$", lines.month_lines, name="month_lines"),
]

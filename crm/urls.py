"""Every address of the product, by app."""

from django.conf import settings
from django.urls import include, path

from crm import errors, gallery, health, home, jobs, leaving_pages, waiting

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", home.home, name="home"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("approvals/", waiting.waiting, name="approvals"),
    path("approvals/count/", waiting.count, name="approvals_count"),
    path("approvals/<int:pk>/", waiting.one, name="approval"),
    path("approvals/<int:pk>/decide/", waiting.decide, name="approval_decide"),
    path("approvals/<int:pk>/withdraw/", waiting.withdraw, name="approval_withdraw"),
    path("staff/<int:pk>/leaving/", leaving_pages.staff_leaving, name="staff_leaving"),
    path("staff/<int:pk>/role/", leaving_pages.staff_role, name="staff_role"),
    path("staff/<int:pk>/end/", leaving_pages.staff_end, name="staff_end"),
    path("staff/<int:pk>/close/", leaving_pages.staff_close, name="staff_close"),
    path("", include("staff.urls")),
    path("", include("reception.urls")),
    path("", include("customers.urls")),
    path("", include("sales.urls")),
    path("", include("exchange.urls")),
    path("", include("bigaccounts.urls")),
    path("", include("reports.urls")),
]
if settings.DEBUG:
    urlpatterns.append(path("components/", gallery.components, name="components"))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

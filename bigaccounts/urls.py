"""Addresses of bulk buyers."""

from django.urls import path

from .views import cases, files, lists, testing

urlpatterns = [
    path("bulk/", lists.bulk, name="bulk"),
    path("bulk/new/", lists.bulk_new, name="bulk_new"),
    path("bulk/test/", testing.bulk_test, name="bulk_test"),
    path("bulk/<int:pk>/", cases.bulk_case, name="bulk_case"),
    path("bulk/<int:pk>/files/<int:paper>/", files.bulk_file, name="bulk_file"),
    path("bulk/<int:pk>/do/<str:act>/", cases.bulk_act, name="bulk_act"),
    path("bulk/<int:pk>/<str:tab>/", cases.bulk_tab, name="bulk_tab"),
]

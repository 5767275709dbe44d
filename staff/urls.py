"""Addresses of signing in, preferences, the inbox, staff and policy."""

from allauth.account import views as account
from django.urls import path

from . import accounts
from .views import inbox

urlpatterns = [
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/", account.password_change, name="account_change_password"),
    path("language/", accounts.set_language, name="set_language"),
    path("theme/", accounts.set_theme, name="set_theme"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/unread/", inbox.inbox_unread, name="inbox_unread"),
    path("inbox/read-all/", inbox.inbox_read_all, name="inbox_read_all"),
    path("inbox/<int:pk>/", inbox.inbox_open, name="inbox_open"),
]

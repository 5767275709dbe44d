"""Signing in and out, and what a person chooses for themselves: language and colours."""

from typing import Any, ClassVar

from allauth.account import views as account
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from .middleware import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


class OfficeAccountAdapter(DefaultAccountAdapter):
    """Nobody signs up alone (ACC-01); refusals say what to do and do not tell which accounts exist."""

    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("User name or password does not match. Check both and try again"),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes and try again"),
        "account_inactive": _("This account is closed. Ask the marketing manager of your office"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page from which the choice was made, if it is one of ours."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(to if safe else "/")


def _remember(request: HttpRequest, field: str, value: str, cookie: str) -> HttpResponse:
    """Keep a choice with the person, if signed in, and on the device."""
    if request.user.is_authenticated and getattr(request.user, field) != value:
        setattr(request.user, field, value)
        request.user.save(update_fields=[field])
    response = _back(request)
    response.set_cookie(cookie, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.HTTPS)
    return response


@require_POST
@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Choose the language."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        raise BadRequest
    return _remember(request, "language", language, settings.LANGUAGE_COOKIE_NAME)


@require_POST
@login_not_required
def set_theme(request: HttpRequest) -> HttpResponse:
    """Choose light or dark colours; empty follows the device."""
    theme = request.POST.get("theme", "")
    if theme not in ("", *THEMES):
        raise BadRequest
    return _remember(request, "theme", theme, THEME_COOKIE)


@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponseBase:
    """Choose a new password by the old one; an account that has none is given its first by the manager."""
    if not request.user.has_usable_password():
        raise PermissionDenied(gettext("This account has no password yet. Ask the marketing manager for one"))
    return account.password_change(request)

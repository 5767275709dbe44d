"""Who is asking, in which language, at what local time; and how an expired sign-in is told to a fragment."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation

from common.middleware import visitor_language

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


class Preferences:
    """Language by the person, then the cookie, then Chinese, never the browser's; the office's time zone; the theme."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = _language(request)
        request.theme = _theme(request)
        with translation.override(language), timezone.override(_zone(request)):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _language(request: HttpRequest) -> str:
    """The language of the signed-in person, else the one chosen on this device."""
    return getattr(request.user, "language", "") or visitor_language(request)


def _theme(request: HttpRequest) -> str:
    """``light``, ``dark`` or empty for the device's own choice."""
    chosen = request.user.theme if request.user.is_authenticated else request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def _zone(request: HttpRequest) -> str:
    """The time zone of the person's office; the product's for those without one."""
    office = request.user.office if request.user.is_authenticated else None
    return office.timezone if office else settings.TIME_ZONE


class SignInRequired(LoginRequiredMiddleware):
    """Closed by default. A fragment asked for after the sign-in expired sends the whole page to the sign-in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:
        if request.headers.get("HX-Request") != "true":
            return super().handle_no_permission(request, view_func)
        return HttpResponse(status=204, headers={"HX-Redirect": redirect_to_login(_page(request)).url})


def _page(request: HttpRequest) -> str:
    """The page that asked for a fragment; the first page if its header is no address of ours."""
    try:
        return request.htmx.current_url_abs_path or resolve_url(settings.LOGIN_REDIRECT_URL)
    except ValueError:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

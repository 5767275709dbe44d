"""Pages for what went wrong. Each says what to do next; the last two ask nothing of database or templates."""

import logging
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from common.middleware import visitor_language

log = logging.getLogger(__name__)

BARE_PAGE = """<!doctype html>
<html lang="{}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{}</title><link rel="stylesheet" href="{}css/base.css"><link rel="stylesheet" href="{}css/app.css"></head>
<body><main class="main"><div class="problem"><h1>{}</h1><p data-sentence>{}</p>
<p><a class="btn primary" href="/">{}</a></p></div></main></body></html>
"""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return bare(request, 400, _("This cannot be read"), _("Go back, reload the page and try again"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the sentence of the rule that refused, if it gave one."""
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person."""
    return render(request, "404.html", status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose page is too old or came from elsewhere."""
    sentence = _("This page was open for too long. Reload it and send the form again")
    return render(request, "403.html", {"sentence": sentence}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After when the database is away: nothing of the request was kept."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        for connection in connections.all(initialized_only=True):
            connection.close()
        response = bare(
            request, 503, _("One moment"), _("The database cannot be reached and nothing was saved. Try again shortly")
        )
        response["Retry-After"] = "2"
        return response
    return bare(request, 500, _("Something went wrong"), _("It has been written down. Go back and try again"))


def bare(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """A page that needs neither template, session nor database."""
    language, static = visitor_language(request), settings.STATIC_URL
    with translation.override(language):
        page = format_html(BARE_PAGE, language, title, static, static, title, sentence, _("Home"))
    return HttpResponse(page, status=status)

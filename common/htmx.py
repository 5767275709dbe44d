"""One view answers page and fragment: the part for htmx, the whole page for everybody else."""

from typing import Any

from django.contrib.messages import get_messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a fragment (and does not restore a page of its history)."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and headers.get("HX-History-Restore-Request") != "true"


def render_part(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, part: str, status: int = 200
) -> HttpResponse:
    """Render ``template``, or only its partial ``part`` for htmx, with the waiting messages beside it."""
    fragment = wants_part(request)
    response = render(request, f"{template}#{part}" if fragment else template, context, status=status)
    if fragment and len(get_messages(request)):
        response.write(render_to_string("components/messages.html", {"oob": True}, request))
    patch_vary_headers(response, ["HX-Request"])
    return response


def render_invalid(request: HttpRequest, template: str, context: dict[str, Any], *, part: str) -> HttpResponse:
    """The page (or part) again with the form's errors: 422, which htmx swaps like a success."""
    return render_part(request, template, context, part=part, status=422)


def back_or_fragment(
    request: HttpRequest, to: str | Model, template: str, context: dict[str, Any], *, part: str
) -> HttpResponse:
    """After a successful post: the changed part for htmx, otherwise a redirect to ``to`` (a URL, name or object)."""
    if wants_part(request):
        return render_part(request, template, context, part=part)
    return HttpResponseRedirect(resolve_url(to))


def go(request: HttpRequest, to: str | Model, *args: object) -> HttpResponse:
    """Leave the page for ``to``: a redirect, or its header for htmx, which would swap the page into a fragment."""
    url = resolve_url(to, *args)
    if wants_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)

"""Which duty a view needs, said once; the refusal is a sentence on the 403 page (OFF-03)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from common.errors import RuleError

from . import leaving
from .models import User
from .roles import Duty

View = Callable[..., HttpResponseBase]


def check_posted(request: HttpRequest) -> None:
    """Refuse with a sentence unless the person holds a posting now: access ends with it (OFF-02)."""
    if request.user.posting is None:
        raise PermissionDenied(_("You hold no posting at present. Ask the marketing manager of your office"))


def check_duty(request: HttpRequest, *duties: Duty) -> None:
    """Refuse with a sentence unless the person carries one of ``duties``."""
    check_posted(request)
    if not any(request.user.has(duty) for duty in duties):
        raise PermissionDenied(
            _("Your role may not %(duty)s. Ask your supervisor or the marketing manager") % {"duty": duties[0].label}
        )


def check_export(request: HttpRequest) -> None:
    """Refuse a download with a sentence while the person is leaving (HAND-01)."""
    person = request.user
    assert isinstance(person, User)
    try:
        leaving.check_may_export(person)
    except RuleError as error:
        raise PermissionDenied(f"{error} ({error.rule})") from None


def needs_posting(view: View) -> View:
    """Let a view be used by everybody who holds a posting, whatever the role."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_posted(request)
        return view(request, *args, **kwargs)

    return checked


def needs(*duties: Duty) -> Callable[[View], View]:
    """Let a view be used only by those who carry one of ``duties``."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            check_duty(request, *duties)
            return view(request, *args, **kwargs)

        return checked

    return decorate

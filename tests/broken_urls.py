"""Views that are wrong on purpose, beside the real addresses: the walk must flag each of them."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from customers.models import Customer, Person
from staff import notices
from staff.access import needs
from staff.roles import Duty


def names(customers: object) -> str:
    """What the customers are called."""
    people = Person.objects.filter(customer__in=customers).select_related("customer__key")
    return ", ".join(person.name for person in people)


@require_safe
@needs(Duty.SEE_BOARD)
def leaking(request: HttpRequest) -> HttpResponse:
    """A list that forgot its scope."""
    return HttpResponse(names(Customer.objects.filter(office=request.user.office)))


@require_safe
@needs(Duty.SEE_OWN, Duty.SEE_OFFICE)
def unscoped(request: HttpRequest, pk: int) -> HttpResponse:
    """A row fetched by its id alone."""
    get_object_or_404(Customer, pk=pk)
    return HttpResponse("there")


@require_safe
def unguarded(request: HttpRequest) -> HttpResponse:
    """A page of the desk that names no duty."""
    return HttpResponse("for the desk")


@login_not_required
@require_safe
def open_to_all(request: HttpRequest) -> JsonResponse:
    """A page that anybody may open without signing in."""
    return JsonResponse({"customers": Customer.objects.count()})


@needs(Duty.SEE_BOARD)
def any_method(request: HttpRequest) -> HttpResponse:
    """A page that takes whatever method comes."""
    return HttpResponse("fine")


@require_safe
@needs(Duty.SEE_BOARD)
def writing(request: HttpRequest) -> HttpResponse:
    """A GET that changes something."""
    notices.tell(request.user, key="seen", text="you looked", now=timezone.now())
    return HttpResponse("noted")


@login_not_required
def reflecting(request: HttpRequest) -> HttpResponse:
    """What was asked, unescaped."""
    return HttpResponse(mark_safe(f"<p>{request.GET.get('q', '')}</p>"))


@login_not_required
def stumbling(request: HttpRequest) -> HttpResponse:
    """A number that is believed to be one."""
    return HttpResponse(str(int(request.GET.get("q", "1"))))


@login_not_required
def inline(request: HttpRequest) -> HttpResponse:
    """A page with everything that the content policy stops."""
    page = HttpResponse(
        '<body onload="go()"><style>p{}</style><p style="color:red">x</p><script>go()</script>'
        '<img src="https://elsewhere.example/pixel.gif"><a href="javascript:go()">x</a></body>'
    )
    page.headers["Content-Security-Policy"] = "default-src * 'unsafe-inline'"
    page.headers["X-Frame-Options"] = "SAMEORIGIN"
    page.set_cookie("plain", "x")
    return page


@csrf_exempt
@login_not_required
def forgeable(request: HttpRequest) -> HttpResponse:
    """A post that needs no token."""
    return HttpResponse("done")


urlpatterns = [
    path("broken/leaking/", leaking, name="leaking"),
    path("broken/<int:pk>/unscoped/", unscoped, name="unscoped"),
    path("broken/unguarded/", unguarded, name="unguarded"),
    path("broken/open/", open_to_all, name="open_to_all"),
    path("broken/any/", any_method, name="any_method"),
    path("broken/writing/", writing, name="writing"),
    path("broken/reflecting/", reflecting, name="reflecting"),
    path("broken/stumbling/", stumbling, name="stumbling"),
    path("broken/inline/", inline, name="inline"),
    path("broken/forgeable/", forgeable, name="forgeable"),
    path("broken/nameless/", leaking),
    path("", include("crm.urls")),
]

"""Answers that take the same time whatever was found: the clock tells a stranger nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def steady(view: View) -> View:
    """Hold the answer to a post back until the next full step of time since it came in."""

    @wraps(view)
    def held(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began, step = time.perf_counter(), settings.STEADY_ANSWER_SECONDS
        response = view(request, *args, **kwargs)
        if request.method == "POST" and step:
            time.sleep(step - (time.perf_counter() - began) % step)
        return response

    return held

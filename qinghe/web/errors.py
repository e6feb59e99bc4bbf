"""Pages for what went wrong: plain, kind, and safe to draw when little else works."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string

# Every other method is refused by every page, with a token or without.
TAKEN = ("GET", "HEAD", "POST")
UNKEEPABLE = (DataError, OverflowError)


class BodyTooLarge(RequestDataTooBig):
    """Files are larger, all together, than what this sender may send at once."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most_mb = most // (1024 * 1024)


class Unkeepable:
    """Answers 400 where a request holds a sign or a number that no table can hold."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Take what PostgreSQL or the calendar cannot take; everything else is our fault."""
        return bad_request(request, fault) if isinstance(fault, UNKEEPABLE) else None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the request could not be read, or its files are too large."""
    if isinstance(exception, BodyTooLarge):
        context = {"most_mb": exception.most_mb, "back": request.path}
        return render(request, "too_large.html", context, status=400)
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: this role may not see the page."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when the page was open too long or cookies are off; 405 to what no page takes."""
    if request.method not in TAKEN:
        return HttpResponseNotAllowed(TAKEN)
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: no such page, or nothing a stranger may know of."""
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500 without asking the database or the session for anything."""
    return HttpResponse(render_to_string("500.html"), status=500)

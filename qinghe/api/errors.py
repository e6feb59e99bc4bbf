"""One shape for everything that goes wrong: {code, message, facts}."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from qinghe.kernel.errors import DomainError

log = logging.getLogger("django.request")


class Problem(Schema):
    """A refusal or mistake: a stable code, a sentence for people, facts for machines."""

    code: str
    message: str
    facts: dict[str, Any] = {}


def speak(api: NinjaAPI) -> None:
    """Teach an API to answer every error in the one shape."""

    def answer(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
        return api.create_response(request, problem.model_dump(mode="json"), status=status)

    @api.exception_handler(DomainError)
    def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
        return answer(request, refusal.status, problem_of(refusal))

    @api.exception_handler(ValidationError)
    def unreadable(request: HttpRequest, error: ValidationError) -> HttpResponse:
        # Place and kind of each mistake, never the value that was sent.
        places = [{"where": each["loc"], "what": each["type"]} for each in error.errors]
        words = _("The request does not fit the description of this address.")
        return answer(
            request, 422, Problem(code="api.invalid", message=words, facts={"at": places})
        )

    @api.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        words = _("Send your key as: Authorization: Bearer <key>.")
        return answer(request, 401, Problem(code="api.no-key", message=words))

    @api.exception_handler(HttpError)
    def refused_by_frame(request: HttpRequest, error: HttpError) -> HttpResponse:
        words = _("The request could not be read.")
        return answer(request, error.status_code, Problem(code="api.unreadable", message=words))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, 404, Problem(code="api.not-found", message=_("Not found.")))

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("%s failed", request.method, exc_info=error)
        words = _("Something broke on our side. Sending the same request again is safe.")
        return answer(request, 500, Problem(code="api.broken", message=words))


def speak_of_unkeepable(api: NinjaAPI) -> None:
    """Teach an API that a sign, a number or a body that cannot be kept is the caller's mistake."""

    @api.exception_handler(DataError)
    @api.exception_handler(OverflowError)
    @api.exception_handler(SuspiciousOperation)
    def unkeepable(request: HttpRequest, error: Exception) -> HttpResponse:
        words = _("The request does not fit the description of this address.")
        problem = Problem(code="api.invalid", message=words)
        return api.create_response(request, problem.model_dump(mode="json"), status=422)


def problem_of(refusal: DomainError) -> Problem:
    """Return a refusal in the one shape."""
    facts = {name: plain(value) for name, value in refusal.facts.items()}
    return Problem(code=refusal.code, message=refusal.user_message, facts=facts)


def plain(value: object) -> Any:
    """Return a fact as JSON can carry it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

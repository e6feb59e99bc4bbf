"""Language, theme and text size: one small form on every page, kept per person."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from qinghe.web.context import SIZES, THEMES

YEAR = 365 * 24 * 3600


def _back(request: HttpRequest) -> str:
    """Return where the person came from, never another site."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe and asked else "/"


def _keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def remember_language(response: HttpResponse, code: str) -> None:
    """Keep a language in the browser, where the language middleware looks for it."""
    _keep(response, settings.LANGUAGE_COOKIE_NAME, code)


def _choose_language(request: HttpRequest, response: HttpResponse) -> None:
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES) or not check_for_language(code):
        return
    remember_language(response, code)
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        user.language = code
        user.save(update_fields=["language"])


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the choice that was sent and return to the page; an unknown choice changes nothing."""
    response = HttpResponseRedirect(_back(request))
    _choose_language(request, response)
    if request.POST.get("theme") in THEMES:
        _keep(response, "theme", request.POST["theme"])
    if "size" in request.POST:
        size = request.POST["size"]
        _keep(response, "size", size if size in SIZES else "")
    return response

"""How sign-in differs from allauth's defaults: nobody signs up, the language comes along."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from qinghe.simulation.people_of_demo import ADDRESSES
from qinghe.web.preferences import remember_language


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the operator; a stranger cannot open one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        """Lead on into the application: only applicants confirm an address."""
        del email_address
        return reverse("web:application")

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Stop an account of the demonstration in a real market: its password is in the manual."""
        if not settings.DEMO and user.email in ADDRESSES:
            return HttpResponseRedirect(reverse("account_inactive"))
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Answer the sign-in, and bring the language the person chose to this browser."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response

"""How sign-in differs from allauth's defaults: nobody signs up, the language comes along."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from qinghe.web.preferences import remember_language


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by the operator; a stranger cannot open one."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Answer the sign-in, and bring the language the person chose to this browser."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response

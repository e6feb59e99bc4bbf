"""A machine's key becomes the Actor of its membership; its idempotency key travels with it."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja.security import HttpBearer

from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.parties.services import actor_of_api_key

KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 64


class BadRequestKey(DomainError):
    code = "api.bad-request-key"
    status = 400
    text = _("Send an Idempotency-Key of 1 to {longest} visible characters.")


class ApiKey(HttpBearer):
    """`Authorization: Bearer qh_...`"""

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """
        Return who the key stands for.

        :raises UnknownKey: answered as 401
        """
        return actor_of_api_key(token, clock.now())


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a read."""
    return cast("Actor", request.auth)  # type: ignore[attr-defined]


def writer_of(request: HttpRequest) -> Actor:
    """
    Return the actor of a write with the idempotency key of the request.

    :raises BadRequestKey: the header is there but cannot be a key
    """
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return actor_of(request)
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise BadRequestKey(longest=LONGEST_KEY)
    return actor_of(request).with_key(key)

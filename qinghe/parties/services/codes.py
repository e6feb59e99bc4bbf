"""Tell a stranger whether a letter's code is ours: the same limit as the door, and nothing more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError
from qinghe.parties.models import DoorCode
from qinghe.parties.services import door


class TooManyTries(DomainError):
    code = "parties.too-many-tries"
    status = 429
    text = _("There were too many tries from here. Try again in a quarter of an hour.")


def count_try(*, what: str, origin: str, at: datetime, most: int) -> None:
    """
    Count what a stranger does at a public page.

    :raises TooManyTries: more than `most` from one origin lately
    """
    with transaction.atomic():
        free = door.origin_is_free(origin, at, what=what, most=most)
        if free:
            door.count_against(origin, at, what=what)
    if not free:
        raise TooManyTries


def is_ours(*, code: str, origin: str, at: datetime) -> bool:
    """
    Tell whether a code was issued here and is still valid; never whose it is.

    What is none counts as a wrong try of the origin at the door, so nobody can search for codes.

    :raises TooManyTries: too many wrong tries from this origin
    """
    tidy = door.tidy(code)
    with transaction.atomic():
        free = door.origin_is_free(origin, at)
        known = DoorCode.objects.filter(digest=door.digest_of(tidy), expires_at__gt=at).exists()
        ours = known and door.well_formed(tidy)
        if free and not ours:
            door.count_against(origin, at)
    if not free:
        raise TooManyTries
    return ours

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
    if not free:
        raise TooManyTries


def is_ours(*, code: str, origin: str, at: datetime) -> bool:
    """
    Tell whether a code was issued here and is still valid; never whose it is.

    Counts as a try of the origin, so nobody can search for codes here.

    :raises TooManyTries: too many tries from this origin
    """
    tidy = door.tidy(code)
    with transaction.atomic():
        free = door.origin_is_free(origin, at)
    if not free:
        raise TooManyTries
    return (
        door.well_formed(tidy)
        and DoorCode.objects.filter(digest=door.digest_of(tidy), expires_at__gt=at).exists()
    )

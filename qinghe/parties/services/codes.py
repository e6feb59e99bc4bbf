"""Tell a stranger whether a letter's code is ours: the same limit as the door, and nothing more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qinghe.parties.models import DoorCode
from qinghe.parties.services import door


def is_ours(*, code: str, origin: str, at: datetime) -> bool:
    """
    Tell whether a code was issued here and is still valid; never whose it is.

    Counts as a try of the origin, so nobody can search for codes here.

    :raises DoorClosed: too many tries from this origin
    """
    tidy = door.tidy(code)
    with transaction.atomic():
        free = door.origin_is_free(origin, at)
    if not free:
        raise door.DoorClosed
    return (
        door.well_formed(tidy)
        and DoorCode.objects.filter(digest=door.digest_of(tidy), expires_at__gt=at).exists()
    )

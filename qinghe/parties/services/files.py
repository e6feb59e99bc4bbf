"""Open files about people, on record; seal them again under a new key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.filestore import load_file, seal_anew
from qinghe.parties.roles import Permission, require


@verb("parties.open_file")
def _open(
    *, sha256: str, purpose: str, actor: Actor, at: datetime, about: Mapping[str, Any]
) -> bytes:
    content = load_file(sha256)
    record(
        kind="parties.file-opened",
        subject=f"file:{sha256}",
        actor=actor,
        at=at,
        purpose=str(purpose),
        **about,
    )
    return content


def open_file(
    *,
    sha256: str,
    purpose: str,
    actor: Actor,
    at: datetime,
    claim_id: UUID | None = None,
    application_id: UUID | None = None,
) -> bytes:
    """
    Return a file's content and put on record who opened it and why, and for which claim or
    application.

    Whether the actor may see what the file belongs to is judged by the caller's access query.

    :raises NoSuchFile: no file with this hash
    :raises VaultDamaged: altered, or its key is gone
    """
    # Each look is its own: the content must not be kept as the answer of a repeated request.
    told = {"claim": claim_id, "application": application_id}
    about = {word: str(each) for word, each in told.items() if each is not None}
    return _open(sha256=sha256, purpose=purpose, actor=actor.with_key(None), at=at, about=about)


@verb("parties.rotate_files")
def rotate_files(*, actor: Actor, at: datetime) -> int:
    """
    Seal every file anew that is not under the active key; return how many there were.

    :raises NotPermitted: the actor may not rotate keys
    """
    require(actor, Permission.ROTATE_KEYS)
    count = seal_anew()
    if count:
        record(kind="parties.rotated", subject="files", actor=actor, at=at, count=count)
    return count

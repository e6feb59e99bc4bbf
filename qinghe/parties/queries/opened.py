"""Which files a person has opened: the journal has an entry of each look."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from qinghe.journal.queries import recorded_about

FILE = "file:"


def opened_files(
    hashes: Collection[str], *, by: str, claim_id: UUID, since: datetime | None = None
) -> dict[str, datetime]:
    """
    Return which files, by their hashes, somebody has opened for a claim, and when first.

    The same file under another claim was another look: it may prove that one and not this.

    :param by: who, as in the journal
    :param since: a look before it does not count
    """
    subjects = [f"{FILE}{each}" for each in hashes]
    facts = {"claim": str(claim_id)}
    found = recorded_about(
        kind="parties.file-opened", by=by, subjects=subjects, facts=facts, since=since
    )
    return {each.removeprefix(FILE): at for each, at in found.items()}

"""Which files a person has opened: the journal has an entry of each look."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from qinghe.journal.queries import recorded_about

FILE = "file:"


def opened_files(hashes: Collection[str], *, by: str, claim_id: UUID) -> set[str]:
    """
    Return which files, by their hashes, somebody has opened for a claim; `by` as in the journal.

    The same file under another claim was another look: it may prove that one and not this.
    """
    subjects = [f"{FILE}{each}" for each in hashes]
    facts = {"claim": str(claim_id)}
    found = recorded_about(kind="parties.file-opened", by=by, subjects=subjects, facts=facts)
    return {each.removeprefix(FILE) for each in found}

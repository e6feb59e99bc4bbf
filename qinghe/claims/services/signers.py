"""Who signed a PDF: the sealed report of its signatures, opened on record."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

from qinghe.claims.findings import Signed, told
from qinghe.claims.queries import evidence_for
from qinghe.kernel.actor import Actor
from qinghe.parties.services import open_file


def signers_of(*, evidence_id: UUID, purpose: str, actor: Actor, at: datetime) -> list[Signed]:
    """
    Return every signature of a file with the signer's name; opening the report is on record.

    :raises NoSuchEvidence: unknown, or of a claim the actor may not see
    """
    row = evidence_for(evidence_id=evidence_id, actor=actor)
    if not row.report:
        return []
    report = open_file(sha256=row.report, purpose=purpose, actor=actor, at=at)
    return [told(each) for each in json.loads(report)]

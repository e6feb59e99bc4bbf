"""Small, valid PDF files that stand for a creditor's documents, and a reviewer who opens them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.claims.queries import claim_for
from qinghe.claims.services import open_evidence, open_identity
from qinghe.claims.services.unseen import look_at
from qinghe.kernel.actor import Actor
from qinghe.parties.terms import Purpose

OBJECTS = (
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
    " /Resources << /Font << /F1 5 0 R >> >> >>",
    "<< /Length {length} >>\nstream\n{stream}\nendstream",
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


def contract_pdf(number: str, kind: str) -> bytes:
    """Return a one-page PDF with the claim's number and the kind of document."""
    stream = f"BT /F1 18 Tf 72 760 Td (EXAMPLE {kind} {number}) Tj ET"
    text, offsets = "%PDF-1.4\n", []
    for place, body in enumerate(OBJECTS, start=1):
        offsets.append(len(text))
        filled = body.replace("{length}", str(len(stream))).replace("{stream}", stream)
        text += f"{place} 0 obj\n{filled}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(text)
    size = len(OBJECTS) + 1
    text += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    text += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return text.encode("ascii")


def count_as_seen() -> None:
    """Let what waits for the checks count as looked at: a crowd's doubts would mean nothing."""
    look_at(lambda _chunk: None)


def read_papers(claim_id: UUID, *, actor: Actor, at: datetime) -> None:
    """Open every file that proves a claim and whose it is, after the checks, as the desk asks."""
    for row in claim_for(claim_id=claim_id, actor=actor).evidence:
        if row.usable:
            open_evidence(evidence_id=row.id, purpose=Purpose.VERIFY_IDENTITY, actor=actor, at=at)
    open_identity(claim_id=claim_id, actor=actor, at=at)

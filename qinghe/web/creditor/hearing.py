"""The creditor reads what a debtor says who contests, where the debtor has let it; on record."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from qinghe.claims.queries import DisputeRow, NoSuchDispute, claim_for, dispute_for
from qinghe.claims.queries.sent import papers_sent
from qinghe.claims.services import open_paper
from qinghe.parties.roles import Permission
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose
from qinghe.web.creditor.hiding import hidden
from qinghe.web.doors import StaffRequest, page
from qinghe.web.evidence import shut_file


@page(Permission.MANAGE_CLAIMS)
def words(request: StaffRequest, claim_id: UUID, dispute_id: UUID) -> HttpResponse:
    """
    Show the debtor's own words and papers; opening them is put on record.

    :raises NoSuchDispute: not of this claim
    """
    claim = claim_for(claim_id=claim_id, actor=request.actor)
    dispute = dispute_for(dispute_id=dispute_id, actor=request.actor)
    if dispute.claim_id != claim.id:
        raise NoSuchDispute
    context = {
        "claim": claim,
        "dispute": dispute,
        "words": _read(request, dispute, claim.contract_number),
        "papers": papers_sent(dispute_id=dispute.id, actor=request.actor),
    }
    return render(request, "web/creditor/words.html", context)


def _read(request: StaffRequest, dispute: DisputeRow, contract: str) -> str:
    if dispute.statement_id is None or not dispute.shared:
        return ""
    text = reveal(
        item_id=dispute.statement_id,
        purpose=Purpose.DISPUTE,
        actor=request.actor,
        at=request.at,
    )
    # What a debtor wrote down of telephones and accounts is no business of others.
    return hidden(text, contract=contract)


@page(Permission.MANAGE_CLAIMS, Permission.DECIDE_DISPUTES)
def paper(request: StaffRequest, paper_id: UUID) -> HttpResponse:
    """Give one paper of a debtor to keep; who took it is recorded."""
    row, content = open_paper(
        paper_id=paper_id, purpose=Purpose.DISPUTE, actor=request.actor, at=request.at
    )
    return shut_file(row.media_type, content, f"paper-{row.sha256[:8]}")

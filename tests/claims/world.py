"""The people of these tests: one creditor, another one, and a batch in our own template."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

from qinghe.claims.models import Batch, Claim
from qinghe.claims.services import accept_batch, add_evidence, check_batch
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.levels import TOP
from qinghe.parties.models import Organisation
from qinghe.simulation.evidence import contract_pdf

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
JOB = system("tests")
PDF = contract_pdf("C-1", "contract")
REVIEWER = Actor(role=Role.REVIEWER, user_id=new_id())
COMPLIANCE = Actor(role=Role.COMPLIANCE, user_id=new_id())

ROW = {
    "contract_number": "C-1",
    "debtor_name": "陈测试",
    "id_number": "990101199001011231",
    "phone": "10012345678",
    "email": "chen@example.com",
    "address": "浙江省杭州市测试路",
    "region": "杭州",
    "product": "consumer_loan",
    "principal": "10000.00",
    "interest": "120.50",
    "fees": "0",
    "currency": "CNY",
    "contract_date": "2025-06-01",
    "due_date": "2026-10-01",
    "annual_overdue_rate": "10",
    "hand": "1",
}


def creditor(
    slug: str = "demo-bank", lender_kind: str = "bank", state: str = "active"
) -> Organisation:
    return Organisation.objects.create(
        slug=slug,
        name=slug,
        kind="institution",
        state=state,
        lender_kind=lender_kind,
        level=TOP,
        created_at=NOW,
    )


def clerk(organisation: Organisation) -> Actor:
    return Actor(role=Role.CREDITOR, user_id=new_id(), org_id=organisation.pk)


def debtor(claim: Claim) -> Actor:
    return Actor(role=Role.DEBTOR, person_id=claim.debtor_id)


def file_of(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def delivered(
    organisation: Organisation, *rows: dict[str, str], as_of: date = TODAY, at: datetime = NOW
) -> Batch:
    return check_batch(
        creditor_id=organisation.pk,
        filename="claims.csv",
        content=file_of(*rows),
        mapping="qinghe",
        as_of=as_of,
        actor=clerk(organisation),
        at=at,
    )


def claim_of(organisation: Organisation, **changes: str) -> Claim:
    batch = delivered(organisation, ROW | changes)
    accept_batch(batch_id=batch.pk, partial=False, actor=clerk(organisation), at=NOW)
    return Claim.objects.get(batch=batch)


def proven(claim: Claim) -> Claim:
    """Return a claim with the papers that a bank's loan needs."""
    for kind in ("contract", "transfer"):
        add_evidence(
            claim_id=claim.pk,
            kind=kind,
            filename=f"{kind}.pdf",
            content=contract_pdf(claim.number, kind),
            actor=JOB,
            at=NOW,
        )
    return claim

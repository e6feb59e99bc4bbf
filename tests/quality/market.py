"""Collectors with a record: accounts that were really worked, complaints that were decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from qinghe.claims.models import Claim
from qinghe.contact.models import Attempt
from qinghe.kernel.actor import Role
from qinghe.kernel.ids import digits, new_id
from qinghe.market.models import Mandate
from qinghe.market.terms import MandateState
from qinghe.parties.models import Organisation
from qinghe.quality.models import Complaint
from tests.factories import AT, actor, claim, debtor_of, mandate

JUDGE = actor(Role.COMPLIANCE)
SECOND = actor(Role.COMPLIANCE)


def worked(agency: Organisation, n: int, *, days_ago: int = 40, **fields: Any) -> list[Mandate]:
    """Return ended mandates, each with one contact that was made; rows in bulk."""
    like = claim(**fields)
    began = AT - timedelta(days=days_ago)
    claims = [_claim(like) for _ in range(n)]
    Claim.objects.bulk_create(claims)
    mandates = [_mandate(each, agency, began) for each in claims]
    Mandate.objects.bulk_create(mandates)
    Attempt.objects.bulk_create([attempt(each, began) for each in mandates])
    return mandates


def attempt(of: Mandate, at: datetime, **fields: Any) -> Attempt:
    """Return a contact that was made under a mandate; not saved."""
    given = {"channel": "sms", "mode": "one_way", "purpose": "collect", "state": "done", **fields}
    return Attempt(
        person_id=of.claim.debtor_id,
        claim_id=of.claim_id,
        mandate=of,
        collector_id=of.collector_id,
        creditor_group="",
        template="reminder",
        pack="test",
        at=at,
        **given,
    )


def complaint(agency: Organisation, state: str = "upheld", **fields: Any) -> Complaint:
    """Return a decided complaint about a claim of its own, straight in the table."""
    about = fields.pop("mandate", None) or mandate(claim(), agency)
    given: dict[str, Any] = {
        "person_id": about.claim.debtor_id,
        "claim_id": about.claim_id,
        "kind": "too_often",
        "opened_at": AT - timedelta(days=5),
        "decided_at": None if state == "open" else AT,
        "due_on": AT.date(),
        **fields,
    }
    return Complaint.objects.create(
        number=f"TS{digits(12)}", mandate=about, collector=agency, state=state, **given
    )


def complain(agency: Organisation, *, kind: str = "rude", at: datetime = AT) -> Complaint:
    """Let a debtor of the agency complain, through the service."""
    from qinghe.quality.services import open_complaint

    about = claim()
    mandate(about, agency)
    return open_complaint(
        kind=kind, statement="", claim_id=about.pk, person_id=None, actor=debtor_of(about), at=at
    )


def _claim(like: Claim) -> Claim:
    number = digits(12)
    return Claim(
        number=f"C{number}",
        contract_number=f"K{number}",
        fingerprint=b"",
        creditor_id=like.creditor_id,
        debtor_id=like.debtor_id,
        product=like.product,
        region=like.region,
        currency=like.currency,
        due_on=like.due_on,
        interest_to=like.interest_to,
        principal=100,
        interest=0,
        costs=0,
        claimed=100,
        state=like.state,
        stage=like.stage,
        created_at=like.created_at,
    )


def _mandate(of: Claim, agency: Organisation, began: datetime) -> Mandate:
    return Mandate(
        claim=of,
        creditor_id=of.creditor_id,
        collector=agency,
        mode="grab",
        state=MandateState.COMPLETED,
        commission_rate=Decimal("0.25"),
        quality_share=Decimal("0.2"),
        terms_version="2026-11",
        terms_sha256="0" * 64,
        signed_by=new_id(),
        signed_at=began,
        starts_at=began,
        ends_at=began + timedelta(days=90),
        closed_at=began + timedelta(days=30),
    )

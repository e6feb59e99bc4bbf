"""
Rows for tests, made straight in the tables: short names, sensible defaults, everything overridable.

A claim made here stands in the ledger too, as if it had been accepted.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F

from qinghe.claims.completeness import Case, needs_of
from qinghe.claims.models import Claim, Evidence
from qinghe.claims.terms import ClaimState, Product, Stage
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.ids import digits, new_id
from qinghe.ledger.services import post_many
from qinghe.ledger.terms import Posting
from qinghe.market.models import Capacity, Mandate
from qinghe.market.terms import Mode
from qinghe.parties.levels import TOP
from qinghe.parties.models import (
    Certificate,
    ContactPoint,
    Licence,
    Organisation,
    Person,
    Proof,
)
from qinghe.parties.services import seal
from qinghe.parties.terms import (
    LicenceKind,
    OrgKind,
    OrgState,
    PersonKind,
    PointState,
    ProofKind,
    Secret,
    Source,
)

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


def organisation(kind: str = OrgKind.INSTITUTION, **fields: Any) -> Organisation:
    """Return an active organisation."""
    number = digits(10)
    defaults = {
        "slug": f"org-{number}",
        "name": f"Organisation {number}",
        "state": OrgState.ACTIVE,
        "level": TOP,
        "created_at": AT,
    }
    made = Organisation.objects.create(kind=kind, **{**defaults, **fields})
    if made.level == TOP:
        vouched = {"kind": ProofKind.VOUCHED, "source": "operator"}
        Proof.objects.create(organisation=made, decided_by="tests", decided_at=AT, **vouched)
    return made


def collector(*, limit: int = 100, **fields: Any) -> Organisation:
    """Return an agency with room for orders."""
    agency = organisation(OrgKind.AGENCY, **fields)
    Capacity.objects.create(collector=agency, limit=limit)
    return agency


def person(**fields: Any) -> Person:
    """Return a natural person in Shanghai's zone."""
    defaults = {
        "kind": PersonKind.NATURAL,
        "masked_name": "陈＊＊",
        "region": "310100",
        "zones": [SHANGHAI],
        "created_at": AT,
    }
    return Person.objects.create(**{**defaults, **fields})


def point(person: Person, kind: str = Secret.PHONE, value: str = "", **fields: Any) -> ContactPoint:
    """Return a usable address of a person; every one is invented and reaches nobody."""
    value = (
        value
        or {
            Secret.PHONE: f"+86 100{digits(8)}",
            Secret.EMAIL: f"debtor.{digits(8)}@example.com",
            Secret.ADDRESS: f"示例市示例路 {digits(4)} 号",
        }[Secret(kind)]
    )
    item = seal(kind=kind, value=value, person_id=person.pk, at=AT)
    defaults = {"zone": SHANGHAI, "source": Source.CONTRACT, "state": PointState.VALID}
    made = {**defaults, "created_at": AT, **fields}
    return ContactPoint.objects.create(person=person, kind=kind, address=item, **made)


def licence(organisation: Organisation, **fields: Any) -> Licence:
    """Return a registration to collect in the whole country, valid for years."""
    defaults = {
        "kind": LicenceKind.COLLECTION,
        "number": f"R{digits(8)}",
        "starts_on": date(2020, 1, 1),
        "ends_on": date(2030, 1, 1),
        "verified_at": AT,
    }
    return Licence.objects.create(organisation=organisation, **{**defaults, **fields})


def claim(*, principal: int = 100_000, interest: int = 0, costs: int = 0, **fields: Any) -> Claim:
    """
    Return a claim that is ready to be placed; amounts in minor units, booked in the ledger.

    Past its check it has the papers that it needed there.
    """
    owed = {"principal": principal, "interest": interest, "costs": costs}
    defaults = {
        "number": f"C{digits(12)}",
        "contract_number": f"K{digits(12)}",
        "fingerprint": b"",
        "product": Product.CONSUMER_LOAN,
        "region": "310100",
        "currency": "CNY",
        "due_on": date(2026, 10, 1),
        "interest_to": date(2026, 11, 1),
        "claimed": sum(owed.values()),
        "state": ClaimState.READY,
        "stage": Stage.M2,
        "created_at": AT,
    }
    made = {**defaults, **fields}
    made.setdefault("creditor", None)
    made["creditor"] = made["creditor"] or organisation()
    made["debtor"] = made.get("debtor") or person()
    row = Claim.objects.create(**owed, **made)
    post_many(
        postings=[
            Posting(
                debit=f"claim:{row.pk}:{component}",
                credit=f"creditor:{row.creditor_id}:claimed",
                amount=amount,
                currency=row.currency,
                kind="claim.claimed",
                subject=f"claim:{row.pk}",
                at=row.created_at,
            )
            for component, amount in owed.items()
            if amount
        ]
    )
    if row.state != ClaimState.SUBMITTED:
        papers(row)
    return row


def papers(claim: Claim, *kinds: str) -> list[Evidence]:
    """Return files on record for a claim; without kinds, all that its release needs."""
    org = claim.creditor
    case = Case(claim.product, org.kind, org.lender_kind, claim.assignments)
    kinds = kinds or tuple(need.paper for need, _link in needs_of(case) if need.needed)
    return Evidence.objects.bulk_create(
        Evidence(
            claim=claim,
            kind=kind,
            sha256=digits(10).zfill(64),
            media_type="application/pdf",
            size=1,
            filename="a.pdf",
            uploaded_at=claim.created_at,
        )
        for kind in kinds
    )


def mandate(claim: Claim, collector: Organisation, **fields: Any) -> Mandate:
    """Return a live mandate; the claim is placed and one place of the collector is in use."""
    defaults = {
        "mode": Mode.GRAB,
        "commission_rate": Decimal("0.25"),
        "quality_share": Decimal("0.2"),
        "terms_version": "2026-11",
        "terms_sha256": "0" * 64,
        "signed_by": new_id(),
        "signed_at": AT,
        "starts_at": AT - timedelta(days=1),
        "ends_at": AT + timedelta(days=90),
    }
    if not Licence.objects.filter(organisation=collector).exists():
        # Nobody holds a mandate who was not registered when it began.
        licence(collector)
    Claim.objects.filter(pk=claim.pk).update(state=ClaimState.PLACED)
    Capacity.objects.filter(collector=collector).update(live=F("live") + 1)
    return Mandate.objects.create(
        claim=claim, creditor=claim.creditor, collector=collector, **{**defaults, **fields}
    )


def actor(role: Role, organisation: Organisation | None = None, **fields: Any) -> Actor:
    """Return an actor of a role, of an organisation when one is given."""
    org_id = organisation.pk if organisation else None
    made = Actor(role=role, user_id=new_id(), org_id=org_id, **fields)
    if role is Role.COLLECTOR and organisation is not None:
        certificate(made.user_id)
    return made


def certificate(user_id: UUID | None, **fields: Any) -> Certificate:
    """Return a collector's certificate, valid for years."""
    defaults = {
        "number": f"QHC-2020-{digits(10)}",
        "issued_on": date(2020, 1, 1),
        "ends_on": date(2030, 1, 1),
    }
    return Certificate.objects.create(user_id=user_id, **{**defaults, **fields})


def debtor_of(claim: Claim) -> Actor:
    """Return the debtor of a claim, as the portal knows them."""
    return Actor(role=Role.DEBTOR, person_id=claim.debtor_id)

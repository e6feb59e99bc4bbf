"""Which claims lack papers: found in the database by the table that scores them."""

from __future__ import annotations

import random

import pytest

from qinghe.claims.models import Claim, Evidence
from qinghe.claims.queries import ClaimFilters, claims_table
from qinghe.claims.queries.papers import count_lacking, lacking, papers_of
from qinghe.claims.terms import ClaimState, EvidenceKind, Product, Scan
from qinghe.kernel.actor import Role
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgKind
from tests import factories

pytestmark = pytest.mark.django_db
LENDERS = ("", "bank", "factoring", "natural_person")


@pytest.fixture
def bank() -> Organisation:
    return factories.organisation()


def submitted(creditor: Organisation, *kinds: str, **fields: object) -> Claim:
    claim = factories.claim(creditor=creditor, state=ClaimState.SUBMITTED, **fields)
    if kinds:
        factories.papers(claim, *kinds)
    return claim


def test_the_filter_says_what_the_score_says() -> None:
    chance = random.Random(7)
    kinds = (OrgKind.INSTITUTION, OrgKind.PRIVATE_CREDITOR)
    creditors = [
        factories.organisation(kind, lender_kind=lender) for kind in kinds for lender in LENDERS
    ]
    for _each in range(80):
        papers = chance.choices(EvidenceKind.values, k=chance.randint(0, 9))
        product, links = chance.choice(Product.values), chance.randint(0, 3)
        creditor = chance.choice(creditors)
        submitted(creditor, *papers, product=product, assignments=links)
    found = set(Claim.objects.filter(lacking()).values_list("pk", flat=True))
    scores = papers_of(Claim.objects.values_list("pk", flat=True))
    wanted = {pk for pk, score in scores.items() if not score.complete}
    assert found == wanted
    assert 0 < len(wanted) < 80


def test_only_files_that_prove_and_claims_that_wait_count(bank: Organisation) -> None:
    whole = submitted(bank, "contract", "transfer")
    sick = submitted(bank, "contract")
    Evidence.objects.create(
        claim=sick, kind="transfer", sha256="0" * 64, media_type="application/pdf", size=1,
        filename="a.pdf", uploaded_at=factories.AT, scan=Scan.INFECTED,
    )  # fmt: skip
    factories.claim(creditor=bank, state=ClaimState.WITHDRAWN)
    submitted(factories.organisation())
    clerk = factories.actor(Role.CREDITOR, bank)
    rows = claims_table(actor=clerk, filters=ClaimFilters(lacking=True)).rows
    assert [row.id for row in rows] == [sick.pk]
    assert whole.pk not in {row.id for row in rows}
    assert count_lacking(actor=clerk).count == 1
    assert count_lacking(actor=factories.actor(Role.REVIEWER)).count == 2

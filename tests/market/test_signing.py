"""An order is worked under one text that both sides signed, and under nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.kernel.actor import Role
from qinghe.market.contracts.figures import Figures, Levels, figures_from, hash_of, written
from qinghe.market.models import Capacity, CommissionPlan, Document, Listing, Mandate
from qinghe.market.queries.signed import figures_of
from qinghe.market.refusals import BadCommissionPlan, BadTerms, NoSuchPlan
from qinghe.market.services import place_own_team, publish_many, retire_plan, take, write_plan
from qinghe.parties.models import Organisation
from qinghe.parties.terms import OrgKind
from qinghe.reporting.contraventions import found
from tests import factories
from tests.factories import AT
from tests.market.conftest import TERMS, Market, reachable_claim
from tests.market.test_commission import GOOD

pytestmark = pytest.mark.django_db


def test_both_sign_the_same_text_and_the_hash_is_its_own(market: Market) -> None:
    listing = market.list()
    assert listing.signed_by == market.creditor.user_id
    mandate = take(listing_id=listing.pk, actor=market.collector, at=AT)
    document = Document.objects.get(pk=mandate.document_id)
    assert document.sha256 == listing.document_id
    assert hash_of({"zh": document.text_zh, "en": document.text_en}) == document.sha256
    assert (mandate.creditor_signed_by, mandate.creditor_signed_at) == (
        market.creditor.user_id,
        AT,
    )
    assert (mandate.signed_by, mandate.signed_role) == (market.collector.user_id, "collector")
    assert "90 days" in document.text_en
    assert "25%" in document.text_en
    assert "25%" in document.text_zh


def test_the_text_names_every_figure() -> None:
    one = Figures(Decimal("0.125"), Decimal("0.3"), 45, Levels(2, 9, 21))
    for lang, words in {
        "en": ["12.5%", "30%", "45 days", "within 2 days", "9 days", "every 21 days"],
        "zh": ["12.5%", "30%", "45 天", "2 天内", "连续 9 天", "每 21 天"],
    }.items():
        text = written(one).texts[lang]
        assert [word for word in words if word not in text] == []
        assert "{" not in text
    assert figures_from(one.as_json()) == one


def test_another_figure_is_another_hash_and_the_same_is_the_same_row(market: Market) -> None:
    claims = [reachable_claim(creditor=market.claim.creditor) for _ in range(3)]
    given: dict[str, Any] = {"mode": "grab", "actor": market.creditor, "at": AT, **TERMS}
    publish_many(claim_ids=[each.pk for each in claims], **given)
    assert Document.objects.count() == 1
    market.list(period_days=91)
    assert Document.objects.count() == 2


def test_without_both_signatures_there_is_no_mandate(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    for column in ("creditor_signed_by", "creditor_signed_at", "document"):
        with pytest.raises(IntegrityError, match="signed_by_both"), transaction.atomic():
            Mandate.objects.filter(pk=mandate.pk).update(**{column: None})
    with pytest.raises(IntegrityError, match="signed_by_both"), transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(signed_name="")


def test_an_order_of_before_is_taken_under_the_terms_of_before(market: Market) -> None:
    listing = market.list()
    Listing.objects.filter(pk=listing.pk).update(document=None, signed_by=None)
    mandate = take(listing_id=listing.pk, actor=market.collector, at=AT)
    assert (mandate.terms_version, mandate.document_id) == ("2026-11", None)
    assert mandate.check_at is None


def test_an_own_team_signs_by_what_it_agreed_beforehand(market: Market) -> None:
    team = factories.organisation(OrgKind.OWN_TEAM).pk
    Capacity.objects.create(collector_id=team, limit=1)
    factories.licence(Organisation.objects.get(pk=team))
    mandate = place_own_team(
        claim_id=market.claim.pk, collector_id=team, actor=market.creditor, at=AT, **TERMS
    )
    assert (mandate.signed_by, mandate.signed_role) == (team, "beforehand")
    assert mandate.creditor_signed_by == market.creditor.user_id


def test_a_plan_gives_each_case_its_rate_and_stands_in_the_text(market: Market) -> None:
    plan = write_plan(name="Cards", content=GOOD, actor=market.creditor, at=AT)
    first = reachable_claim(creditor=market.claim.creditor, stage="M1")
    second = reachable_claim(creditor=market.claim.creditor, stage="M4", hand=2)
    given: dict[str, Any] = {"mode": "grab", "actor": market.creditor, "at": AT, **TERMS}
    publish_many(claim_ids=[first.pk, second.pk], plan_id=plan.pk, **given)
    rates = dict(Listing.objects.values_list("claim", "commission_rate"))
    assert rates == {first.pk: Decimal("0.08"), second.pk: Decimal("0.2")}
    document = Document.objects.get()
    assert "stage M1, hand 1: 8%" in document.text_en
    assert "from 30% on 2%" in document.text_en
    mandate = take(listing_id=Listing.objects.get(claim=first).pk, actor=market.collector, at=AT)
    assert mandate.commission_plan_id == plan.pk
    assert figures_of(mandate.document_id or "").plan is not None


def test_a_plan_has_versions_and_is_never_edited(market: Market) -> None:
    one = write_plan(name="Cards", content=GOOD, actor=market.creditor, at=AT)
    two = write_plan(name="Cards", content=GOOD, actor=market.creditor, at=AT)
    assert (one.version, two.version) == (1, 2)
    retire_plan(plan_id=one.pk, actor=market.creditor, at=AT)
    assert CommissionPlan.objects.filter(retired_at__isnull=True).get() == two
    with pytest.raises(NoSuchPlan):
        market.list(plan_id=one.pk)
    stranger = factories.actor(Role.CREDITOR, factories.organisation())
    with pytest.raises(NoSuchPlan):
        retire_plan(plan_id=two.pk, actor=stranger, at=AT)


def test_a_plan_without_a_price_for_complaints_is_refused(market: Market) -> None:
    quality = {"share": "0.2", "weights": {"promises": "1"}}
    with pytest.raises(BadCommissionPlan) as refusal:
        write_plan(name="x", content={**GOOD, "quality": quality}, actor=market.creditor, at=AT)
    assert refusal.value.facts["field"] == "quality.weights"


def test_service_levels_are_days_within_a_year(market: Market) -> None:
    with pytest.raises(BadTerms):
        market.list(levels=Levels(first_action_days=0))
    assert market.list(levels=Levels(first_action_days=1))


def test_verify_finds_a_text_that_was_changed(market: Market) -> None:
    take(listing_id=market.list().pk, actor=market.collector, at=AT)
    name = "mandates-are-signed-by-both"
    assert found(name, at=AT) == []
    Document.objects.update(text_en="Nothing was agreed.")
    assert len(found(name, at=AT)) == 1


def test_verify_finds_a_period_that_nothing_lengthened(market: Market) -> None:
    mandate = take(listing_id=market.list().pk, actor=market.collector, at=AT)
    name = "mandates-last-by-what-debtors-did"
    assert found(name, at=AT) == []
    Mandate.objects.filter(pk=mandate.pk).update(ends_at=mandate.ends_at + timedelta(days=3))
    assert found(name, at=AT) == [str(mandate.pk)]

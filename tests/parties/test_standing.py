"""Levels are made of proofs, fall on their day, and open and close the gates on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.contact.refusals import RegistrationEnded, StandingEnded
from qinghe.contact.services import request_contact
from qinghe.kernel.actor import Role
from qinghe.market.refusals import CreditorLapsed
from qinghe.market.services import take
from qinghe.parties.levels import NEEDS, TOP, Act, Held, standing
from qinghe.parties.models import Certificate, EndingNotice, Licence, Organisation, PartyFlag
from qinghe.parties.services import (
    NoCertificate,
    NotAssured,
    StandingLapsed,
    add_licence,
    check_standing,
    end_proof,
    lower_levels,
    register_organisation,
    verify_licence,
    verify_organisation,
    warn_ending,
)
from qinghe.parties.services.assurance import keep_proof
from qinghe.parties.terms import OrgKind, ProofKind
from tests import factories
from tests.contact.conftest import make_case
from tests.factories import AT
from tests.market.conftest import Market, licensed, market, reachable_claim

OPERATOR = factories.actor(Role.OPERATOR)
REVIEWER = factories.actor(Role.REVIEWER)
LAST_DAY = date(2026, 12, 31)
# Midnight in China on the first day without it.
MIDNIGHT = datetime(2026, 12, 31, 16, tzinfo=UTC) - timedelta(days=1)
KINDS = sorted(NEEDS)
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
held = st.lists(st.builds(Held, st.sampled_from(ProofKind.values), st.none() | days), max_size=12)


@given(st.sampled_from(KINDS), held, days)
def test_a_level_is_never_higher_than_its_evidence(kind: str, proofs: list[Held], on: date) -> None:
    found = standing(kind, proofs, on)
    live = {p.kind for p in proofs if p.expires_on is None or p.expires_on > on}
    for asked in NEEDS[kind][: found.level]:
        assert set(asked) <= live or ProofKind.VOUCHED in live


@given(st.sampled_from(KINDS), held, days, st.builds(Held, st.sampled_from(ProofKind.values)))
def test_one_more_proof_never_lowers_a_level(
    kind: str, proofs: list[Held], on: date, more: Held
) -> None:
    assert standing(kind, [*proofs, more], on).level >= standing(kind, proofs, on).level


@given(st.sampled_from(KINDS), held, days, days)
def test_a_level_lasts_until_the_day_it_promises_and_not_longer(
    kind: str, proofs: list[Held], one: date, other: date
) -> None:
    on, later = sorted((one, other))
    first, then = standing(kind, proofs, on), standing(kind, proofs, later)
    assert then.level <= first.level
    if first.until is None or later < first.until:
        assert then.level == first.level
    else:
        assert then.level < first.level


@pytest.mark.django_db
class TestLapse:
    def agency(self) -> Organisation:
        agency = factories.organisation(OrgKind.AGENCY, level=0)
        for kind in ProofKind.values:
            if kind not in (ProofKind.VOUCHED, ProofKind.LICENCE):
                keep_proof(
                    org_id=agency.pk, kind=ProofKind(kind), source=kind, actor=REVIEWER, at=AT
                )
        licence = factories.licence(agency, ends_on=LAST_DAY, verified_at=None)
        verify_licence(licence_id=licence.pk, actor=REVIEWER, at=AT)
        agency.refresh_from_db()
        return agency

    def test_it_stands_until_midnight_in_china_and_not_a_moment_longer(self) -> None:
        agency = self.agency()
        assert (agency.level, agency.level_until) == (TOP, LAST_DAY)
        check_standing(agency, Act.WORK, MIDNIGHT - timedelta(microseconds=1))
        with pytest.raises(StandingLapsed) as refusal:
            check_standing(agency, Act.WORK, MIDNIGHT)
        assert refusal.value.facts["ended_on"] == "2026-12-31"

    def test_the_job_lowers_it_on_the_day_and_not_before(self) -> None:
        agency = self.agency()
        assert lower_levels(at=MIDNIGHT - timedelta(seconds=1)) == 0
        assert lower_levels(at=MIDNIGHT) == 1
        assert lower_levels(at=MIDNIGHT) == 0
        agency.refresh_from_db()
        assert (agency.level, agency.level_until) == (2, None)
        with pytest.raises(NotAssured):
            check_standing(agency, Act.WORK, MIDNIGHT)
        check_standing(agency, Act.SUBMIT, MIDNIGHT)

    def test_a_party_is_told_thirty_and_seven_days_before_and_each_time_once(self) -> None:
        agency = self.agency()
        told = []
        for left in range(40, -2, -1):
            at = MIDNIGHT - timedelta(days=left) + timedelta(hours=9)
            told += [left] * warn_ending(at=at)
            assert warn_ending(at=at) == 0
        assert told == [30, 7]
        notices = EndingNotice.objects.filter(organisation=agency)
        assert set(notices.values_list("days", "ends_on")) == {(30, LAST_DAY), (7, LAST_DAY)}

    def test_a_renewed_licence_lifts_it_again(self) -> None:
        agency = self.agency()
        lower_levels(at=MIDNIGHT)
        renewed = factories.licence(agency, ends_on=date(2028, 1, 1), verified_at=None)
        verify_licence(licence_id=renewed.pk, actor=REVIEWER, at=MIDNIGHT)
        agency.refresh_from_db()
        assert (agency.level, agency.level_until) == (TOP, date(2028, 1, 1))

    def test_a_proof_taken_back_lowers_it_at_once(self) -> None:
        agency = self.agency()
        proof = keep_proof(
            org_id=agency.pk, kind=ProofKind.NUMBER, source="number", actor=REVIEWER, at=AT
        )
        end_proof(proof_id=proof.pk, reason="register was wrong", actor=REVIEWER, at=AT)
        agency.refresh_from_db()
        assert agency.level == 0


@pytest.mark.django_db
def test_who_the_operator_vouches_for_may_work_and_keeps_its_licences_apart() -> None:
    made = register_organisation(
        slug="made", name="Made", kind=OrgKind.AGENCY, actor=OPERATOR, at=AT
    )
    assert made.level == 0
    assert verify_organisation(org_id=made.pk, actor=REVIEWER, at=AT).level == TOP


@pytest.mark.django_db
def test_a_licence_number_that_another_party_has_is_flagged() -> None:
    first, second = factories.collector(), factories.collector()
    for agency in (first, second):
        add_licence(
            org_id=agency.pk,
            kind="collection",
            number="R-777",
            starts_on=date(2026, 1, 1),
            ends_on=date(2028, 1, 1),
            actor=OPERATOR,
            at=AT,
        )
    flag = PartyFlag.objects.get()
    assert (flag.organisation_id, flag.other_id, flag.kind) == (second.pk, first.pk, "same_licence")


__all__ = ["market"]


def lapse(org: Organisation | object) -> None:
    Organisation.objects.filter(pk=getattr(org, "pk", org)).update(level_until=AT.date())


def test_nobody_takes_without_certificate_standing_or_from_a_lapsed_creditor(
    market: Market,
) -> None:
    listing = market.list()

    def refused_with(error: type[Exception], taker: object = None) -> None:
        with pytest.raises(error):
            take(listing_id=listing.pk, actor=taker or market.collector, at=AT)  # type: ignore[arg-type]

    Certificate.objects.filter(user_id=market.collector.user_id).update(ends_on=AT.date())
    refused_with(NoCertificate)
    ended = licensed()
    lapse(ended.org_id)
    refused_with(StandingLapsed, ended)
    creditor = market.claim.creditor
    lapse(creditor)
    refused_with(CreditorLapsed, licensed())
    Organisation.objects.filter(pk=creditor.pk).update(level_until=None)
    assert take(listing_id=listing.pk, actor=licensed(), at=AT)


@pytest.mark.django_db
def test_a_lapsed_creditor_offers_nothing() -> None:
    claim = reachable_claim()
    lapse(claim.creditor)
    stall = Market(claim, factories.actor(Role.CREDITOR, claim.creditor), licensed())
    with pytest.raises(CreditorLapsed):
        stall.list()


@pytest.mark.django_db
def test_contact_stops_on_the_day_a_right_to_work_ends() -> None:
    case = make_case()
    collector = case.mandate.collector

    def ask() -> object:
        return request_contact(
            claim_id=case.claim.pk,
            channel="voice",
            template="reminder",
            actor=case.collector,
            at=AT,
        )

    assert ask()
    mine = Certificate.objects.filter(user_id=case.collector.user_id)
    mine.update(revoked_at=AT)
    with pytest.raises(NoCertificate):
        ask()
    mine.update(revoked_at=None)
    Licence.objects.filter(organisation=collector).update(ends_on=AT.date())
    with pytest.raises(RegistrationEnded):
        ask()
    Licence.objects.filter(organisation=collector).update(ends_on=AT.date() + timedelta(days=1))
    lapse(case.claim.creditor)
    with pytest.raises(StandingEnded):
        ask()
    Organisation.objects.update(level_until=None)
    assert ask()

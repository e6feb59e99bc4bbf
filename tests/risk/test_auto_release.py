"""Releases without a reviewer: earned, granted by two persons, sampled, ended by one mistake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from qinghe.claims.models import Claim, ContractTerms, Evidence, LimitationAct, Review
from qinghe.claims.services import TermsGiven, check_sample, deliver_terms, reject_claim, restate
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.ids import new_id
from qinghe.parties.models import Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.parties.roles import NotPermitted
from qinghe.parties.terms import OrgKind
from qinghe.parties.vault import ring
from qinghe.risk.drawing import draw
from qinghe.risk.models import AutoRelease, Draw, Flag
from qinghe.risk.queries.draws import wrong_draws
from qinghe.risk.services import (
    AutoReleaseMoved,
    NoTrackRecord,
    OneAlready,
    SecondPerson,
    ask_auto_release,
    end_auto_release,
    grant_auto_release,
    raise_flags,
    release_clean,
)
from qinghe.risk.services.releases import RELEASED, WITHIN
from tests.desk import read_papers
from tests.factories import AT, actor, claim, organisation

pytestmark = pytest.mark.django_db
ONE, OTHER, REVIEWER = actor(Role.COMPLIANCE), actor(Role.COMPLIANCE), actor(Role.REVIEWER)
JOB = system("tests")
LATER = AT + timedelta(hours=1)


def trusted(released: int = RELEASED, at: Any = AT) -> Organisation:
    """Return an institution with so many claims released by people."""
    bank = organisation(lender_kind="bank")
    old = claim(creditor=bank, principal=0, state="closed")
    Review.objects.bulk_create(
        [
            Review(claim=old, step="released", reason="agrees", by="x", at=at)
            for _ in range(released)
        ]
    )
    return bank


def asked(bank: Organisation, by: Actor = ONE, percent: int = 5) -> AutoRelease:
    return ask_auto_release(
        creditor_id=bank.pk, most_major=50_000, sample_percent=percent, actor=by, at=AT
    )


def granted(bank: Organisation, percent: int = 5) -> AutoRelease:
    return grant_auto_release(release_id=asked(bank, percent=percent).pk, actor=OTHER, at=AT)


def waiting(bank: Organisation, *papers: str, **fields: Any) -> Claim:
    made = claim(creditor=bank, state="submitted", contract_on=date(2026, 1, 1), **fields)
    agreed = TermsGiven(
        principal=made.principal,
        handed_over=made.principal,
        disbursed_on=date(2026, 1, 1),
        matures_on=made.due_on,
        rate_pct=Decimal(0),
        overdue_rate_pct=Decimal(0),
    )
    deliver_terms(claim_id=made.pk, terms=agreed, actor=JOB, at=AT)
    for place, kind in enumerate(papers or ("contract", "transfer")):
        Evidence.objects.create(
            claim=made, kind=kind, sha256=f"{made.pk.hex}{place}", media_type="application/pdf",
            size=1, filename="a.pdf", uploaded_at=AT,
        )  # fmt: skip
    return made


def told_nothing(bank: Organisation) -> Claim:
    """Return a claim whose contract nobody told, so that its amount cannot be calculated."""
    made = waiting(bank)
    ContractTerms.objects.filter(claim=made).update(replaced_at=AT)
    return made


def released(*claims: Claim) -> int:
    return release_clean(claim_ids=[each.pk for each in claims], actor=JOB, at=LATER)


def test_trust_is_earned() -> None:
    with pytest.raises(NoTrackRecord):
        asked(trusted(RELEASED - 1))
    with pytest.raises(NoTrackRecord):
        asked(trusted(at=AT - WITHIN - timedelta(seconds=1)))
    bank = trusted()
    claim(creditor=bank, state="rejected", ended_because="invented: x")
    with pytest.raises(NoTrackRecord):
        asked(bank)


def test_a_private_person_is_never_trusted_blindly() -> None:
    with pytest.raises(NoSuchOrganisation):
        asked(organisation(OrgKind.PRIVATE_CREDITOR))


def test_two_independent_officers_grant_it_once() -> None:
    bank = trusted()
    with pytest.raises(NotPermitted):
        asked(bank, by=REVIEWER)
    first = asked(bank)
    with pytest.raises(OneAlready):
        asked(bank, by=OTHER)
    with pytest.raises(SecondPerson):
        grant_auto_release(release_id=first.pk, actor=ONE, at=AT)
    assert released(waiting(bank)) == 0
    grant_auto_release(release_id=first.pk, actor=OTHER, at=AT)
    with pytest.raises(AutoReleaseMoved):
        grant_auto_release(release_id=first.pk, actor=OTHER, at=AT)
    assert released(waiting(bank)) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        AutoRelease.objects.update(granted_by=ONE.label)


def test_only_what_is_beyond_doubt_is_released() -> None:
    bank = trusted()
    granted(bank)
    fine = waiting(bank)
    doubtful = waiting(bank)
    Flag.objects.create(claim=doubtful, code="round-amount", state="cleared", raised_at=AT)
    acted = waiting(bank)
    file = Evidence.objects.filter(claim=acted).first()
    told = {"kind": "suit", "on": date(2026, 1, 2), "recorded_at": AT, "recorded_by": "x"}
    LimitationAct.objects.create(claim=acted, evidence=file, **told)
    others = [
        told_nothing(bank),
        waiting(bank, "contract"),
        waiting(bank, "transfer"),
        waiting(bank, principal=50_001_00),
        waiting(organisation()),
        acted,
        doubtful,
    ]
    at_the_limit = waiting(bank, principal=50_000_00)
    assert released(fine, at_the_limit, *others) == 2
    states = dict(Claim.objects.values_list("pk", "state"))
    assert states[fine.pk] == states[at_the_limit.pk] == "challenge"
    assert {states[each.pk] for each in others} == {"submitted"}
    assert released(fine) == 0


def test_a_suspended_creditor_is_not_trusted() -> None:
    bank = trusted()
    granted(bank)
    Organisation.objects.filter(pk=bank.pk).update(state="suspended")
    assert released(waiting(bank)) == 0


def test_a_share_is_checked_afterwards() -> None:
    bank = trusted()
    granted(bank, percent=100)
    one = waiting(bank)
    released(one)
    one.refresh_from_db()
    assert (one.state, one.review) == ("challenge", "sample")


def test_about_the_share_that_was_asked_for_is_sampled() -> None:
    bank = trusted()
    granted(bank, percent=50)
    many = [waiting(bank) for _ in range(40)]
    released(*many)
    share = Claim.objects.filter(creditor=bank, review="sample").count()
    assert 5 <= share <= 35


def test_one_wrong_release_ends_the_trust() -> None:
    bank = trusted()
    grant = granted(bank, percent=100)
    one, later = waiting(bank), waiting(bank)
    released(one)
    check_sample(claim_id=one.pk, right=False, words="No transfer.", actor=REVIEWER, at=LATER)
    assert released(later) == 0
    grant.refresh_from_db()
    assert grant.ended_because == "sample"


def test_one_invented_claim_ends_the_trust() -> None:
    bank = trusted()
    grant = granted(bank)
    invented = waiting(bank)
    for one in (REVIEWER, Actor(role=Role.REVIEWER, user_id=new_id())):
        read_papers(invented.pk, one, LATER)
        reject_claim(claim_id=invented.pk, reason="invented: x", actor=one, at=LATER)
    assert released(waiting(bank)) == 0
    grant.refresh_from_db()
    assert grant.ended_because == "invented"


def test_anybody_who_suspends_may_end_it() -> None:
    bank = trusted()
    grant = granted(bank)
    end_auto_release(release_id=grant.pk, reason="new owner", actor=ONE, at=LATER)
    assert released(waiting(bank)) == 0
    with pytest.raises(AutoReleaseMoved):
        end_auto_release(release_id=grant.pk, reason="again", actor=ONE, at=LATER)


def test_the_same_doubts_are_raised_with_and_without_a_grant() -> None:
    bank = trusted()
    granted(bank)
    big = waiting(bank, principal=50_000_00)
    raise_flags(claim_ids=[big.pk], actor=JOB, at=AT)
    assert released(big) == 0


def test_the_sample_is_drawn_from_a_secret_and_not_from_the_number_of_the_claim(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bank = trusted()
    grant = granted(bank, percent=50)
    many = [waiting(bank) for _ in range(30)]
    released(*many)
    rows = {row.claim_id: row for row in Draw.objects.all()}
    assert {row.release_id for row in rows.values()} == {grant.pk}
    for each in many:
        each.refresh_from_db()
        assert rows[each.pk].sampled == (each.review == "sample")
    # Who knows only ids cannot tell: another key draws other numbers for the same claims.
    assert [rows[each.pk].number for each in many] != [each.pk.int % 100 for each in many]
    day = rows[many[0].pk].day
    here = [draw(each.pk, day)[0] for each in many]
    assert here == [rows[each.pk].number for each in many]
    other = replace(ring(), blind_keys=(b"another key of thirty-two bytes.",))
    monkeypatch.setattr("qinghe.risk.drawing.ring", lambda: other)
    assert [draw(each.pk, day)[0] for each in many] != here


def test_an_audit_repeats_every_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = trusted()
    granted(bank, percent=50)
    one = waiting(bank)
    released(one)
    assert wrong_draws() == (1, [])
    kept = Draw.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Draw.objects.update(sampled=not kept.sampled)
    other = (kept.number + 50) % 100
    Draw.objects.update(number=other, sampled=other < 50)
    assert wrong_draws() == (1, [one.number])
    # Under a key that was taken off the ring nobody can repeat it.
    gone = replace(ring(), blind_keys=(b"another key of thirty-two bytes.",))
    monkeypatch.setattr("qinghe.risk.drawing.ring", lambda: gone)
    assert wrong_draws() == (1, [])


@pytest.mark.parametrize(
    "spoilt",
    [
        {"scan": "infected"},
        {"scan": "waiting"},
        {"superseded_at": AT, "superseded_because": "wrong page"},
    ],
)
def test_a_paper_that_proves_nothing_releases_nothing(spoilt: dict[str, Any]) -> None:
    # A card needs contract and statement; a transfer is asked for beside them.
    bank = trusted()
    granted(bank)
    one = waiting(bank, "contract", "statement", product="credit_card")
    Evidence.objects.create(
        claim=one, kind="transfer", sha256=f"{one.pk.hex}t", media_type="application/pdf",
        size=1, filename="a.pdf", uploaded_at=AT, **spoilt,
    )  # fmt: skip
    assert released(one) == 0
    sound = waiting(bank, "contract", "transfer", "statement", product="credit_card")
    assert released(sound) == 1


def test_a_claim_that_was_raised_is_looked_at_by_people() -> None:
    bank = trusted()
    grant = granted(bank, percent=100)
    one = waiting(bank)
    released(one)
    restate(
        claim_id=one.pk, amounts={"costs": 1}, reason="One cent more.",
        actor=Actor(Role.CREDITOR, org_id=bank.pk), at=LATER,
    )  # fmt: skip
    assert released(one) == 0
    # Nor does a cent take a release away from those who check it.
    reject_claim(claim_id=one.pk, reason="no_proof", actor=REVIEWER, at=LATER)
    assert released(waiting(bank)) == 0
    grant.refresh_from_db()
    assert grant.ended_because == "sample"


def test_a_claim_released_twice_counts_once() -> None:
    bank = trusted(RELEASED - 1)
    again = claim(creditor=bank, state="challenge")
    for step in ("released", "raised", "released"):
        Review.objects.create(claim=again, step=step, by="x", at=AT)
    with pytest.raises(NoTrackRecord):
        asked(bank)

"""Asking for more is like a new claim: reviewed, counted, told. Being paid leads no further."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qinghe.claims.models import Claim, Review
from qinghe.claims.queries.review import review_steps
from qinghe.claims.queries.timeline import timeline
from qinghe.claims.services import (
    NotInReview,
    Paid,
    SecondReviewer,
    WrongClaimState,
    apply_payment,
    apply_payments,
    assign_claim,
    end_challenge,
    notice_sent,
    offer_assignment,
    restate,
    undo_payment,
    write_off_part,
)
from qinghe.claims.services.limits import AboveAllowance, OnlyYuan, RaisedTooMuch, past_of
from qinghe.claims.services.reviewing import check_sample
from qinghe.contact.services import notify
from qinghe.kernel.actor import Role
from qinghe.parties.models import AllowanceUse, Organisation
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.claims.world import JOB, NOW, REVIEWER, claim_of, clerk, creditor, proven
from tests.desk import release

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
SECOND = factories.actor(Role.REVIEWER)
YUAN = 100


def raised(claim: Claim, at: Any = NOW, **amounts: int) -> Claim:
    restate(
        claim_id=claim.pk,
        amounts=amounts,
        reason="A part was missing.",
        actor=clerk(claim.creditor),
        at=at,
    )
    claim.refresh_from_db()
    return claim


def ready(claim: Claim) -> Claim:
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    notice_sent(claim_id=claim.pk, actor=JOB, at=NOW)
    end_challenge(claim_id=claim.pk, actor=JOB, at=NOW + 8 * DAY)
    claim.refresh_from_db()
    return claim


def private_claim(principal: int = 1_000 * YUAN, **fields: Any) -> Claim:
    person = factories.organisation(OrgKind.PRIVATE_CREDITOR)
    return factories.claim(creditor=person, principal=principal, **fields)


def paid(claim: Claim, *, proven: bool, amount: int | None = None) -> None:
    due = claim.principal if amount is None else amount
    apply_payments(payments=[Paid(claim.pk, {"principal": due}, proven=proven)], actor=JOB, at=NOW)
    claim.refresh_from_db()


def test_a_ready_claim_that_is_raised_goes_back_to_the_desk_and_is_told_anew() -> None:
    claim = ready(proven(claim_of(creditor())))
    later = NOW + 9 * DAY
    raised(claim, later, principal=1_100_000)
    assert (claim.state, claim.review, claim.review_since) == ("submitted", "new", later)
    assert (claim.noticed_at, claim.challenge_ends_at) == (None, None)
    # What caps and the second reviewer go by has risen too: 10,000 + 120.50 + 1,000 yuan.
    assert claim.claimed == 1_112_050
    assert [each.step for each in review_steps(claim.pk)] == ["released", "raised"]
    with pytest.raises(WrongClaimState):
        end_challenge(claim_id=claim.pk, actor=JOB, at=later + 30 * DAY)
    release(claim_id=claim.pk, actor=REVIEWER, at=later)
    assert notify(at=later)["permitted"] == 1


def test_a_raise_leaves_the_history_as_it_was() -> None:
    claim = ready(proven(claim_of(creditor())))
    raised(claim, NOW + 9 * DAY, principal=1_100_000)
    first = timeline(claim.pk)[0]
    assert (first.kind, first.facts["amount"]) == ("submitted", 1_012_050)


def test_raised_over_the_threshold_it_needs_two_reviewers() -> None:
    claim = ready(proven(claim_of(creditor())))
    raised(claim, principal=200_000 * YUAN)
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW)
    claim.refresh_from_db()
    assert (claim.state, claim.review) == ("submitted", "second")
    # The second look is of this amount; raised again, both look again.
    raised(claim, principal=300_000 * YUAN)
    assert claim.review == "new"
    release(claim_id=claim.pk, actor=REVIEWER, at=NOW + DAY)
    with pytest.raises(SecondReviewer):
        release(claim_id=claim.pk, actor=REVIEWER, at=NOW + DAY)
    release(claim_id=claim.pk, actor=SECOND, at=NOW + DAY)
    claim.refresh_from_db()
    assert claim.state == "challenge"


@pytest.mark.parametrize("state", ["submitted", "challenge", "ready"])
def test_a_raise_counts_against_what_a_private_creditor_may_submit(state: str) -> None:
    claim = private_claim(state=state)
    raised(claim, principal=3_000 * YUAN)
    use = AllowanceUse.objects.get(organisation=claim.creditor)
    assert (use.claims, use.amount) == (0, 2_000 * YUAN)
    with pytest.raises(RaisedTooMuch) as refusal:
        raised(claim, principal=60_000 * YUAN)
    assert refusal.value.facts["amount"] == "57,000.00"
    claim.refresh_from_db()
    assert (claim.principal, claim.claimed) == (3_000 * YUAN, 3_000 * YUAN)


def test_moving_an_amount_between_parts_is_looked_at_and_counts_nothing() -> None:
    claim = private_claim(interest=500 * YUAN)
    raised(claim, principal=1_500 * YUAN, interest=0)
    assert (claim.state, claim.claimed) == ("submitted", 1_500 * YUAN)
    assert not AllowanceUse.objects.exists()


def test_down_moves_nothing_else() -> None:
    claim = ready(proven(claim_of(creditor())))
    raised(claim, principal=1)
    assert (claim.state, claim.noticed_at) == ("ready", NOW)
    assert not Review.objects.filter(step="raised").exists()


def test_a_sample_that_waits_is_looked_at_as_a_whole() -> None:
    claim = ready(proven(claim_of(creditor())))
    Claim.objects.filter(pk=claim.pk).update(review="sample")
    raised(claim, principal=1_100_000)
    assert claim.review == "new"
    with pytest.raises(NotInReview):
        check_sample(claim_id=claim.pk, right=True, words="", actor=REVIEWER, at=NOW)


@pytest.mark.parametrize(
    ("before", "after"),
    [("submitted", "submitted"), ("challenge", "challenge"), ("ready", "ready"),
     ("listed", "ready"), ("placed", "ready")],
)  # fmt: skip
def test_a_payment_undone_leads_back_and_never_past_the_desk(before: str, after: str) -> None:
    claim = factories.claim(state=before, principal=500)
    apply_payment(claim_id=claim.pk, amounts={"principal": 500}, actor=JOB, at=NOW)
    claim.refresh_from_db()
    assert claim.state == "closed"
    undo_payment(claim_id=claim.pk, amounts={"principal": 500}, actor=JOB, at=NOW)
    claim.refresh_from_db()
    assert (claim.state, claim.closed_at) == (after, None)


def test_only_money_that_the_platform_saw_settles_for_the_allowance() -> None:
    seen = private_claim()
    person = seen.creditor
    paid(seen, proven=True)
    told = factories.claim(creditor=person)
    paid(told, proven=False)
    waived = factories.claim(creditor=person)
    write_off_part(
        claim_id=waived.pk,
        amounts={"principal": waived.principal},
        ground="hardship",
        reason="Forgiven.",
        actor=clerk(person),
        at=NOW,
    )
    partly = factories.claim(creditor=person)
    paid(partly, proven=True, amount=1)
    paid(partly, proven=False)
    assert set(Claim.objects.values_list("state", flat=True)) == {"closed"}
    assert past_of(person.pk).settled == 1
    undo_payment(
        claim_id=seen.pk, amounts={"principal": 1}, proven=True, actor=JOB, at=NOW
    )  # fmt: skip
    assert past_of(person.pk).settled == 0


def taken_over(claim: Claim, heir: Organisation) -> Claim:
    (file,) = factories.papers(claim, "assignment")
    title = offer_assignment(
        claim_id=claim.pk, to_slug=heir.slug, evidence_id=file.pk,
        actor=clerk(claim.creditor), at=NOW,
    )  # fmt: skip
    return assign_claim(title_id=title.pk, actor=clerk(heir), at=NOW)


def test_a_claim_that_is_taken_over_counts_like_a_new_one() -> None:
    heir = factories.organisation(OrgKind.PRIVATE_CREDITOR)
    taken_over(factories.claim(principal=40_000 * YUAN, created_at=NOW - 900 * DAY), heir)
    use = AllowanceUse.objects.get(organisation=heir)
    assert (use.claims, use.amount) == (1, 40_000 * YUAN)
    # Nor does it make its new creditor an old acquaintance.
    assert past_of(heir.pk).began_at is None
    with pytest.raises(AboveAllowance):
        taken_over(factories.claim(principal=60_000 * YUAN), heir)
    with pytest.raises(OnlyYuan):
        taken_over(factories.claim(currency="USD"), heir)
    assert Claim.objects.filter(creditor=heir).count() == 1


def test_an_institution_takes_over_as_much_as_it_likes() -> None:
    taken_over(factories.claim(principal=60_000 * YUAN), factories.organisation())
    assert not AllowanceUse.objects.exists()

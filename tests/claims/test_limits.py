"""A private creditor submits within its limit, whatever the order, the hour and the race."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from qinghe.claims.models import Claim, Dispute, Review
from qinghe.claims.services import accept_batch, check_batch
from qinghe.claims.services.limits import (
    AboveAllowance,
    CoolingOff,
    OnlyYuan,
    OverAllowance,
    past_of,
    use_allowance,
)
from qinghe.kernel.errors import DomainError
from qinghe.parties.allowances import Past, allowed, settled_from, steps, window
from qinghe.parties.models import Allowance, AllowanceUse, Organisation, Representative
from qinghe.parties.services import seal
from qinghe.parties.terms import OrgKind
from tests import factories
from tests.claims.world import JOB, NOW, ROW, TODAY, clerk, file_of
from tests.factories import AT
from tests.parties.onboarded import number
from tests.races import race

DAY = timedelta(days=1)
SELF, OTHER = number(), number()
YUAN = 100
moments = st.integers(0, 365 * 24 * 60).map(lambda minutes: AT + timedelta(minutes=minutes))
pasts = st.builds(
    Past,
    began_at=st.none() | moments,
    settled=st.integers(0, 60),
    rejected=st.lists(moments, max_size=4).map(tuple),
    invented=st.lists(moments, max_size=2).map(tuple),
)


def person(**fields: object) -> Organisation:
    return factories.organisation(OrgKind.PRIVATE_CREDITOR, **fields)


def submit(creditor: Organisation, count: int, each: int = 1000 * YUAN, at: datetime = AT) -> None:
    use_allowance(creditor=creditor, amounts=[each] * count, currency="CNY", actor=JOB, at=at)


@given(pasts, moments, moments)
def test_a_worse_past_never_opens_more(past: Past, at: datetime, when: datetime) -> None:
    before = allowed(past, at)
    for worse in (
        Past(past.began_at, past.settled, (*past.rejected, when), past.invented),
        Past(past.began_at, past.settled, past.rejected, (*past.invented, when)),
        Past(past.began_at, max(past.settled - 1, 0), past.rejected, past.invented),
    ):
        after = allowed(worse, at)
        assert after.step.claims <= before.step.claims
        assert after.step.amount <= before.step.amount
        if before.paused_until is not None:
            assert after.paused_until is not None
            assert after.paused_until >= before.paused_until


def test_every_step_allows_more_than_the_one_before() -> None:
    for lower, higher in zip(steps(), steps()[1:], strict=False):
        assert (lower.claims, lower.amount) < (higher.claims, higher.amount)
        assert lower.settled < higher.settled


@pytest.mark.django_db
@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 60 * 24), st.integers(1, 3), st.integers(1, 30_000)), max_size=12
    )
)
def test_no_thirty_days_ever_hold_more_than_the_limit(asked: list[tuple[int, int, int]]) -> None:
    creditor = person()
    for hours, count, yuan in asked:
        try:
            submit(creditor, count, yuan * YUAN, AT + timedelta(hours=hours))
        except OverAllowance as refusal:
            opens = datetime.fromisoformat(str(refusal.facts["opens_at"]))
            # The promise is kept to the minute.
            submit_again(creditor, count, yuan * YUAN, opens + timedelta(minutes=1))
        except AboveAllowance:
            continue
    uses = list(AllowanceUse.objects.filter(organisation=creditor))
    for end in uses:
        inside = [use for use in uses if end.at - window() < use.at <= end.at]
        assert sum(use.claims for use in inside) <= steps()[0].claims
        assert sum(use.amount for use in inside) <= steps()[0].amount


def submit_again(creditor: Organisation, count: int, each: int, at: datetime) -> None:
    # Somebody may have used the room after that moment already; nothing else may refuse.
    if not AllowanceUse.objects.filter(organisation=creditor, at__gt=at).exists():
        submit(creditor, count, each, at)


@pytest.mark.django_db
def test_a_new_creditor_submits_three_and_is_told_when_there_is_room() -> None:
    creditor = person()
    submit(creditor, 2)
    with pytest.raises(OverAllowance) as refusal:
        submit(creditor, 2, at=AT + DAY)
    assert refusal.value.facts["claims_used"] == 2
    assert refusal.value.facts["opens_at"] == (AT + window()).isoformat(timespec="minutes")
    submit(creditor, 2, at=AT + window())


def taken_back(creditor: Organisation, count: int, *, asked: bool = True) -> None:
    """Let a creditor withdraw claims, after a reviewer had asked about them or before."""
    for _n in range(count):
        claim = factories.claim(
            creditor=creditor, state="withdrawn", created_at=AT - DAY, closed_at=AT
        )
        if asked:
            Review.objects.create(claim=claim, step="returned", by="reviewer:1", at=AT - DAY)


@pytest.mark.django_db
def test_taking_claims_back_when_asked_again_and_again_weighs_like_a_rejection() -> None:
    once, often, early = person(), person(), person()
    taken_back(once, 2)
    taken_back(often, 3)
    taken_back(early, 6, asked=False)
    assert past_of(once.pk).rejected == past_of(early.pk).rejected == ()
    assert past_of(often.pk).rejected == (AT,)
    submit(once, 1, at=AT + DAY)
    with pytest.raises(CoolingOff):
        submit(often, 1, at=AT + DAY)


@pytest.mark.django_db
def test_a_bad_past_stays_with_the_person_under_a_new_name() -> None:
    first, second, stranger = person(), person(), person()
    for creditor, value in ((first, SELF), (second, SELF), (stranger, OTHER)):
        name = seal(kind="name", value="陈示例", person_id=None, at=AT)
        item = seal(kind="party_number", value=value, person_id=None, at=AT)
        # The first one was removed before the second applied: it counts all the same.
        Representative.objects.create(
            organisation=creditor, acts_as="self", name=name, number=item, added_at=AT,
            removed_at=AT if creditor == first else None,
        )  # fmt: skip
    factories.claim(
        creditor=first, state="rejected", ended_because="invented: x", created_at=AT, closed_at=AT
    )
    assert past_of(second.pk).invented == (AT,)
    assert past_of(stranger.pk).invented == ()
    # What went well does not travel.
    assert past_of(second.pk).began_at is None


@pytest.mark.django_db
def test_more_than_ever_fits_says_so_and_other_currencies_are_refused() -> None:
    with pytest.raises(AboveAllowance):
        submit(person(), 4)
    with pytest.raises(AboveAllowance):
        submit(person(), 1, 50_001 * YUAN)
    with pytest.raises(OnlyYuan):
        use_allowance(creditor=person(), amounts=[1], currency="USD", actor=JOB, at=AT)


@pytest.mark.django_db
def test_settled_claims_open_more_and_contested_ones_do_not() -> None:
    creditor = person()
    old = AT - 40 * DAY
    for _ in range(3):
        claim = factories.claim(creditor=creditor, created_at=old, principal=1)
        settled(claim)
    submit(creditor, 10)
    other = person()
    for _ in range(3):
        claim = factories.claim(creditor=other, created_at=old, principal=1)
        settled(claim)
    contest(claim)
    with pytest.raises(AboveAllowance):
        submit(other, 10)


def settled(claim: Claim) -> None:
    Claim.objects.filter(pk=claim.pk).update(
        state="closed",
        principal=0,
        claimed=settled_from(),
        proven=settled_from(),
        closed_from="placed",
        closed_at=AT,
    )


@pytest.mark.django_db
def test_only_what_was_looked_at_of_some_weight_and_of_different_debtors_counts() -> None:
    creditor = person()
    one, friends, early, small = (factories.claim(creditor=creditor) for _ in range(4))
    for each in (one, friends, early, small):
        settled(each)
    Claim.objects.filter(pk=friends.pk).update(debtor=one.debtor)
    Claim.objects.filter(pk=early.pk).update(closed_from="submitted")
    Claim.objects.filter(pk=small.pk).update(claimed=1, proven=1)
    assert past_of(creditor.pk).settled == 1


def contest(claim: Claim) -> None:
    Dispute.objects.create(
        claim=claim, person=claim.debtor, reason="paid", opened_at=AT, answer_due_at=AT + DAY
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("reason", "days"), [("no_proof", 3), ("invented: x", 30)])
def test_a_rejected_claim_pauses_its_creditor(reason: str, days: int) -> None:
    creditor = person()
    claim = factories.claim(creditor=creditor, created_at=AT - DAY)
    Claim.objects.filter(pk=claim.pk).update(state="rejected", closed_at=AT, ended_because=reason)
    with pytest.raises(CoolingOff):
        submit(creditor, 1, at=AT + days * DAY - timedelta(seconds=1))
    submit(creditor, 1, at=AT + days * DAY)


@pytest.mark.django_db
def test_an_institution_has_no_such_limit() -> None:
    submit(factories.organisation(), 500)
    assert not Allowance.objects.exists()


@pytest.mark.django_db
def test_a_refused_file_makes_no_claim_and_uses_nothing() -> None:
    creditor = person()
    rows = [{**ROW, "contract_number": f"P-{n}"} for n in range(4)]
    batch = check_batch(
        creditor_id=creditor.pk,
        filename="claims.csv",
        content=file_of(*rows),
        mapping="qinghe",
        as_of=TODAY,
        actor=clerk(creditor),
        at=NOW,
    )
    with pytest.raises(AboveAllowance):
        accept_batch(batch_id=batch.pk, partial=False, actor=clerk(creditor), at=NOW)
    assert not Claim.objects.exists()
    assert not AllowanceUse.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sixty_four_submissions_at_once_against_a_limit_of_three() -> None:
    creditor = person()

    def one(_: int) -> bool:
        try:
            with transaction.atomic():
                submit(creditor, 1)
        except DomainError:
            return False
        return True

    assert sum(race(range(64), one)) == 3
    assert Allowance.objects.get().claims_used == 3

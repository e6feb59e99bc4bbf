"""Money from before an offer or a promise fulfils neither, whenever it is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from qinghe.casework.models import Promise
from qinghe.casework.queries.early import early_offer_to, still_asked
from qinghe.casework.services import judge_promises, make_promise
from qinghe.claims.days import day_of
from qinghe.kernel.actor import Actor, Role
from qinghe.settlement.models import Payment
from qinghe.settlement.services import post_payment
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.settlement.test_early import DAY, JOB, LAST, offer

pytestmark = pytest.mark.django_db
TODAY = day_of(AT)


@pytest.fixture
def case() -> Case:
    return make_case()


@pytest.fixture
def creditor(case: Case) -> Actor:
    return factories.actor(Role.CREDITOR, case.claim.creditor)


def came(case: Case, amount: int, days: int, after: int = 1) -> Payment:
    """Book money so many days from the offer, told so many days after it."""
    return post_payment(
        claim_id=case.claim.pk,
        amount=amount,
        currency="CNY",
        paid_on=TODAY + days * DAY,
        source="creditor",
        reference=f"{days}:{amount}",
        # What comes once an offer is kept is too much, and named.
        excess=amount,
        actor=JOB,
        at=AT + after * DAY,
    )


def test_money_from_before_the_offer_does_not_fulfil_it(case: Case, creditor: Actor) -> None:
    made = offer(case, creditor, 20_000)
    came(case, 20_000, -5)
    made.refresh_from_db()
    case.claim.refresh_from_db()
    assert (made.state, made.waived, case.claim.owed) == ("offered", 0, case.claim.claimed - 20_000)
    shown = early_offer_to(claim_id=case.claim.pk, actor=factories.debtor_of(case.claim), day=TODAY)
    assert shown is not None
    assert (shown.came, shown.asks) == (0, 20_000)
    assert still_asked([case.claim.pk], TODAY)[case.claim.pk].amount == 20_000
    came(case, 20_000, 1, after=2)
    made.refresh_from_db()
    assert made.state == "kept"
    case.claim.refresh_from_db()
    assert case.claim.owed == 0


@pytest.mark.parametrize("order", list(permutations([(20_000, -5), (8_000, 0), (12_000, 1)])))
def test_the_order_of_telling_changes_nothing(
    case: Case, creditor: Actor, order: tuple[tuple[int, int], ...]
) -> None:
    made = offer(case, creditor, 20_000)
    for place, (amount, days) in enumerate(order):
        came(case, amount, days, after=2 + place)
        made.refresh_from_db()
        told = sum(each for each, day in order[: place + 1] if day >= 0)
        assert (made.state == "kept") is (told >= 20_000)


@pytest.mark.parametrize(("days", "state"), [(-3, "broken"), (1, "kept")])
def test_a_promise_is_kept_by_money_from_its_day_on(case: Case, days: int, state: str) -> None:
    made = make_promise(
        claim_id=case.claim.pk, amount=5_000, due_on=LAST, actor=case.collector, at=AT
    )
    came(case, 5_000, days)
    judge_promises(day=LAST + timedelta(days=30), at=AT + 60 * DAY)
    assert Promise.objects.get(pk=made.pk).state == state

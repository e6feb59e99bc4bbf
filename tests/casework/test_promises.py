from __future__ import annotations

from datetime import date, timedelta

import pytest

from qinghe.casework.models import Promise
from qinghe.casework.queries import promises
from qinghe.casework.refusals import BadAmount, BadDay, ClaimOver, NoSuchPromise, PromiseOpen
from qinghe.casework.services import (
    apply_paid,
    cancel_promise,
    judge_promises,
    make_promise,
)
from qinghe.claims.models import Claim
from qinghe.claims.queries import NoSuchClaim
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Actor, Role, system
from qinghe.market.refusals import MandateSuspended, NoMandate
from tests import factories
from tests.contact.conftest import Case
from tests.factories import AT

DUE = date(2026, 12, 1)
DAY = timedelta(days=1)


def promise(case: Case, amount: int = 50_000, due_on: date = DUE, **fields: object) -> Promise:
    actor = fields.get("actor", case.collector)
    assert isinstance(actor, Actor)
    return make_promise(claim_id=case.claim.pk, amount=amount, due_on=due_on, actor=actor, at=AT)


def pay(case: Case, amount: int) -> None:
    claim = Claim.objects.get(pk=case.claim.pk)
    Claim.objects.filter(pk=claim.pk).update(
        principal=claim.principal - amount, paid=claim.paid + amount
    )
    apply_paid(claim_id=claim.pk, actor=system("test"), at=AT + DAY)


def test_a_payment_in_time_keeps_the_promise(case: Case) -> None:
    made = promise(case)
    pay(case, 20_000)
    made.refresh_from_db()
    assert made.state == "open"
    pay(case, 30_000)
    made.refresh_from_db()
    assert made.state == "kept"
    assert Entry.objects.filter(kind="casework.promise-kept").count() == 1


def test_all_that_will_be_owed_on_the_day_can_be_promised(case: Case) -> None:
    Claim.objects.filter(pk=case.claim.pk).update(
        principal=100_000, interest=0, costs=0, overdue_rate_pct=12, interest_to=date(2026, 11, 1)
    )
    # Thirty days of 12 % on 1,000.00 are 9.86.
    with pytest.raises(BadAmount):
        promise(case, 100_987)
    assert promise(case, 100_986).amount == 100_986


def test_a_promise_breaks_after_the_days_of_grace_and_not_before(case: Case) -> None:
    made = promise(case)
    assert judge_promises(day=DUE + 3 * DAY, at=AT)["broken"] == 0
    assert judge_promises(day=DUE + 4 * DAY, at=AT) == {"kept": 0, "broken": 1}
    assert judge_promises(day=DUE + 4 * DAY, at=AT)["broken"] == 0
    made.refresh_from_db()
    assert made.state == "broken"


@pytest.mark.parametrize("amount", [0, -1, 100_001])
def test_a_promise_is_of_something_and_not_of_more_than_is_owed(case: Case, amount: int) -> None:
    with pytest.raises(BadAmount):
        promise(case, amount)


@pytest.mark.parametrize("due_on", [date(2026, 11, 22), date(2027, 6, 1)])
def test_a_promise_is_for_a_day_soon(case: Case, due_on: date) -> None:
    with pytest.raises(BadDay):
        promise(case, due_on=due_on)


def test_one_promise_at_a_time(case: Case, debtor: Actor) -> None:
    made = promise(case)
    with pytest.raises(PromiseOpen):
        promise(case, actor=debtor)
    cancel_promise(promise_id=made.pk, actor=debtor, at=AT)
    assert promise(case, actor=debtor).mandate == case.mandate
    with pytest.raises(NoSuchPromise):
        cancel_promise(promise_id=made.pk, actor=debtor, at=AT)


def test_strangers_promise_nothing(case: Case) -> None:
    with pytest.raises(NoMandate):
        promise(case, actor=factories.actor(Role.COLLECTOR, factories.collector()))
    with pytest.raises(NoSuchClaim):
        promise(case, actor=factories.debtor_of(factories.claim()))
    case.mandate.state = "suspended"
    case.mandate.save()
    with pytest.raises(MandateSuspended):
        promise(case)


def test_nothing_is_promised_on_a_closed_claim(case: Case, debtor: Actor) -> None:
    Claim.objects.filter(pk=case.claim.pk).update(state="withdrawn")
    with pytest.raises(ClaimOver):
        promise(case, actor=debtor)


def test_promises_are_seen_by_their_parties(case: Case, creditor: Actor, debtor: Actor) -> None:
    promise(case)
    for actor in (case.collector, creditor, debtor, factories.actor(Role.COMPLIANCE)):
        (row,) = promises(actor=actor)
        assert row.amount == 50_000
    assert promises(actor=factories.actor(Role.COLLECTOR, factories.collector())) == []
    assert promises(actor=factories.actor(Role.REGULATOR)) == []
    assert promises(actor=creditor, due=(DUE + DAY, DUE + 2 * DAY)) == []

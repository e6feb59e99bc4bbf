"""Early settlement: within an authority, in time, and undone with the money it came by."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from qinghe.casework.models import Authority, EarlyOffer
from qinghe.casework.refusals import (
    BadAuthority,
    BadDay,
    ConsentBySamePerson,
    EarlyOfferOpen,
    EarlyOfferOver,
    NoSuchEarlyOffer,
    NotAnOffer,
)
from qinghe.casework.services import (
    Grant,
    answer_early_offer,
    decide_early_offer,
    lapse_early_offers,
    make_early_offer,
    set_authority,
)
from qinghe.casework.services.early import _within
from qinghe.casework.terms import OfferRole
from qinghe.claims.days import day_of
from qinghe.claims.models import Claim, Line
from qinghe.kernel.actor import Actor, Role, system
from qinghe.ledger.queries import balance, balance_under, balances
from qinghe.market.refusals import NoMandate
from qinghe.parties.roles import NotPermitted
from qinghe.settlement import accounts
from qinghe.settlement.models import Payment
from qinghe.settlement.refusals import AboveOffer
from qinghe.settlement.services import create_cashier_order, post_payment, reverse_payment
from tests import factories
from tests.contact.conftest import Case, make_case
from tests.factories import AT
from tests.races import race

DAY = timedelta(days=1)
LAST = day_of(AT) + 10 * DAY
JOB = system("tests")


@pytest.fixture
def case(db: None) -> Case:
    return make_case()


@pytest.fixture
def creditor(case: Case) -> Actor:
    return factories.actor(Role.CREDITOR, case.claim.creditor)


@pytest.fixture
def debtor(case: Case) -> Actor:
    return factories.debtor_of(case.claim)


def allow(creditor: Actor, percent: str = "30", days: int = 30, **fields: object) -> None:
    rows = [Grant("collector", Decimal(percent), days, **fields)]  # type: ignore[arg-type]
    assert creditor.org_id
    set_authority(creditor_id=creditor.org_id, rows=rows, actor=creditor, at=AT)


def offer(case: Case, by: Actor, amount: int = 70_000) -> EarlyOffer:
    return make_early_offer(
        claim_id=case.claim.pk, amount=amount, last_day=LAST, waives=10**12, actor=by, at=AT
    )


def pay(
    case: Case, amount: int, reference: str = "r", at: object = AT + DAY, source: str = "creditor"
) -> object:
    return post_payment(
        claim_id=case.claim.pk,
        amount=amount,
        currency="CNY",
        paid_on=day_of(AT),
        source=source,
        reference=reference,
        excess=amount,
        actor=JOB,
        at=at,  # type: ignore[arg-type]
    )


def in_cash() -> int:
    return balance_under(prefix=accounts.CASH, currency="CNY")


def held(case: Case) -> int:
    return -balance(path=accounts.refund(case.claim.debtor_id), currency="CNY")


def owed(case: Case) -> int:
    return Claim.objects.get(pk=case.claim.pk).owed


def in_ledger(case: Case) -> int:
    parts = ("principal", "interest", "costs")
    paths = [f"claim:{case.claim.pk}:{part}" for part in parts]
    return sum(balances(paths=paths, currency="CNY").values())


def test_within_the_authority_an_offer_is_open_at_once(case: Case, creditor: Actor) -> None:
    allow(creditor)
    assert offer(case, case.collector).state == "offered"


def test_a_cent_beyond_the_authority_waits_for_the_creditor(
    case: Case, creditor: Actor, debtor: Actor
) -> None:
    allow(creditor)
    made = offer(case, case.collector, 69_999)
    assert made.state == "asked"
    with pytest.raises(EarlyOfferOver):
        answer_early_offer(offer_id=made.pk, accepted=True, actor=debtor, at=AT)
    decide_early_offer(offer_id=made.pk, agreed=True, actor=creditor, at=AT)
    assert answer_early_offer(offer_id=made.pk, accepted=True, actor=debtor, at=AT).accepted_at


def test_without_a_matrix_a_collector_asks_and_the_creditor_is_free(
    case: Case, creditor: Actor
) -> None:
    made = offer(case, case.collector)
    assert made.state == "asked"
    decide_early_offer(offer_id=made.pk, agreed=False, actor=creditor, at=AT)
    assert offer(case, creditor).state == "offered"


def test_the_first_row_that_fits_counts(case: Case, creditor: Actor) -> None:
    assert creditor.org_id
    rows = [
        Grant("collector", Decimal(5), 30, stage="M5"),
        Grant("collector", Decimal(10), 30, owed_to=99_999),
        Grant("collector", Decimal(30), 30),
        Grant("collector", Decimal(90), 30),
    ]
    set_authority(creditor_id=creditor.org_id, rows=rows, actor=creditor, at=AT)
    assert offer(case, case.collector, 69_999).state == "asked"


def test_nobody_consents_to_its_own_offer(case: Case, creditor: Actor) -> None:
    assert creditor.org_id
    rows = [Grant("creditor", Decimal(1), 30)]
    set_authority(creditor_id=creditor.org_id, rows=rows, actor=creditor, at=AT)
    made = offer(case, creditor)
    assert made.state == "asked"
    with pytest.raises(ConsentBySamePerson):
        decide_early_offer(offer_id=made.pk, agreed=True, actor=creditor, at=AT)


def test_paid_in_time_the_rest_is_waived_and_the_claim_is_settled(
    case: Case, creditor: Actor, debtor: Actor
) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    answer_early_offer(offer_id=made.pk, accepted=True, actor=debtor, at=AT)
    pay(case, 40_000, "first part")
    assert owed(case) == in_ledger(case) == 60_000
    pay(case, 30_000, "second part")
    made.refresh_from_db()
    assert (made.state, made.waived) == ("kept", 30_000)
    claim = Claim.objects.get(pk=case.claim.pk)
    assert (claim.state, owed(case), in_ledger(case)) == ("closed", 0, 0)
    told = Line.objects.get(claim=claim, kind="waived").facts
    assert (told["authority"], told["until"]) == (str(made.authority_id), LAST.isoformat())


def test_paying_is_accepting(case: Case, creditor: Actor) -> None:
    allow(creditor)
    offer(case, case.collector)
    pay(case, 70_000)
    assert Claim.objects.get(pk=case.claim.pk).state == "closed"


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("amount", [70_001, 99_999, 100_000, 150_000])
def test_what_comes_above_the_offer_is_kept_to_go_back(
    case: Case, creditor: Actor, debtor: Actor, amount: int, accepted: bool
) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    if accepted:
        answer_early_offer(offer_id=made.pk, accepted=True, actor=debtor, at=AT)
    pay(case, 20_000, "first part")
    pay(case, amount - 20_000, "second part")
    made.refresh_from_db()
    assert (made.state, made.waived) == ("kept", 30_000)
    assert Payment.objects.get(reference="second part").excess == amount - 70_000
    claim = Claim.objects.get(pk=case.claim.pk)
    assert (claim.state, claim.paid, owed(case), in_ledger(case)) == ("closed", 70_000, 0, 0)


def test_money_of_a_day_before_the_offer_is_not_held_back(case: Case, creditor: Actor) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    post_payment(
        claim_id=case.claim.pk,
        amount=100_000,
        currency="CNY",
        paid_on=day_of(AT) - DAY,
        source="creditor",
        reference="told late",
        actor=JOB,
        at=AT + DAY,
    )
    made.refresh_from_db()
    assert (made.state, Payment.objects.get().excess) == ("withdrawn", 0)


def test_an_offer_whose_day_and_grace_have_passed_holds_nothing_back(
    case: Case, creditor: Actor
) -> None:
    allow(creditor)
    offer(case, case.collector)
    pay(case, 100_000, at=AT + 14 * DAY)
    assert Payment.objects.get().excess == 0
    assert owed(case) == 0


def test_the_cashier_takes_no_more_than_the_offer_asks(
    case: Case, creditor: Actor, debtor: Actor
) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    pay(case, 20_000)
    told = {"claim_id": case.claim.pk, "actor": debtor, "at": AT}
    with pytest.raises(AboveOffer):
        create_cashier_order(amount=50_001, **told)
    assert create_cashier_order(amount=50_000, **told).pk
    answer_early_offer(offer_id=made.pk, accepted=False, actor=debtor, at=AT)
    assert create_cashier_order(amount=80_000, **told).pk


@pytest.mark.django_db(transaction=True)
@settings(max_examples=12, deadline=None)
@given(
    parts=st.lists(st.integers(1, 120_000), min_size=1, max_size=4),
    agreed=st.integers(1, 99_999),
    source=st.sampled_from(["creditor", "cashier", "debit"]),
)
def test_nobody_pays_more_than_was_agreed_however_the_money_comes(
    parts: list[int], agreed: int, source: str
) -> None:
    case = make_case()
    boss = factories.actor(Role.CREDITOR, case.claim.creditor)
    made = offer(case, boss, agreed)
    before = in_cash()
    for number, part in enumerate(parts):
        pay(case, part, f"part {number}", source=source)
    made.refresh_from_db()
    claim = Claim.objects.get(pk=case.claim.pk)
    assert claim.paid == min(sum(parts), agreed)
    assert (made.state == "kept") == (sum(parts) >= agreed)
    assert owed(case) == in_ledger(case) == (0 if sum(parts) >= agreed else 100_000 - sum(parts))
    excess = sum(row.excess for row in Payment.objects.filter(claim=claim))
    assert excess == max(sum(parts) - agreed, 0)
    # What came here stands in the books to the cent, and the surplus is the debtor's.
    here = source != "creditor"
    assert held(case) == (excess if here else 0)
    assert in_cash() - before == (sum(parts) if here else 0)


def test_a_cent_too_little_waives_nothing(case: Case, creditor: Actor) -> None:
    allow(creditor)
    offer(case, case.collector)
    pay(case, 69_999)
    assert owed(case) == in_ledger(case) == 30_001


def test_an_offer_that_runs_out_changes_nothing(case: Case, creditor: Actor) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    assert lapse_early_offers(day=LAST + 3 * DAY, at=AT) == 0
    pay(case, 10_000)
    assert lapse_early_offers(day=LAST + 4 * DAY, at=AT + 14 * DAY) == 1
    made.refresh_from_db()
    assert (made.state, owed(case)) == ("lapsed", 90_000)
    pay(case, 60_000, "late", at=AT + 15 * DAY)
    assert owed(case) == in_ledger(case) == 30_000


def test_a_payment_taken_back_takes_the_waiver_with_it(case: Case, creditor: Actor) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    payment = pay(case, 70_000)
    reverse_payment(
        payment_id=payment.pk,  # type: ignore[attr-defined]
        reason="charged back",
        actor=JOB,
        at=AT + 2 * DAY,
    )
    made.refresh_from_db()
    assert made.state == "lapsed"
    assert owed(case) == in_ledger(case) == 100_000


def test_declining_changes_nothing_else(case: Case, creditor: Actor, debtor: Actor) -> None:
    allow(creditor)
    made = offer(case, case.collector)
    answer_early_offer(offer_id=made.pk, accepted=False, actor=debtor, at=AT)
    assert owed(case) == 100_000
    assert offer(case, case.collector).state == "offered"


def test_what_an_offer_may_not_be(case: Case, creditor: Actor, debtor: Actor) -> None:
    allow(creditor, days=5)
    for amount in (0, 100_000, 100_001):
        with pytest.raises(NotAnOffer):
            offer(case, creditor, amount)
    with pytest.raises(BadDay):
        offer(case, case.collector)
    with pytest.raises(NotPermitted):
        offer(case, debtor)
    with pytest.raises(NoMandate):
        offer(case, factories.actor(Role.COLLECTOR, factories.collector()))
    made = offer(case, creditor)
    with pytest.raises(EarlyOfferOpen):
        offer(case, creditor)
    stranger = factories.debtor_of(factories.claim())
    with pytest.raises(NoSuchEarlyOffer):
        answer_early_offer(offer_id=made.pk, accepted=True, actor=stranger, at=AT)
    with pytest.raises(BadAuthority):
        allow(creditor, days=91)


def test_the_database_itself_refuses_an_offer_without_authority(
    case: Case, creditor: Actor
) -> None:
    made = offer(case, case.collector)
    with pytest.raises(IntegrityError), transaction.atomic():
        EarlyOffer.objects.filter(pk=made.pk).update(state="offered")
    with pytest.raises(IntegrityError), transaction.atomic():
        EarlyOffer.objects.filter(pk=made.pk).update(amount=100_000)


@given(st.integers(2, 10**12), st.data())
def test_no_offer_within_an_authority_gives_more_than_it(
    owed_now: int, data: st.DataObject
) -> None:
    percent = data.draw(st.decimals(0, 100, places=2))
    amount = data.draw(st.integers(1, owed_now))
    row = Authority(role=OfferRole.COLLECTOR, discount_pct=percent)
    less = owed_now - amount
    assert _within(row, amount, owed_now) == (Decimal(less) <= owed_now * percent / 100)


@pytest.mark.django_db(transaction=True)
def test_of_two_offers_at_once_one_is_made() -> None:
    case = make_case()
    boss = factories.actor(Role.CREDITOR, case.claim.creditor)

    def made(_: int) -> bool:
        try:
            return bool(offer(case, boss))
        except EarlyOfferOpen:
            return False

    assert sum(race(range(2), made)) == 1

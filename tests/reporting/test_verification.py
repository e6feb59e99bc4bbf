from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from qinghe.claims.models import Claim, Duplicate, Hold, Title
from qinghe.contact.models import Attempt
from qinghe.journal.services import seal
from qinghe.kernel.actor import Role
from qinghe.market.models import Capacity, Mandate
from qinghe.quality.models import Complaint
from qinghe.quality.services import open_complaint
from qinghe.reporting.verification import verify
from qinghe.settlement import services
from qinghe.settlement.models import CashierOrder, Payment, PayoutRun, Split
from tests.factories import AT, actor, claim, collector, debtor_of, mandate
from tests.settlement.test_payments import pay

pytestmark = pytest.mark.django_db
World = dict[str, Any]


@pytest.fixture
def world() -> World:
    target, agency = claim(principal=200_000), collector()
    mandate(target, agency)
    order = services.create_cashier_order(
        claim_id=target.pk, amount=500, actor=debtor_of(target), at=AT
    )
    pay(target, 10_000)
    pay(target, 10_000, "r2", source="cashier")
    services.prepare_payouts(actor=actor(Role.OPERATOR), at=AT)
    other = claim()
    complaint = open_complaint(
        kind="rude",
        statement="",
        claim_id=other.pk,
        person_id=None,
        actor=debtor_of(other),
        at=AT,
    )
    seal(at=AT)
    return {"claim": target, "order": order, "complaint": complaint, "agency": agency}


def attempt(target: Claim, **fields: Any) -> Attempt:
    given = {
        "creditor_group": "g",
        "channel": "voice",
        "mode": "human",
        "purpose": "collect",
        "template": "",
        "at": AT,
        "state": "done",
        "pack": "cn",
        "outcome": "no_answer",
        "outcome_at": AT,
        **fields,
    }
    return Attempt.objects.create(person=target.debtor, claim=target, **given)


def broken(days: int = 0) -> set[str]:
    return {check.name for check in verify(at=AT + timedelta(days=days)) if not check.ok}


def sql(text: str, *facts: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, facts)


def test_a_sound_market_keeps_every_promise(world: World) -> None:
    result = verify(at=AT)
    assert result.ok, [check for check in result if not check.ok]
    assert len({check.name for check in result}) == len(result.checks) >= 15


def test_the_number_of_statements_does_not_grow(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for _each in range(20):
        claim()
    with django_assert_max_num_queries(51):
        verify(at=AT)


def _mirror(world: World) -> None:
    Claim.objects.filter(pk=world["claim"].pk).update(principal=1)


def _paid(world: World) -> None:
    Claim.objects.filter(pk=world["claim"].pk).update(paid=1)


def _split(world: World) -> None:
    Split.objects.filter(payment__reference="r1").delete()


def _order(world: World) -> None:
    CashierOrder.objects.update(state="paid")


def _unnamed(world: World) -> None:
    attempt(world["claim"], state="lost")


def _refused(world: World) -> None:
    attempt(world["claim"], state="refused", rules=["CN-T-01"], outcome=None, outcome_at=None)
    sql("ALTER TABLE contact_attempt DROP CONSTRAINT contact_refused_never_sent")
    Attempt.objects.update(sent_at=AT)


def _held(world: World) -> None:
    Hold.objects.create(
        person=world["claim"].debtor, kind="dispute", cause="dispute:x", placed_at=AT
    )
    attempt(world["claim"], sent_at=AT + timedelta(seconds=1))


def _two(world: World) -> None:
    sql("DROP INDEX market_one_live_mandate")
    Capacity.objects.update(live=2)
    Mandate.objects.create(
        **{
            **Mandate.objects.filter(claim=world["claim"]).values().get(),
            "id": world["order"].pk,
        }
    )


def _unplaced(world: World) -> None:
    Mandate.objects.update(state="ended", closed_at=AT)
    Capacity.objects.update(live=0)


def _capacity(world: World) -> None:
    Capacity.objects.update(live=5)


def _identity(world: World) -> None:
    sql("ALTER TABLE market_listing ADD COLUMN debtor_name text")


def _complaint(world: World) -> None:
    Hold.objects.update(lifted_at=AT)


def _title(world: World) -> None:
    Title.objects.create(
        claim=world["claim"],
        step=1,
        from_name="a",
        to_name="b",
        to_org=world["agency"],
        on=AT.date(),
        recorded_at=AT,
    )


def _owed(world: World) -> None:
    Claim.objects.filter(pk=world["claim"].pk).update(creditor=world["agency"])


def _doubled(world: World) -> None:
    Duplicate.objects.create(first=world["claim"], second=claim(), ground="number", found_at=AT)


def _payout(world: World) -> None:
    sql("DROP TRIGGER payout_guarded ON settlement_payout")
    sql("ALTER TABLE settlement_payout DROP CONSTRAINT settlement_payout_four_eyes")
    sql("UPDATE settlement_payout SET state = 'paid', approved_by = prepared_by")


def _paid_on_paper(world: World) -> None:
    sql("DROP TRIGGER payout_guarded ON settlement_payout")
    sql("UPDATE settlement_payout SET state = 'paid', approved_by = 'operator:2'")


def _run_alone(world: World) -> None:
    _run(world, "approved_by = opened_by, count = 0, total = 1, most = 1")


def _run_of_more(world: World) -> None:
    _run(world, "approved_by = 'operator:2', count = 1, total = 1, most = 1")


def _run(world: World, told: str) -> None:
    facts = {"number": "PR-1", "currency": "CNY", "opened_by": "operator:1", "opened_at": AT}
    PayoutRun.objects.create(day=AT.date(), **facts)
    for name in ("settlement_run_four_eyes", "settlement_run_within_limit"):
        sql(f"ALTER TABLE settlement_payoutrun DROP CONSTRAINT {name}")
    sql(f"UPDATE settlement_payoutrun SET state = 'approved', {told}")


def _seventh_dial(world: World) -> None:
    for _dial in range(7):
        attempt(world["claim"])


def _fourth_talk(world: World) -> None:
    for _talk in range(4):
        attempt(world["claim"], outcome="talk")


def _journal(world: World) -> None:
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE journal_entry DISABLE TRIGGER append_only")
    sql("UPDATE journal_entry SET kind = 'other'")


def _books(world: World) -> None:
    sql("ALTER TABLE ledger_account DISABLE TRIGGER guard")
    sql("UPDATE ledger_account SET balance = balance + 1 WHERE path = 'platform:cash:bank'")


def _day(world: World) -> None:
    sql("ALTER TABLE ledger_dayend DISABLE TRIGGER guard")
    sql(
        "INSERT INTO ledger_dayend (account_id, day, balance)"
        " SELECT id, moved_on - 1, 5 FROM ledger_account WHERE path = 'platform:cash:bank'"
    )


def _no_day(world: World) -> None:
    sql("ALTER TABLE ledger_account DISABLE TRIGGER guard")
    sql("UPDATE ledger_account SET moved_on = moved_on + 1 WHERE path = 'platform:cash:bank'")


def _exchanged(world: World) -> None:
    sql("ALTER TABLE ledger_transfer DISABLE TRIGGER append_only")
    sql("UPDATE ledger_transfer SET currency = 'USD'")


def _nobodys(world: World) -> None:
    sql("ALTER TABLE ledger_transfer DISABLE TRIGGER append_only")
    sql("UPDATE ledger_transfer SET debit_id = gen_random_uuid()")


def _no_mirror(world: World) -> None:
    sql("ALTER TABLE ledger_transfer DISABLE TRIGGER append_only")
    sql(
        "UPDATE ledger_transfer SET reverses_id = (SELECT min(id::text)::uuid FROM ledger_transfer)"
        " WHERE id = (SELECT max(id::text)::uuid FROM ledger_transfer)"
    )


def _aside(world: World) -> None:
    sql("ALTER TABLE ledger_account DISABLE TRIGGER guard")
    sql("UPDATE ledger_account SET pending_debit = 1 WHERE path = 'platform:cash:bank'")


def _never_booked(world: World) -> None:
    sql("ALTER TABLE ledger_pending DISABLE TRIGGER begun")
    sql("ALTER TABLE ledger_pending DISABLE TRIGGER set_aside")
    sql(
        "INSERT INTO ledger_pending (id, debit_id, credit_id, amount, currency, kind, subject, at,"
        " expires_at, state, posted, settled_at) SELECT gen_random_uuid(), debit_id, credit_id, 5,"
        " currency, kind, subject, at, at + interval '1 day', 'posted', 5, at"
        " FROM ledger_transfer LIMIT 1"
    )


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("claims-mirror-ledger", _mirror),
        ("claims-show-their-payments", _paid),
        ("payments-divided-to-the-cent", _split),
        ("paid-orders-are-booked", _order),
        ("attempts-in-named-states", _unnamed),
        ("refusals-never-sent", _refused),
        ("no-contact-under-a-hold", _held),
        ("one-live-mandate-per-claim", _two),
        ("placed-claims-have-a-mandate", _unplaced),
        ("capacity-counts", _capacity),
        ("listings-without-identity", _identity),
        ("open-complaints-hold", _complaint),
        ("claims-belong-to-their-last-title", _title),
        ("creditors-are-owed-what-their-claims-show", _owed),
        ("doubled-claims-stand-still", _doubled),
        ("payouts-by-two-persons", _payout),
        ("payouts-by-two-persons", _run_alone),
        ("payouts-stand-in-the-books", _paid_on_paper),
        ("runs-are-what-was-approved", _run_of_more),
        ("calls-within-the-persons-day", _seventh_dial),
        ("calls-within-the-persons-day", _fourth_talk),
        ("journal-intact", _journal),
        ("books-balance", _books),
        ("days-end-as-their-transfers-say", _day),
        ("days-end-as-their-transfers-say", _no_day),
        ("transfers-stay-in-one-currency", _exchanged),
        ("transfers-stay-in-one-currency", _nobodys),
        ("reversals-mirror-their-originals", _no_mirror),
        ("accounts-show-what-is-set-aside", _aside),
        ("pendings-are-settled-as-they-say", _never_booked),
    ],
)
def test_a_broken_promise_is_found_and_named(
    world: World, name: str, harm: Callable[[World], None]
) -> None:
    assert broken() == set()
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    harm(world)
    assert name in broken()


def test_an_attempt_without_an_end_is_found_after_a_day(world: World) -> None:
    attempt(world["claim"], state="permitted", outcome=None, outcome_at=None)
    assert broken() == set()
    assert broken(days=2) == {"attempts-in-named-states"}


def test_six_dials_and_the_next_day_are_within_the_budget(world: World) -> None:
    for _dial in range(6):
        attempt(world["claim"])
    attempt(world["claim"], at=AT + timedelta(days=1))
    assert broken() == set()


def test_details_name_cases_without_personal_data(world: World) -> None:
    _mirror(world)
    check = next(each for each in verify(at=AT) if each.name == "claims-mirror-ledger")
    assert not check.ok
    assert world["claim"].number in check.detail


def test_the_world_is_not_empty(world: World) -> None:
    assert Payment.objects.count() == 2
    assert Complaint.objects.count() == 1

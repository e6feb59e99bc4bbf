"""Books and bank, number by number: a debit told twice, and a payout that came back."""

from __future__ import annotations

from typing import Any

import pytest

from qinghe.settlement import services
from qinghe.settlement.bank.refusals import LeftTwice
from qinghe.settlement.models import Payout, StatementEntry, Suspense
from qinghe.settlement.queries.bankbook import Why
from qinghe.settlement.queries.closing import open_matters
from tests.factories import AT
from tests.settlement.bank_files import Said, camt
from tests.settlement.banked import ONE, OTHER, owed, payout_of, sent
from tests.settlement.test_closing import NOVEMBER
from tests.settlement.test_fees import NEXT, one, why
from tests.settlement.test_suspense import take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.VAULT_FILES = tmp_path


def paid(*amounts: int) -> list[Payout]:
    owners = [owed(amount) for amount in amounts]
    sent()
    payouts = [payout_of(owner) for owner in owners]
    for each in payouts:
        services.pay_payout(payout_id=each.pk, actor=ONE, at=AT)
    return payouts


def known(amount: int, note: str) -> None:
    came = Suspense.objects.get(amount=amount, rest=amount)
    bookings = services.known_bookings(suspense_id=came.pk, actor=ONE)
    assert [each.key for each in bookings] == [note]
    services.propose_known(suspense_id=came.pk, booking=note, actor=ONE, at=AT)
    came.refresh_from_db()
    assert came.wish_note == note
    services.agree(suspense_id=came.pk, actor=OTHER, at=AT)


def test_a_second_debit_is_not_set_off_against_another_payout() -> None:
    first, _second = paid(700, 900)
    came = Said(1_600, "settlement", "B0")
    take(camt([came, *(Said(-700, first.number, name) for name in ("B1", "B2"))]))
    assert why(one()) == {Why.TRANSIT: 1_600, Why.LEFT: -900, Why.OUT: 700}
    again = StatementEntry.objects.get(credit=False, explained="")
    services.explain_entry(entry_id=again.pk, note=first.number, actor=ONE, at=AT)
    assert why(one()) == {Why.TRANSIT: 1_600, Why.LEFT: -900, Why.AGAIN: 700}
    assert {each.matter: each.amount for each in open_matters(month=NOVEMBER)}["left-twice"] == 700
    take(camt([Said(700, f"back {first.number}", "B3", day=NEXT)], opening=200))
    came = Suspense.objects.get(amount=700)
    with pytest.raises(LeftTwice):
        services.propose_return(suspense_id=came.pk, actor=ONE, at=AT)
    known(700, first.number)
    assert (why(one()), one().unexplained) == ({Why.TRANSIT: 1_600, Why.LEFT: -900}, 0)
    # What comes once more is a return.
    take(camt([Said(700, f"tui hui {first.number}", "B4", day=NEXT)], opening=900))
    again = Suspense.objects.get(entry__reference="B4")
    services.propose_return(suspense_id=again.pk, actor=ONE, at=AT)
    services.agree(suspense_id=again.pk, actor=OTHER, at=AT)
    assert (why(one()), one().unexplained) == ({Why.TRANSIT: 1_600, Why.LEFT: -900}, 0)


def test_a_payout_that_came_back_is_no_money_of_a_provider() -> None:
    (payout,) = paid(700)
    take(camt([Said(-700, payout.number, "B1")]))
    before = why(one())
    assert before == {Why.TRANSIT: 700}
    services.ask_return(payout_id=payout.pk, reason="phone", actor=OTHER, at=AT)
    services.agree_return(payout_id=payout.pk, actor=ONE, at=AT)
    assert why(one()) == {**before, Why.RETURNED: 700}
    take(camt([Said(700, f"tui hui {payout.number}", "B2", day=NEXT)], opening=-700))
    assert why(one()) == {**before, Why.RETURNED: 700}
    came = Suspense.objects.get()
    services.propose_return(suspense_id=came.pk, actor=ONE, at=AT)
    services.agree(suspense_id=came.pk, actor=OTHER, at=AT)
    assert (why(one()), one().unexplained) == (before, 0)


@pytest.mark.parametrize(
    ("words", "code"),
    [("tui hui AC04", "AC04"), ("退汇TM01", "TM01"), ("/RETN/focr", "FOCR"), ("退汇 冻结", "AC06"),
    ("NARR", "NARR"), ("AC041", "NARR")],
)  # fmt: skip
def test_a_code_in_the_words_of_a_statement_is_read(words: str, code: str) -> None:
    (payout,) = paid(700)
    take(camt([Said(700, f"{payout.number} {words}", "B2")]))
    came = Suspense.objects.get()
    services.propose_return(suspense_id=came.pk, actor=ONE, at=AT)
    services.agree(suspense_id=came.pk, actor=OTHER, at=AT)
    payout.refresh_from_db()
    assert payout.return_code == code

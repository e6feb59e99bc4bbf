"""An entry with a number of ours and another amount, a charge that waits, and what went back."""

from __future__ import annotations

from typing import Any

import pytest

from qinghe.kernel.actor import Role
from qinghe.settlement import services
from qinghe.settlement.fee_refusals import EntryNoted, FeeOpen
from qinghe.settlement.models import Fee, StatementEntry
from qinghe.settlement.queries.fees import open_fees
from qinghe.settlement.queries.named import other_amounts
from tests.factories import AT
from tests.settlement.bank_files import Said, camt
from tests.settlement.banked import ONE, OTHER, owed, payout_of, sent
from tests.settlement.test_fees import own, reported
from tests.settlement.test_suspense import take
from tests.web.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.VAULT_FILES = tmp_path


def test_another_amount_under_our_number_is_named_and_no_fee() -> None:
    owner = owed(700)
    sent()
    number = payout_of(owner).number
    take(camt([Said(-701, f"pay {number}", "B1"), Said(-5, "charge", "B2")]))
    entry = StatementEntry.objects.get(amount=701)
    (ours,) = other_amounts(entry_id=entry.pk, actor=ONE)
    assert (ours.number, ours.amount) == (number, 700)
    assert [fee.amount for fee in open_fees(actor=ONE)] == [5]
    page = signed_in(Role.OPERATOR).get(f"/entries/{entry.pk}/").content.decode()
    assert number in page
    assert "the amount differs" in page


def test_a_charge_that_waits_is_shown_and_takes_no_note() -> None:
    own(1_000)
    take(camt([Said(-50, "charge", "B2")]))
    entry = StatementEntry.objects.get()
    fee = services.ask_bank_fee(entry_id=entry.pk, note="account fee", actor=ONE, at=AT)
    with pytest.raises(FeeOpen):
        services.explain_entry(entry_id=entry.pk, note="elsewhere", actor=OTHER, at=AT)
    one = signed_in(Role.OPERATOR)
    page = one.get(f"/entries/{entry.pk}/").content.decode()
    assert 'data-test="fee-asked"' in page
    assert 'data-test="fee-drop"' in page
    assert 'data-test="entry-explain"' not in page
    # Explained before such notes were refused.
    StatementEntry.objects.filter(pk=entry.pk).update(explained="elsewhere", explained_by="x:1")
    with pytest.raises(EntryNoted, match="elsewhere"):
        services.book_fee(fee_id=fee.pk, actor=OTHER, at=AT)
    answer = one.post(f"/reconciliation/fees/{fee.pk}/drop/", {"shown": "2026-11-23"})
    assert answer["Location"].endswith("?day=2026-11-23#fees")
    assert Fee.objects.get().state == "dropped"


def test_what_only_a_provider_tells_to_have_gone_back_is_shown_under_refunds() -> None:
    reported("A1,back,130.25,0,2026-11-23")
    page = signed_in(Role.OPERATOR).get("/refunds/").content.decode()
    assert "A1" in page
    assert "130.25" in page
    day = signed_in(Role.OPERATOR).get("/reconciliation/?day=2026-11-23").content.decode()
    assert "back to the payer" in day

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.claims.services import accept_batch, check_batch
from qinghe.kernel.actor import Role, system
from qinghe.ledger import queries as books
from qinghe.parties.models import Organisation
from qinghe.parties.queries import NoSuchOrganisation
from qinghe.settlement import accounts, refusals, services
from qinghe.settlement.models import Payment, Split
from tests.factories import AT, actor, claim, collector, mandate, organisation
from tests.settlement.test_payments import fresh

pytestmark = pytest.mark.django_db
JOB = system("test")
HEADER = "contract_number,reference,amount,currency,paid_on"
UNTIL = date(2026, 11, 22)


def load(creditor: Organisation, *rows: str, **fields: Any) -> services.ImportResult:
    given = {"mapping": "qinghe", "until": UNTIL, "actor": JOB, "at": AT}
    return services.import_payments(
        creditor_id=creditor.pk,
        content="\n".join([HEADER, *rows]).encode(),
        **{**given, **fields},
    )


def test_payments_are_matched_by_contract_number() -> None:
    one = claim(contract_number="K-1", principal=10_000)
    result = load(one.creditor, "K-1,b1,40.00,CNY,2026-11-20")
    assert (result.read, result.posted, result.amount_minor) == (1, 1, 4_000)
    assert (result.open_claims, result.open_minor, result.closed_claims) == (1, 6_000, 0)
    assert fresh(one).principal == 6_000


def test_the_same_file_again_books_nothing() -> None:
    one = claim(contract_number="K-1", principal=10_000)
    load(one.creditor, "K-1,b1,40.00,CNY,2026-11-20")
    again = load(one.creditor, "K-1,b1,40.00,CNY,2026-11-20")
    assert (again.posted, again.amount_minor, again.open_minor) == (0, 0, 6_000)


def test_a_payer_s_name_in_chinese_letters_does_not_stop_a_file_of_payments() -> None:
    one = claim(contract_number="K-1", principal=10_000)
    rows = f"{HEADER},x\nK-1,b1,40.00,CNY,2026-11-20,李四\n"
    found = services.import_payments(
        creditor_id=one.creditor_id, content=rows.encode("gb18030"), mapping="qinghe", until=UNTIL,
        actor=JOB, at=AT,
    )  # fmt: skip
    assert (found.posted, found.amount_minor) == (1, 4_000)


def test_later_payments_wait_for_their_day() -> None:
    one = claim(contract_number="K-1", principal=10_000)
    row = "K-1,b1,40.00,CNY,2026-11-23"
    assert load(one.creditor, row).posted == 0
    assert load(one.creditor, row, until=date(2026, 11, 23)).posted == 1


def test_several_payments_of_one_claim_are_booked_in_order() -> None:
    one = claim(contract_number="K-1", principal=10_000)
    result = load(
        one.creditor,
        "K-1,b2,90.00,CNY,2026-11-21",
        "K-1,b1,40.00,CNY,2026-11-20",
        "K-1,b1,40.00,CNY,2026-11-20",
        excess=3_000,
    )
    assert (result.posted, result.closed_claims) == (2, 1)
    assert Payment.objects.get(reference="b2").excess == 3_000


def test_what_names_no_claim_waits_and_is_matched_later() -> None:
    creditor = organisation()
    row = "K-9,b1,40.00,CNY,2026-11-20"
    first = load(creditor, row)
    assert (first.posted, first.unmatched) == (0, 1)
    assert load(creditor, row).unmatched == 1
    late = claim(contract_number="K-9", creditor=creditor, principal=10_000)
    assert load(creditor, row).posted == 1
    assert fresh(late).principal == 6_000
    assert Payment.objects.get().state == "posted"


def test_another_currency_is_not_matched() -> None:
    one = claim(contract_number="K-1")
    assert load(one.creditor, "K-1,b1,40.00,USD,2026-11-20").unmatched == 1


def test_commission_is_due_only_under_a_mandate() -> None:
    creditor, agency = organisation(), collector()
    placed = claim(contract_number="K-1", creditor=creditor, principal=10_000)
    claim(contract_number="K-2", creditor=creditor, principal=10_000)
    mandate(placed, agency, starts_at=AT - timedelta(days=5))
    load(creditor, "K-1,b1,40.00,CNY,2026-11-20", "K-2,b2,40.00,CNY,2026-11-20")
    assert books.balance(path=accounts.commission_due(creditor.pk), currency="CNY") == 1_000
    assert Split.objects.get(payment__reference="b2").commission == 0


def test_a_broken_row_stops_the_file() -> None:
    one = claim(contract_number="K-1")
    with pytest.raises(refusals.BadFile):
        load(one.creditor, "K-1,b1,40.00,CNY,2026-11-20", "K-1,b2,4x,CNY,2026-11-20")
    assert not Payment.objects.exists()


def test_a_creditor_reports_for_itself_only() -> None:
    one, other = claim(contract_number="K-1"), organisation()
    row = "K-1,b1,40.00,CNY,2026-11-20"
    with pytest.raises(NoSuchOrganisation):
        load(one.creditor, row, actor=actor(Role.CREDITOR, other))
    assert load(one.creditor, row, actor=actor(Role.CREDITOR, one.creditor)).posted == 1


def test_statements_do_not_grow_with_the_file(django_assert_max_num_queries: Any) -> None:
    creditor = organisation()
    person = claim(contract_number="K-0", creditor=creditor).debtor
    for number in range(1, 60):
        claim(contract_number=f"K-{number}", creditor=creditor, debtor=person)
    rows = [f"K-{number},b{number},40.00,CNY,2026-11-20" for number in range(60)]
    with django_assert_max_num_queries(60):
        assert load(creditor, *rows).posted == 60


class TestRealInvoices:
    """1,725 invoices of 100 business customers, all settled in the end."""

    @pytest.fixture(autouse=True)
    def _files(self, settings: Any, tmp_path: Path) -> None:
        settings.VAULT_FILES = tmp_path

    @pytest.fixture
    def content(self) -> bytes:
        folder = os.environ.get("QINGHE_DATA", "")
        path = Path(folder) / "ar_ibm" / "ar.csv"
        if not folder or not path.is_file():
            pytest.skip("set QINGHE_DATA to the data folder to run on real invoices")
        return path.read_bytes()

    def accept(self, creditor: Organisation, content: bytes) -> None:
        batch = check_batch(
            creditor_id=creditor.pk,
            filename="ar.csv",
            content=content,
            mapping="ar_ibm",
            as_of=date(2013, 5, 6),
            actor=JOB,
            at=AT,
        )
        accept_batch(batch_id=batch.pk, partial=False, actor=JOB, at=AT)

    def test_what_stays_open_and_that_all_is_paid_at_last(self, content: bytes) -> None:
        creditor = organisation()
        self.accept(creditor, content)

        def run(until: date) -> services.ImportResult:
            return services.import_payments(
                creditor_id=creditor.pk,
                content=content,
                mapping="ar_ibm",
                until=until,
                actor=JOB,
                at=AT,
            )

        first = run(date(2013, 5, 6))
        assert (first.read, first.posted, first.unmatched) == (1725, 1628, 0)
        assert (first.open_claims, first.open_minor) == (97, 575_152)
        assert first.by_stage == {"M0": 88, "M1": 9}
        assert first.by_stage_minor["M1"] == 69_382
        assert run(date(2013, 5, 6)).posted == 0
        last = run(date(2013, 12, 31))
        assert (last.open_claims, last.open_minor, last.closed_claims) == (0, 0, 1725)
        assert first.amount_minor + last.amount_minor == 10_298_974
        assert books.trial_balance() == {"USD": 0}
        assert books.balance(path=accounts.claimed(creditor.pk), currency="USD") == 0
        assert not Claim.objects.exclude(state="closed").exists()

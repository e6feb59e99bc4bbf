"""What the keys of insiders do not open, and what no key can break."""

from __future__ import annotations

import pytest

from qinghe.api.paging import pack
from qinghe.contact.models import Attempt
from qinghe.journal.models import Entry
from qinghe.kernel.actor import Role
from tests import factories
from tests.api.conftest import Market
from tests.api.test_batches import BAD, GOOD, send


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.COMPLIANCE, Role.OPERATOR])
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_rows_in_the_clear_go_to_their_sender_only(market: Market, role: Role, fmt: str) -> None:
    batch = send(market[Role.CREDITOR], GOOD, BAD)
    path = f"/batches/{batch['id']}/errors.{fmt}"
    assert market[Role.CREDITOR].get(path).status_code == 200
    assert market[role].get(path).status_code == 403


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/claims", {"contract_number": "a\0b"}),
        ("/listings", {"currency": "\0"}),
        ("/payments", {"cursor": pack(10**30)}),
        ("/statement", {"starts_on": "2026-01-01", "ends_on": "2026-01-31", "currency": "\0"}),
        ("/statement", {"starts_on": "0001-01-01", "ends_on": "9999-12-31"}),
    ],
)
def test_what_no_database_can_hold_is_unreadable_and_not_an_error(
    market: Market, path: str, query: dict[str, str]
) -> None:
    answer = market[Role.CREDITOR].get(path, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "api.invalid")


@pytest.mark.parametrize("amount", [10**18, 2**63 - 1, 2**63, 10**30])
def test_a_sum_beyond_all_books_is_refused(market: Market, amount: int) -> None:
    body = {"amount": amount, "currency": "CNY", "paid_on": "2026-11-20", "reference": "R-1"}
    answer = market[Role.CREDITOR].post(f"/claims/{market.claim.pk}/payments", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "settlement.bad-amount")


def test_the_name_of_a_wording_carries_no_words_into_the_journal(market: Market) -> None:
    factories.mandate(market.claim, market.collector)
    said = "call 138-0000-0000, 张三"
    answer = market[Role.COLLECTOR].post(
        f"/claims/{market.claim.pk}/contacts", {"channel": "sms", "template": said}
    )
    assert answer.status_code == 409
    assert Attempt.objects.get().template == "?"
    assert not Entry.objects.filter(facts__template=said).exists()

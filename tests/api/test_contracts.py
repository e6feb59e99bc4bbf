"""The contract behind a claim by machine: delivered, checked, read."""

from __future__ import annotations

from datetime import date

from qinghe.claims.models import Claim, ContractPayment, ContractTerms
from qinghe.kernel.actor import Role
from tests.api.conftest import Market

BODY = {
    "principal": 100_000,
    "disbursed_on": "2025-10-01",
    "matures_on": "2026-10-01",
    "rate_pct": "10",
    "fees": [{"kind": "enforcement", "amount": 500, "on": "2026-10-05"}],
    "payments": [{"on": "2026-09-01", "amount": 1_000, "reference": "a", "booked_to": "interest"}],
}


def dated(market: Market) -> str:
    Claim.objects.filter(pk=market.claim.pk).update(contract_on=date(2025, 10, 1))
    return f"/claims/{market.claim.pk}"


def test_a_contract_is_delivered_and_its_check_read(market: Market) -> None:
    path = dated(market)
    answer = market[Role.CREDITOR].post(f"{path}/contract", BODY, once="k1")
    assert answer.status_code == 200, answer.content
    again = market[Role.CREDITOR].post(f"{path}/contract", BODY, once="k1")
    assert again.status_code == 200
    assert (ContractTerms.objects.count(), ContractPayment.objects.count()) == (1, 1)
    seen = market[Role.CREDITOR].get(f"{path}/verification").json()
    assert seen == answer.json()
    lines = {row["component"]: row for row in seen["lines"]}
    assert lines["costs"]["lawful"] == 500
    assert lines["principal"]["claimed"] == market.claim.principal
    assert {why["rule"] for why in lines["interest"]["why"]} >= {"CN-INT-01", "CN-INT-02"}


def test_without_terms_the_answer_says_what_is_missing(market: Market) -> None:
    seen = market[Role.CREDITOR].get(f"/claims/{market.claim.pk}/verification").json()
    assert (seen["outcome"], seen["lawful"], seen["missing"][0]) == ("cannot", None, "terms")


def test_terms_that_cannot_be_are_refused_by_name(market: Market) -> None:
    path = f"{dated(market)}/contract"
    answer = market[Role.CREDITOR].post(path, {**BODY, "matures_on": "2025-01-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "claims.bad-terms")
    later = {**BODY, "payments": [{"on": "2030-01-01", "amount": 1, "reference": "z"}]}
    answer = market[Role.CREDITOR].post(path, later)
    assert (answer.status_code, answer.json()["code"]) == (422, "claims.bad-contract-payment")
    for name, value in (("principal", 0), ("rate_pct", "-1"), ("schedule", "whenever")):
        answer = market[Role.CREDITOR].post(path, {**BODY, name: value})
        assert answer.status_code == 422
    assert not ContractTerms.objects.exists()


def test_a_collector_without_a_mandate_reads_nothing(market: Market) -> None:
    answer = market[Role.COLLECTOR].get(f"/claims/{market.claim.pk}/verification")
    assert answer.status_code == 404

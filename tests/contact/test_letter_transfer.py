"""A letter names the platform's account and a reference by which the money finds its claim."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qinghe.settlement.reference import claim_number_in
from tests import factories
from tests.contact.test_letter_truth import told, waiting, words
from tests.factories import AT

pytestmark = pytest.mark.django_db
ACCOUNT = "622200001111"


@pytest.fixture(autouse=True)
def account(settings: Any) -> None:
    settings.BANK_ACCOUNT, settings.BANK_NAME = ACCOUNT, "示例银行"
    settings.BANK_HOLDER = "清和运营方（示例）"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_is_written_off_the_letter_finds_the_claim_and_names_nobody(language: str) -> None:
    claim = waiting(debtor=factories.person(language=language))
    said = words(told(claim, AT))
    (paragraph,) = [part for part in said.split("\n\n") if ACCOUNT in part]
    assert claim_number_in(paragraph) == claim.number
    assert "示例银行" in paragraph
    assert "清和运营方（示例）" in paragraph
    # A stranger who sees only what is written with the transfer learns no name and no sum.
    for secret in (claim.creditor.name, claim.number, "100000", "1,000.00"):
        assert secret not in paragraph


def test_a_letter_of_a_debt_that_is_too_old_moves_nobody_to_pay() -> None:
    claim = waiting(due_on=date(2015, 1, 1))
    assert ACCOUNT not in words(told(claim, AT))


@pytest.mark.parametrize("missing", ["account", "bank", "currency"])
def test_where_no_account_takes_the_money_none_is_named(settings: Any, missing: str) -> None:
    claim = waiting(currency="EUR" if missing == "currency" else "CNY")
    if missing == "account":
        settings.BANK_ACCOUNT = ""
    if missing == "bank":
        settings.BANK_NAME = ""
    said = words(told(claim, AT))
    assert "RF" not in said
    assert "…" not in said


def test_an_email_names_no_account() -> None:
    said = words(told(waiting("email"), AT))
    assert ACCOUNT not in said

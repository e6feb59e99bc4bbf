"""A payment is undone from the shell: by id or reference, with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from qinghe.claims.models import Claim
from qinghe.cli.main import app
from qinghe.journal.models import Entry
from qinghe.settlement.models import Payment
from tests.factories import claim
from tests.settlement.test_payments import fresh, pay

pytestmark = pytest.mark.django_db
WHY = ("--reason", "bounced")


def run(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["payments", "reverse", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def reported(target: Claim, amount: int, reference: str) -> Payment:
    """A payment that one person may undo: nobody was paid of it, and nothing is settled."""
    return pay(target, amount, reference, source="creditor")


def test_a_payment_is_reversed_by_its_reference_and_once() -> None:
    target = claim(principal=9_000)
    payment = reported(target, 4_000, "bank-1")
    done = run("bank-1", *WHY)
    assert (done["id"], done["state"]) == (str(payment.pk), "reversed")
    assert (done["claim"], done["amount_minor"]) == (target.number, 4_000)
    assert fresh(target).paid == 0
    assert Entry.objects.get(kind="payment.reversed").facts["reason"] == "bounced"
    run("bank-1", *WHY, code=1)


@pytest.mark.parametrize(("amount", "source"), [(9_000, "creditor"), (4_000, "cashier")])
def test_what_takes_two_is_not_undone_by_a_shell_that_knows_nobody(
    amount: int, source: str
) -> None:
    target = claim(principal=9_000)
    pay(target, amount, "bank-1", source=source)
    said = run("bank-1", *WHY, code=1)
    assert "settlement.needs-two" in said
    assert fresh(target).paid == amount
    assert not Entry.objects.filter(kind__startswith="payment.revers").exists()


def test_a_payment_is_reversed_by_its_id() -> None:
    target = claim()
    payment = reported(target, 100, "bank-2")
    run(str(payment.pk), *WHY)
    assert fresh(target).paid == 0


def test_a_reference_of_two_payments_is_not_guessed() -> None:
    first, second = reported(claim(), 100, "same"), reported(claim(), 200, "same")
    said = run("same", *WHY, code=2)
    assert str(first.pk)[:8] in said
    run(str(first.pk), *WHY)
    assert run("same", *WHY)["id"] == str(second.pk)


def test_a_payment_that_is_not_there_and_a_missing_reason_are_refused() -> None:
    reported(claim(), 100, "here")
    run("nowhere", *WHY, code=1)
    run("00000000-0000-0000-0000-000000000007", *WHY, code=1)
    run("here", "--reason", " ", code=2)
    run("here", code=2)

"""A payment is undone from the shell: by id or reference, with a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from qinghe.cli.main import app
from qinghe.journal.models import Entry
from tests.factories import claim
from tests.settlement.test_payments import fresh, pay

pytestmark = pytest.mark.django_db
WHY = ("--reason", "bounced")


def run(*words: str, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["payments", "reverse", *words, "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output) if code == 0 else result.output


def test_a_payment_is_reversed_by_its_reference_and_once() -> None:
    target = claim(principal=9_000)
    payment = pay(target, 9_000, "bank-1")
    done = run("bank-1", *WHY)
    assert (done["id"], done["state"]) == (str(payment.pk), "reversed")
    assert (done["claim"], done["amount_minor"]) == (target.number, 9_000)
    assert fresh(target).state == "ready"
    assert Entry.objects.get(kind="payment.reversed").facts["reason"] == "bounced"
    run("bank-1", *WHY, code=1)


def test_a_payment_is_reversed_by_its_id() -> None:
    target = claim()
    payment = pay(target, 100)
    run(str(payment.pk), *WHY)
    assert fresh(target).paid == 0


def test_a_reference_of_two_payments_is_not_guessed() -> None:
    first, second = pay(claim(), 100, "same"), pay(claim(), 200, "same")
    said = run("same", *WHY, code=2)
    assert str(first.pk)[:8] in said
    run(str(first.pk), *WHY)
    assert run("same", *WHY)["id"] == str(second.pk)


def test_a_payment_that_is_not_there_and_a_missing_reason_are_refused() -> None:
    pay(claim(), 100, "here")
    run("nowhere", *WHY, code=1)
    run("00000000-0000-0000-0000-000000000007", *WHY, code=1)
    run("here", "--reason", " ", code=2)
    run("here", code=2)

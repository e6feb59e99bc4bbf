from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from qinghe.claims.models import Claim
from qinghe.cli import journal, payments, verify
from qinghe.journal.models import Entry
from tests.factories import claim, organisation

pytestmark = pytest.mark.django_db
HEADER = "contract_number,reference,amount,currency,paid_on"


def run(app: typer.Typer, *words: str, code: int = 0) -> dict[str, object]:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == code, result.output
    answer: dict[str, object] = json.loads(result.output)
    return answer


def test_payments_are_imported_from_a_file(tmp_path: Path) -> None:
    claim(contract_number="K-1", principal=10_000, creditor=organisation(slug="acme"))
    file = tmp_path / "paid.csv"
    file.write_text(f"{HEADER}\nK-1,b1,40.00,CNY,2026-11-20\nK-1,b2,1.00,CNY,2026-11-22\n")
    words = ("import", str(file), "--creditor", "acme", "--until", "2026-11-21")
    first = run(payments.app, *words)
    assert first == {
        "read": 2,
        "posted": 1,
        "unmatched": 0,
        "amount_minor": 4_000,
        "closed_claims": 0,
        "open_claims": 1,
        "open_minor": 6_000,
        "by_stage": {"M2": 1},
        "by_stage_minor": {"M2": 6_000},
    }
    assert run(payments.app, *words)["posted"] == 0


def test_verify_ends_with_one_when_a_promise_is_broken() -> None:
    target = claim()
    assert run(verify.app)["ok"] is True
    Claim.objects.filter(pk=target.pk).update(principal=1)
    broken = run(verify.app, code=1)
    assert broken["ok"] is False
    assert {"name", "ok", "detail"} == set(broken["checks"][0])  # type: ignore[index]


def test_the_journal_is_sealed_proved_and_verified() -> None:
    claim(contract_number="K-1")
    entry = Entry.objects.create(at="2026-11-23T00:00Z", kind="k", subject="s", actor="system:test")
    assert run(journal.app, "seal") == {"batches": 1, "entries": 1}
    assert run(journal.app, "verify")["ok"] is True
    assert run(journal.app, "prove", str(entry.pk))["entry_id"] == entry.pk
    result = CliRunner().invoke(journal.app, ["prove", "999999999"])
    assert result.exit_code == 1

"""Each provider stands on this machine; our real clients speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from qinghe.claims.models import Claim
from qinghe.ledger import queries as books
from qinghe.settlement import services
from qinghe.settlement.models import CashierOrder
from tests.factories import AT, debtor_of
from tests.settlement.providers.fakes import FAKES, Fake, Letter
from tests.settlement.providers.house import standing


@pytest.fixture(params=sorted(FAKES))
def fake(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> Iterator[Fake]:
    """Return one provider; parametrize indirectly to choose."""
    with standing() as house:
        made = FAKES[request.param](house, AT)
        settings.PAY_WAYS = [made.name]
        settings.PAY_KEYS = tmp_path / "pay"
        settings.PAY_NAMES = made.install(settings.PAY_KEYS)
        house.answer = made.answer
        yield made


def order_at(fake: Fake, target: Claim, amount: int = 4_000, **fields: Any) -> CashierOrder:
    """Let the claim's debtor go to the provider."""
    given = {"small_screen": False, "ip": "127.0.0.1", **fields}
    return services.go_to_provider(
        claim_id=target.pk,
        amount=amount,
        provider=fake.name,
        back="https://here.example/d/receipts/{order}/",
        notify="https://here.example/api/webhooks/x",
        actor=debtor_of(target),
        at=AT,
        **given,
    )


def tell(fake: Fake, letter: Letter, at: datetime = AT) -> None:
    """Bring a notice to the platform."""
    headers, body = letter
    services.receive_provider_notice(provider=fake.name, headers=headers, body=body, at=at)


def assert_sound() -> None:
    """Nothing was lost between two accounts, and no balance stands on the wrong side."""
    assert set(books.trial_balance().values()) <= {0}
    assert books.wrong_balances() == []

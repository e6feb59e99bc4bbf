"""A standing by machine: the same for whoever asks."""

from __future__ import annotations

from uuid import UUID

from qinghe.kernel.actor import Role
from qinghe.quality.services.grading import regrade
from tests.api.conftest import NOON, Market


def test_a_standing_is_read_by_everybody_with_a_key(market: Market) -> None:
    agency = market.callers[Role.COLLECTOR]
    firm = _collector()
    assert market[Role.CREDITOR].get(f"/standings/{firm}").status_code == 404
    regrade(firm, NOON)
    told = market[Role.CREDITOR].get(f"/standings/{firm}").json()
    assert (told["grade"], told["ratio"], told["too_little"]) == ("trainee", None, True)
    assert told["open_cap"] == 1
    assert agency.get(f"/standings/{firm}").json() == told
    assert not {"face", "signal", "good", "bad"} & told.keys()


def _collector() -> UUID:
    from qinghe.parties.models import Organisation

    return Organisation.objects.get(name="Calm Service").pk

"""What is dispatched reaches nobody who could not accept it now."""

from __future__ import annotations

import pytest

from qinghe.kernel.actor import Actor
from qinghe.market.models import TakingStop
from qinghe.market.queries.cooling import FIRST_PAUSE, FREE
from qinghe.market.services import dispatch
from qinghe.market.terms import ReturnReason
from tests.factories import AT
from tests.market.conftest import licensed
from tests.market.test_cooling import returned
from tests.market.test_dispatch import HOUR, offers, waiting

pytestmark = pytest.mark.django_db


def offered_to() -> list[object]:
    return [offer.collector_id for offer in offers()]


def test_a_stopped_collector_is_offered_nothing_until_its_stop_ends() -> None:
    taker: Actor = licensed()
    TakingStop.objects.create(
        collector_id=taker.org_id, cause="ruling:1", starts_at=AT, ends_at=AT + HOUR
    )
    waiting()
    assert dispatch(at=AT)["offered"] == 0
    assert dispatch(at=AT + HOUR)["offered"] == 1
    assert offered_to() == [taker.org_id]


def test_a_collector_that_cools_off_is_offered_nothing() -> None:
    taker = licensed()
    returned(taker, FREE + 1, ReturnReason.NO_ROOM)
    waiting()
    assert dispatch(at=AT)["offered"] == 0
    assert dispatch(at=AT + FIRST_PAUSE)["offered"] == 1
    assert offered_to() == [taker.org_id]

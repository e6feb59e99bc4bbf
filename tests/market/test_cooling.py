"""Who gives orders back again and again takes none for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Mandate
from qinghe.market.queries import hall
from qinghe.market.queries.cooling import FIRST_PAUSE, FREE, LONGEST_PAUSE, WINDOW, pause_after
from qinghe.market.refusals import CoolingOff
from qinghe.market.services import confirm_return, give_back, take
from qinghe.market.terms import OWN_DOING, ReturnReason
from tests.factories import AT, actor
from tests.market.conftest import licensed
from tests.market.test_exposure import listed


def returned(taker: Actor, count: int, code: str) -> None:
    for order in listed(count):
        mandate = take(listing_id=order.pk, actor=taker, at=AT)
        give_back(mandate_id=mandate.pk, reason="x", code=code, actor=taker, at=AT)


@pytest.mark.django_db
def test_a_third_return_without_an_outside_reason_pauses_taking() -> None:
    taker = licensed()
    returned(taker, FREE, ReturnReason.NO_ROOM)
    (order,) = listed(1)
    mandate = take(listing_id=order.pk, actor=taker, at=AT)
    give_back(mandate_id=mandate.pk, reason="x", code=ReturnReason.OTHER, actor=taker, at=AT)
    (order,) = listed(1)
    with pytest.raises(CoolingOff) as refusal:
        take(listing_id=order.pk, actor=taker, at=AT)
    # 12:00 in China and half a day.
    assert refusal.value.facts == {"until": "2026-11-24 00:00"}
    assert isinstance(hall(actor=taker, at=AT).obstacle, CoolingOff)
    assert take(listing_id=order.pk, actor=taker, at=AT + FIRST_PAUSE)


@pytest.mark.django_db
def test_reasons_outside_the_collector_do_not_count_and_old_ones_are_forgotten() -> None:
    taker = licensed()
    excused = [code for code in ReturnReason if code not in OWN_DOING]
    for code in excused:
        returned(taker, 1, code)
        found = Mandate.objects.get(return_code=code)
        confirm_return(mandate_id=found.pk, actor=actor(Role.CREDITOR, found.creditor), at=AT)
    returned(taker, FREE, ReturnReason.OTHER)
    (order,) = listed(1)
    mandate = take(listing_id=order.pk, actor=taker, at=AT)
    give_back(mandate_id=mandate.pk, reason="x", actor=taker, at=AT)
    assert Mandate.objects.filter(return_code__in=excused).count() == len(excused)
    (order,) = listed(1)
    assert take(listing_id=order.pk, actor=taker, at=AT + WINDOW - timedelta(days=5))


@given(st.integers(0, 1_000))
def test_a_pause_never_shrinks_with_more_returns_and_is_bounded(returns: int) -> None:
    assert pause_after(returns) <= pause_after(returns + 1) <= LONGEST_PAUSE
    assert bool(pause_after(returns)) == (returns > FREE)

"""The prices that one dispatch window leaves to the next, which then starts from them."""

from __future__ import annotations

from typing import Final

import numpy as np

from qinghe.market.dispatch.exposure import Covered
from qinghe.market.dispatch.prices import Prices, dearest
from qinghe.market.models import DispatchPrices, DispatchRound
from qinghe.market.queries.arrays import Window

# A window that has so many times the orders of the former, or a part so small, starts afresh.
ALIKE: Final = 2


def former_prices(window: Window, currency: str) -> Prices | None:
    """Return the prices of the former window of a currency, if it was of about this size."""
    kept = DispatchPrices.objects.select_related("round").filter(currency=currency).first()
    n = len(window.orders.area)
    if kept is None or not kept.round.orders <= n * ALIKE <= kept.round.orders * ALIKE**2:
        return None
    asked = [kept.prices.get(str(pk), 0) for pk in window.collectors]
    pool = np.array(asked, dtype=np.int64)
    return Prices(pool[window.seats.pool], pool, kept.bonus)


def keep_prices(window: Window, covered: Covered, made: DispatchRound) -> None:
    """Leave the prices of a proven window to the next one of its currency."""
    solution = covered.solution
    if not solution.proven:
        return
    price = dearest(covered.net, solution.prices)
    prices = {str(window.collectors[i]): int(price[i]) for i in np.flatnonzero(price)}
    DispatchPrices.objects.update_or_create(
        currency=made.currency,
        defaults={"round": made, "bonus": solution.prices.bonus, "prices": prices},
    )

"""
`qinghe bench take`: orders taken per second through the whole service, of a million open ones.

The limit is the service's own SQL (locks, reads, writes, the hall's trigger), replayed by pgbench
with as many clients in the same run. Afterwards many race for few orders, and what the tables hold
is counted: no order may be taken twice, and no collector may hold more than it may.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final
from uuid import UUID

from config.passing import own_database
from qinghe.bench.clients import at_once
from qinghe.bench.frame import Result, machine, peak_mb, versions
from qinghe.bench.gate import FIRST, NEW
from qinghe.bench.hall import AT, filled_hall
from qinghe.bench.measured import figures
from qinghe.bench.pgbench import recorded, replay, version, with_variables
from qinghe.bench.takerace import proven, raced
from qinghe.kernel.actor import Actor, Role
from qinghe.market.models import Document, Mandate
from qinghe.market.queries.signed import figures_of
from qinghe.market.services import take

CLIENTS: Final = (1, 4, 16, 64)
# The number of clients the goal speaks of.
USUAL: Final = 16
AGENCIES: Final = 200
CREDITORS: Final = 40
# Numbers of orders begin above those of organisations, which their ids would be taken for.
OTHERS: Final = 1_000
WARM_UP: Final = 20
RACE_ORDERS: Final = 400


@dataclass(frozen=True)
class Slice:
    """Numbers of orders that nobody else takes: the first, and how many."""

    first: int
    size: int

    def dealt(self, clients: int) -> list[list[int]]:
        """Return the numbers in a random order, dealt out among so many clients."""
        numbers = list(range(self.first, self.first + self.size))
        Random(self.first).shuffle(numbers)  # noqa: S311  a load, not a secret
        return [numbers[each::clients] for each in range(clients)]


def taking(
    *,
    orders: int,
    seconds: int,
    clients: tuple[int, ...] = CLIENTS,
    progress: Callable[[str], None] = lambda _line: None,
) -> Result:
    """
    Take orders spread over the hall with so many clients each, then race for a few.

    :raises RuntimeError: there are fewer orders than can be taken in so many seconds
    """
    begun = time.perf_counter()
    with own_database():
        filled_hall(orders, progress)
        size = (orders - OTHERS - RACE_ORDERS) // (2 * len(clients) + 1)
        slices = [Slice(OTHERS + RACE_ORDERS + n * size, size) for n in range(2 * len(clients) + 1)]
        script = _script(slices.pop())
        parts = {}
        for number, count in enumerate(clients):
            progress(f"{count} clients")
            ours, bare = slices[2 * number : 2 * number + 2]
            parts[f"{count} clients"] = _leg(script, ours, bare, count, seconds)
        progress("racing for few orders")
        parts["race"] = raced(max(clients), list(range(OTHERS, OTHERS + RACE_ORDERS)), take_one)
        parts["proof"] = proven()
        return _result(parts, orders, seconds, clients, time.perf_counter() - begun)


def _result(
    parts: dict[str, dict[str, float]],
    orders: int,
    seconds: int,
    clients: Sequence[int],
    spent: float,
) -> Result:
    usual = USUAL if USUAL in clients else clients[-1]
    chosen = parts[f"{usual} clients"]
    return Result(
        name="take",
        ours=chosen["ours"],
        limit=chosen["limit"],
        ratio=chosen["ratio"],
        unit=f"orders taken/s, {usual} clients",
        seconds=round(spent, 1),
        p50_ms=chosen["p50_ms"],
        p99_ms=chosen["p99_ms"],
        peak_mb=round(peak_mb(), 1),
        sizes={"orders": orders, "seconds": seconds},
        parts=parts,
        versions={**versions(), **version()},
        machine=machine(),
    )


def _leg(
    script: list[str], ours: Slice, bare: Slice, clients: int, seconds: int
) -> dict[str, float]:
    """Measure the service, then its bare SQL, with so many clients."""
    spent = at_once(ours.dealt(clients), take_one, seconds=seconds, warm_up=WARM_UP)
    given = {"first": bare.first, "size": bare.size, "all": clients}
    limit = replay(script, clients=clients, seconds=seconds, **given)
    return figures(spent, limit, seconds)


def take_one(number: int, agency: int | None = None) -> Mandate:
    """
    Take an order of hall.sql by its number, for an agency or for the one of that number.

    :raises DomainError: every refusal of `take`
    """
    which = number % AGENCIES if agency is None else agency
    taker = Actor(Role.COLLECTOR, user_id=_made(0, which), org_id=_made(1, which))
    return take(listing_id=_made(4, number), actor=taker, at=AT)


def _made(kind: int, number: int) -> UUID:
    """Return an id as hall.sql makes it."""
    return UUID(f"0190000{kind}-0000-7000-8000-{FIRST + number}")


def _script(some: Slice) -> list[str]:
    """Return the statements of one taken order, for a random one, as a pgbench script."""
    # What a process looks up once is no statement of the limit.
    for sha256 in Document.objects.values_list("pk", flat=True):
        figures_of(sha256)
    take_one(some.first)
    number, taken = some.first + 1, list[Mandate]()
    statements = recorded(lambda: taken.append(take_one(number)))
    mandate = f"01a00000-0000-7000-8000-{NEW}"
    variables = {
        str(FIRST + number): "n",
        str(FIRST + number % AGENCIES): "c",
        str(FIRST + AGENCIES + number % CREDITORS): "d",
        str(NEW): "a",
    }
    return [
        # Every order once, spread over the slice.
        "\\set o :first + permute(:k * :all + :client_id, :size)",
        f"\\set n {FIRST} + :o",
        f"\\set c {FIRST} + :o % {AGENCIES}",
        f"\\set d {FIRST + AGENCIES} + :o % {CREDITORS}",
        f"\\set a {NEW} + :o",
        "\\set k :k + 1",
        "BEGIN;",
        *(
            with_variables(each.replace(str(taken[0].pk), mandate), variables)
            for each in statements
        ),
        "COMMIT;",
    ]

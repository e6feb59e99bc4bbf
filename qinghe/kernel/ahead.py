"""Make the next item while the last one is being used: one thread, one item ahead."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """
    Yield what `items` yields, and raise what it raises, made by a thread of its own.

    The thread sees the context of its caller, and must not touch the database.
    """
    context = copy_context()

    def more() -> T | None:
        return context.run(next, items, None)

    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(more)
        while (item := coming.result()) is not None:
            coming = pool.submit(more)
            yield item

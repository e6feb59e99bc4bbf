"""
`qinghe bench check`: contact cases answered per second on one core.

The cases are the project's own situations over and over, each with an id of its own. The limit
is the same lines read and written again as bare JSON by the standard library. Both take turns in
short slices, so that a busy machine slows both alike.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import cycle, islice
from statistics import median
from typing import Final

from qinghe.bench.frame import Result, machine, peak_mb, runtime
from qinghe.rules.check import check_line
from qinghe.rules.situations import lines

SLICE: Final = 1000


def check(*, cases: int) -> Result:
    """Answer so many contact cases slice by slice; each figure is the median of its slices."""
    ours, limit = [], []
    every = _cases(cases)
    _seconds(check_line, every[:SLICE])
    begun = time.perf_counter()
    for start in range(0, cases, SLICE):
        part = every[start : start + SLICE]
        ours.append(len(part) / _seconds(check_line, part))
        limit.append(len(part) / _seconds(_bare, part))
    seconds = time.perf_counter() - begun
    return Result(
        name="check",
        ours=round(median(ours), 1),
        limit=round(median(limit), 1),
        ratio=round(median(ours) / median(limit), 4),
        unit="cases/s",
        seconds=round(seconds, 3),
        peak_mb=round(peak_mb(), 1),
        sizes={"cases": cases},
        versions=runtime(),
        machine=machine(),
    )


def _cases(count: int) -> list[bytes]:
    told = cycle(json.loads(line) for file, line in lines() if file == "contact")
    return [
        json.dumps({**case, "id": f"{case['id']}-{number}"}, ensure_ascii=False).encode()
        for number, case in enumerate(islice(told, count))
    ]


def _bare(line: bytes) -> bytes:
    return json.dumps(json.loads(line), separators=(",", ":")).encode()


def _seconds(answer: Callable[[bytes], bytes], every: list[bytes]) -> float:
    """Return the processor time that answering takes."""
    begun = time.process_time()
    for line in every:
        answer(line)
    return time.process_time() - begun

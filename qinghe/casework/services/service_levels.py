"""Show the market what was done under mandates, so that it warns of those left lying."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from qinghe.casework.queries.activity import activity
from qinghe.market.queries.service import due_for_check
from qinghe.market.services import judge_service

TOGETHER = 500


def check_service(*, at: datetime) -> dict[str, int]:
    """
    Judge every mandate whose look is due, each in a transaction of its own.

    Work is in proportion to what is due. Returns how many were fine, paused, warned, returned.
    """
    due, fates = due_for_check(at), Counter[str]()
    for start in range(0, len(due), TOGETHER):
        some = due[start : start + TOGETHER]
        done = activity(some, at)
        for mandate in some:
            verdict = judge_service(mandate_id=mandate.pk, done=done[mandate.pk], at=at)
            if verdict is not None:
                fates[verdict.fate.value] += 1
    return dict(fates)

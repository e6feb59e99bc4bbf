"""
`qinghe bench screen`: how long one sentence is looked at, by every layer, on one core.

Needs no database. The goal is a thousandth of a second for a sentence.
"""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from typing import Final

from qinghe.bench.frame import Result, machine, peak_mb, percentiles
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen

GOAL_MS: Final = 1.0
SENTENCES: Final = (
    "您好，这里是受债权人委托的公司，通话有录音，请问您现在方便吗？",
    "如果协商不成，债权人可能依法向有管辖权的法院起诉，是否起诉由债权人决定。",
    "截至六月一日，本金四千元、利息一百二十元，合计四千一百二十元，明细可以在App里查看。",
    "我们不是警察，也不会以任何公检法身份联系您；如遇冒充请拨打110核实。",
    "若您對帳目有疑問，可以隨時要求我們提供明細。",
    "We cannot arrest anyone, and we will not contact your employer or your family.",
    "再不还钱，我就把你的照片贴到小区门口。",
    "不还钱就爆你通讯lu，一个一个da过去。",
    "我是公安局的，你涉嫌诈骗，一小时内还清，不然上门抓人。",
    "Pay today or we will tell your boss and have you arrested.",
)


def screening(*, rounds: int) -> Result:
    """Read every sentence so many times; the first reading, which loads the lexicon, is free."""
    spoken = [Utterance(text, "debtor", identity_verified=True) for text in SENTENCES]
    for each in spoken:
        screen(each)
    milliseconds = []
    begun, worked = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        for each in spoken:
            started = time.perf_counter()
            screen(each)
            milliseconds.append((time.perf_counter() - started) * 1000)
    seconds = time.perf_counter() - begun
    p50, p99 = percentiles(milliseconds)
    # By the work of this process, which is steady on a machine that is busy with others.
    rate = len(milliseconds) / (time.process_time() - worked)
    return Result(
        name="screen",
        ours=round(rate, 1),
        unit="sentences/s",
        seconds=round(seconds, 3),
        limit=1000 / GOAL_MS,
        ratio=round(rate * GOAL_MS / 1000, 4),
        p50_ms=round(p50, 4),
        p99_ms=round(p99, 4),
        peak_mb=round(peak_mb(), 1),
        sizes={"sentences": len(SENTENCES), "rounds": rounds},
        versions={"qinghe": version("qinghe"), "python": platform.python_version()},
        machine=machine(),
    )

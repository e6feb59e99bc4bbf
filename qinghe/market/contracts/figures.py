"""
The terms with their figures filled in: the exact text that both sides sign, and its hash.

The text is written out once in every language and kept; later releases may word things anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from qinghe.market.bands import bands
from qinghe.market.commission import Plan, as_json, one_row, parse
from qinghe.market.commission.plan import BY_SHARE, LAST_HAND, BaseRate
from qinghe.market.contracts import CURRENT, LANGUAGES, terms
from qinghe.market.extending import LONGEST, RULES
from qinghe.market.terms import ExtensionKind, Measure


@dataclass(frozen=True)
class Levels:
    """What service a mandate asks for, in days."""

    first_action_days: int = 3
    idle_days: int = 14
    report_days: int = 30


USUAL = Levels()
WARNING_DAYS = 2
LONGEST_LEVEL = 365


@dataclass(frozen=True)
class Figures:
    """What an order is offered on, apart from the claim itself."""

    commission_rate: Decimal
    quality_share: Decimal
    period_days: int
    levels: Levels = USUAL
    plan: Plan | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON, from which `figures_from` reads them again."""
        return {
            "commission_rate": str(self.commission_rate),
            "quality_share": str(self.quality_share),
            "period_days": self.period_days,
            "levels": vars(self.levels),
            "plan": as_json(self.plan) if self.plan else None,
        }


@dataclass(frozen=True)
class Written:
    """The exact text in every language, and the hash over all of them."""

    version: str
    sha256: str
    texts: Mapping[str, str]


def figures_from(content: Mapping[str, Any]) -> Figures:
    """Return the figures that a document was written with."""
    plan = content["plan"]
    return Figures(
        Decimal(content["commission_rate"]),
        Decimal(content["quality_share"]),
        content["period_days"],
        Levels(**content["levels"]),
        parse(plan) if plan else None,
    )


def written(figures: Figures, version: str = CURRENT) -> Written:
    """
    Return the terms of a version with the figures filled in.

    :raises LookupError: there is no such version
    """
    blank = terms(version)
    texts = {lang: blank.text(lang).format(**_words(figures, lang)) for lang in LANGUAGES}
    return Written(version, hash_of(texts), texts)


def sentences(figures: Figures, lang: str) -> list[str]:
    """Return what a text says of commission and quality, as it will be signed."""
    words = _words(figures, lang)
    return [str(words["commission"]), str(words["quality"])]


def hash_of(texts: Mapping[str, str]) -> str:
    """Return the SHA-256 over the texts, in the fixed order of the languages."""
    return sha256("\0".join(texts[lang] for lang in LANGUAGES).encode()).hexdigest()


def _words(figures: Figures, lang: str) -> dict[str, object]:
    say = SAY[lang]
    plan = figures.plan or one_row(figures.commission_rate, figures.quality_share)
    every = "every" if len(plan.rows) == 1 else "rest"
    steps = [
        say["step"].format(start=_start(plan, step.start, lang), add=_pct(step.add))
        for step in plan.steps
    ]
    weights = [
        say["weight"].format(name=say[f"measure_{name}"], weight=_pct(weight))
        for name, weight in sorted(plan.weights.items())
    ]
    return {
        "promise_days": RULES[ExtensionKind.PROMISE],
        "payment_days": RULES[ExtensionKind.PAYMENT],
        "plan_days": RULES[ExtensionKind.PLAN],
        "most_days": min(LONGEST, figures.period_days),
        "warning_days": WARNING_DAYS,
        "period": say["period"].format(days=figures.period_days),
        "service": say["service"].format(**vars(figures.levels)),
        "commission": say["commission"]
        + say["join"].join(_rate(row, say, every) for row in plan.rows)
        + say["stop"]
        + (say["ladder"] + say["join"].join(steps) + say["stop"] if steps else ""),
        "quality": say["quality"].format(share=_pct(plan.quality_share), days=plan.review_days)
        + say["join"].join(weights)
        + say["stop"],
    }


def _rate(row: BaseRate, say: Mapping[str, str], every: str) -> str:
    where = [
        say["stages"].format(", ".join(sorted(row.stages))) if row.stages else "",
        say["bands"].format(", ".join(_band(band) for band in sorted(row.bands)))
        if row.bands
        else "",
        say["hands"].format(_hands(sorted(row.hands))) if row.hands else "",
    ]
    named = say["comma"].join(part for part in where if part) or say[every]
    return say["rate"].format(where=named, rate=_pct(row.rate))


def _hands(hands: list[int]) -> str:
    """Return hands as people say them: `1, 2` or, where every later one is among them, `3+`."""
    if hands == list(range(hands[0], LAST_HAND + 1)):
        return f"{hands[0]}+"
    return ", ".join(f"{hand}+" if hand == LAST_HAND else str(hand) for hand in hands)


def _band(index: int) -> str:
    band = bands()[index]
    return f"{band.low:,}–{band.high:,}" if band.high else f"≥ {band.low:,}"


def _start(plan: Plan, start: Fraction, lang: str) -> str:
    if plan.ladder_by == BY_SHARE:
        return _pct(start)
    return f"{float(start):,.2f}" if lang == "en" else f"{float(start):,.2f} 元"


def _pct(share: Fraction) -> str:
    return (
        f"{Decimal(share.numerator * 100) / Decimal(share.denominator):.4f}".rstrip("0").rstrip(".")
        + "%"
    )


SAY: Mapping[str, Mapping[str, str]] = {
    "en": {
        "period": "{days} days from the collector's signature.",
        "service": "First action within {first_action_days} days; no longer than {idle_days} days "
        "without one after that; a report to the creditor every {report_days} days.",
        "commission": "Computed on money recovered. Base rate by the stage of the day on which it "
        "arrives; the first line that fits counts: ",
        "rate": "{where}: {rate}",
        "every": "every case",
        "rest": "every other case",
        "stages": "stage {}",
        "bands": "amount {}",
        "hands": "hand {}",
        "comma": ", ",
        "join": "; ",
        "stop": ". ",
        "ladder": "On the money recovered above a threshold, in addition: ",
        "step": "from {start} on {add}",
        "quality": "{share} of the commission waits {days} days and is then decided by quality: ",
        "weight": "{name} {weight}",
        f"measure_{Measure.COMPLAINTS.value}": "no justified complaint",
        f"measure_{Measure.PROMISES.value}": "promises kept",
        f"measure_{Measure.REFUSALS.value}": "requests the gate let through",
        f"measure_{Measure.DOCUMENTATION.value}": "calls with a recorded outcome",
    },
    "zh": {
        "period": "自催收方签署时起 {days} 天。",
        "service": "{first_action_days} 天内首次处理；此后不得连续 {idle_days} 天没有处理；"
        "每 {report_days} 天向债权人报告一次。",
        "commission": "按实际收回的金额计算。基础费率按款项到账当日的账龄确定，"
        "以最先符合的一行为准：",
        "rate": "{where}：{rate}",
        "every": "所有案件",
        "rest": "其他案件",
        "stages": "账龄 {}",
        "bands": "金额 {} 元",
        "hands": "第 {} 手",
        "comma": "，",
        "join": "；",
        "stop": "。",
        "ladder": "收回金额超过下列界限的部分，另加：",
        "step": "{start} 起 {add}",
        "quality": "报酬中的 {share} 先留存 {days} 天，再按服务质量决定：",
        "weight": "{name} {weight}",
        f"measure_{Measure.COMPLAINTS.value}": "没有成立的投诉",
        f"measure_{Measure.PROMISES.value}": "承诺兑现",
        f"measure_{Measure.REFUSALS.value}": "联系申请获准",
        f"measure_{Measure.DOCUMENTATION.value}": "通话结果有记录",
    },
}

"""Pay plans of collectors in China: recovered money must not be the only measure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qinghe.rules.packs import rule
from qinghe.rules.steps import Step, step

KINDS = frozenset(
    {"recovered_amount", "fixed", "compliance", "complaints", "data_security", "other"}
)
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class FeeComponent:
    """One measure of a pay plan with its weight in percent."""

    kind: str
    weight_pct: Decimal


@dataclass(frozen=True, slots=True)
class FeeVerdict:
    """Whether a pay plan is lawful."""

    decision: str
    rules: tuple[str, ...]
    steps: tuple[Step, ...] = ()


def fee_plan(components: Iterable[FeeComponent]) -> FeeVerdict:
    """
    Judge a pay plan.

    :raises ValueError: the weights do not sum to a hundred
    """
    parts = tuple(components)
    if sum((part.weight_pct for part in parts), Decimal(0)) != WHOLE:
        raise ValueError("weights must sum to 100")
    law = rule("CN-INC-01")
    balancing = law.words("must_include_any")
    recovered = any(part.kind == "recovered_amount" and part.weight_pct > 0 for part in parts)
    balanced = any(part.kind in balancing and part.weight_pct > 0 for part in parts)
    if recovered and not balanced:
        return FeeVerdict("deny", (law.id,), (step(law.id, "fee.only_recovered"),))
    return FeeVerdict("allow", (), (step(law.id, "fee.balanced"),))

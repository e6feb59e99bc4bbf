"""Write the frozen results of the calculators as JSON objects."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from qinghe.rules.explain import citation
from qinghe.rules.steps import Step

Answer = dict[str, Any]


def answer(result: Any) -> Answer:
    """Return a result as an object ready for JSON: days as ISO text, rates as decimal strings."""
    return {each.name: plain(getattr(result, each.name)) for each in fields(result)}


def plain(value: Any) -> Any:
    """Return a value in the types of JSON."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Step):
        return {
            "rule": value.rule_id,
            "source": citation(value.rule_id),
            "text": value.text("en"),
            "text_zh": value.text("zh"),
        }
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return answer(value) if hasattr(value, "__dataclass_fields__") else value

"""Steps of a reckoning: which rule was applied to what, sayable in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from qinghe.rules.packs import read_yaml


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the rule it rests on, the sentence that tells it, and the facts within."""

    rule_id: str
    key: str
    facts: tuple[tuple[str, object], ...] = ()

    def text(self, lang: str = "zh") -> str:
        """
        Return the step as a sentence; any tag that begins with `zh` is Chinese.

        :raises LookupError: no sentence for the step
        """
        pattern = _sentences()[self.key]["zh" if lang.startswith("zh") else "en"]
        return pattern.format_map(dict(self.facts))


def step(rule_id: str, key: str, **facts: object) -> Step:
    """Name a step; facts fill its sentence."""
    return Step(rule_id, key, tuple(facts.items()))


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    content = read_yaml("steps.yaml")
    return dict(content)

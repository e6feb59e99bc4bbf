"""The sentence of a refusal by its code: with its facts where they are kept, else without."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from qinghe.kernel.errors import DomainError
from qinghe.market.placing import Passed


def _all() -> dict[str, type[DomainError]]:
    found: dict[str, type[DomainError]] = {}
    waiting = list(DomainError.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting.extend(each.__subclasses__())
        if "code" in each.__dict__:
            found[each.code] = each
    return found


def sentence_of(code: str) -> str:
    """Return the words of a refusal; facts it would name become dots, an unknown code stays."""
    refusal = _all().get(code)
    if refusal is None:
        return code
    text = str(refusal.text)
    names = {name: "…" for _, name, _, _ in string.Formatter().parse(text) if name}
    return text.format(**names)


@dataclass(frozen=True)
class Reason:
    """Why some claims stay out: the whole sentence, how many, the first numbers, how many more."""

    words: str
    claims: int
    numbers: str
    more: int

    @property
    def which(self) -> str:
        """Return the numbers in brackets, as a sentence ends with them; nothing without any."""
        if not self.numbers:
            return ""
        if not self.more:
            return _("(%(numbers)s)") % {"numbers": self.numbers}
        return _("(%(numbers)s and %(more)d more)") % {"numbers": self.numbers, "more": self.more}


def reasons_of(passed: Iterable[Passed]) -> list[Reason]:
    """Return what is told of claims that stay out, with every fact in its place."""
    return [
        Reason(
            _filled(each.code, each.facts),
            each.claims,
            ", ".join(each.numbers),
            each.claims - len(each.numbers) if each.numbers else 0,
        )
        for each in passed
    ]


def _filled(code: str, facts: Mapping[str, str]) -> str:
    refusal = _all().get(code)
    return str(refusal.text).format(**facts) if refusal else code

"""The sentence of a refusal by its code, for counts of refusals that carry no facts."""

from __future__ import annotations

import string

from qinghe.kernel.errors import DomainError


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


def counted(skipped: dict[str, int]) -> list[tuple[str, int]]:
    """Return (sentence, number), the most frequent first."""
    return [(sentence_of(c), n) for c, n in sorted(skipped.items(), key=lambda row: -row[1])]

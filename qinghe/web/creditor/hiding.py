"""
Hide numbers that name a person or an account in words somebody wrote. Pure.

Days, times, sums and the contract number of the claim stay: without them nobody understands what
was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

HIDDEN: Final = "…"
UNIT: Final = r"\s?(?:元|块|万|千|百|亿|人民币|RMB|CNY|yuan)"
# Written together or in the groups that such numbers are read out in.
SECRET: Final = re.compile(
    r"""(?<!\d)(?:
      \d{6}[ -]?(?:19|20)\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{3}[\dXx]
    | (?:(?:\+|00)?86[ -]?)?1[3-9]\d(?:[ .-]?\d{4}){2}
    | \d{16,19}
    | \d{4}(?:([ -])\d{4}){2,3}(?:\1?\d{1,3}(?![.,:]?\d|UNIT))?
    )(?!\d)""".replace("UNIT", UNIT),
    re.VERBOSE,
)
# A sum has at most nine digits before the point, so that no telephone passes for one.
KEPT: Final = re.compile(
    rf"""(?<![\d.,])(?:
      (?:19|20)\d{{2}}(?:[-/.]\d{{1,2}}[-/.]\d{{1,2}}|年\s?\d{{1,2}}月(?:\s?\d{{1,2}}[日号])?)
    | (?:19|20)\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])
    | \d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?
    | [¥￥]\s?\d{{1,9}}(?:,\d{{3}})*(?:\.\d{{1,2}})?
    | (?:\d{{1,9}}|\d{{1,3}}(?:,\d{{3}}){{1,2}})(?:\.\d{{1,2}}|(?:\.\d+)?{UNIT})
    )(?!\d)""",
    re.VERBOSE | re.IGNORECASE,
)
LONG: Final = re.compile(r"(?<![\d.])\d(?:[ -]?\d){9,}[Xx]?")
# A shorter one would cut other numbers to pieces; alone it is never hidden.
SHORTEST_CONTRACT: Final = 6


def hidden(text: str, *, contract: str = "") -> str:
    """Return a text without telephone, identity and account numbers."""
    signs = re.sub(r"[\W_]", "", contract)
    if len(signs) < SHORTEST_CONTRACT:
        return _without_secrets(text)
    spelt = r"[ _/()（）-]?".join(map(re.escape, signs))
    mine = re.compile(rf"(?<![0-9A-Za-z])[(（]?{spelt}(?![0-9A-Za-z])", re.IGNORECASE)
    return _between(mine, text, _without_secrets)


def _without_secrets(text: str) -> str:
    return _between(KEPT, SECRET.sub(HIDDEN, text), lambda rest: LONG.sub(HIDDEN, rest))


def _between(kept: re.Pattern[str], text: str, change: Callable[[str], str]) -> str:
    """Change what lies between the places that are kept."""
    out, end = [], 0
    for found in kept.finditer(text):
        out += [change(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join([*out, change(text[end:])])

"""
Find in words what could lead somebody's money elsewhere: account numbers and web addresses. Pure.

Money of a debtor goes to one account only, and that one is told by its own page. So no other number
that could be an account, and no other address, belongs into words that a debtor reads from us.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from stdnum import iban

# As long as the shortest account numbers, longer than telephone numbers.
FEWEST_DIGITS: Final = 12
SHORTEST_IBAN, LONGEST_IBAN = 15, 34
# Days and numbers of the platform's own, of claims and of complaints, are no accounts.
_OWN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:QH-?\d{4}-?\d{6,8}|(?:TS|CX)\d{12}|\d{4}-\d{1,2}-\d{1,2})(?![0-9])"
)
_DASHES: Final = r" \t\-\u2010-\u2015\u2212_"
_RUN: Final = re.compile(rf"\d(?:[{_DASHES}]*\d)+")
# As cards are printed; with dots it would else read as amounts.
_CARD: Final = re.compile(r"\d{4}(?:[.·]\d{4}){2,}")
_IBAN: Final = re.compile(rf"(?<![0-9A-Za-z])[A-Za-z]{{2}}\d\d(?:[{_DASHES}]*[0-9A-Za-z]){{11,60}}")
_ENDINGS: Final = (
    "com|cn|net|org|info|biz|top|xyz|cc|vip|shop|link|site|online|club|app|example|test|hk|tw|ly"
)
_ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.]*://\S+|(?<![@\w.-])(?:www\.\S+|(?:[a-z0-9-]+\.)+"
    rf"(?:(?:{_ENDINGS})(?![a-z0-9-])(?:[:/]\S*)?|[a-z]{{2,}}/\S+))",
    re.IGNORECASE,
)


def has_account(text: str) -> bool:
    """Tell whether a text holds an IBAN, or so many digits together as an account number has."""
    plain = _plain(text)
    if any(_is_iban(found[0]) for found in _IBAN.finditer(plain)):
        return True
    rest = _OWN.sub("·", plain)
    runs = (sum(char.isdigit() for char in found[0]) for found in _RUN.finditer(rest))
    return _CARD.search(rest) is not None or any(count >= FEWEST_DIGITS for count in runs)


def has_address(text: str, *, here: str) -> bool:
    """Tell whether a text holds a web address that is not of the house, whose own is `here`."""
    own = urlsplit(here).hostname
    return any(host != own for host in _hosts(_plain(text)))


def _hosts(text: str) -> Iterator[str | None]:
    for found in _ADDRESS.finditer(text):
        address = found[0] if "://" in found[0] else f"//{found[0]}"
        try:
            yield urlsplit(address.rstrip(".,;:!?)")).hostname
        except ValueError:
            yield None


def _plain(text: str) -> str:
    """Return a text in plain digits and letters, without characters that nobody sees."""
    shown = unicodedata.normalize("NFKC", text)
    return "".join(char for char in shown if unicodedata.category(char) != "Cf")


def _is_iban(found: str) -> bool:
    whole = "".join(char for char in found if char.isalnum())[:LONGEST_IBAN]
    ends = range(SHORTEST_IBAN, len(whole) + 1)
    return any(iban.is_valid(whole[:end], check_country=False) for end in ends)

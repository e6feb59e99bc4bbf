"""Provinces and cities by code: what a listing may say about where somebody lives. Pure."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import yaml

from qinghe import parties

DEFAULT_ZONES: Final = ("Asia/Shanghai",)
# Own telephone codes and an own clock: not meant where somebody lives in mainland China.
OUTSIDE: Final = ("71", "81", "82")
_ENDINGS: Final = (
    "特别行政区",
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "地区",
    "省",
    "市",
    "盟",
)


def region_name(code: str, lang: str = "zh") -> str:
    """Return a region's name in Chinese (`zh…`) or English; the code itself when unknown."""
    known = _all().get(code)
    if known is None:
        return code
    return known[0] if lang.startswith("zh") else known[1]


def province_of(code: str) -> str:
    """Return the province code of any code below it; empty for no code."""
    return f"{code[:2]}0000" if code else ""


def city_of(code: str) -> str:
    """Return the city code of a county or city code; municipalities are one place."""
    city = f"{code[:4]}00"
    return city if city in _all() else province_of(code)


def is_region(code: str) -> bool:
    """Tell whether a code names a province or a city."""
    return code in _all()


def find_region(text: str) -> str | None:
    """
    Return the code of a place written as a code or by name; None when it is not certain.

    County codes count as their city; `浙江省杭州市` and `杭州` are the same.
    """
    text = text.strip()
    if text.isdigit():
        code = text.ljust(6, "0")
        found = city_of(code) if len(code) == 6 else ""
        return found if is_region(found) else None
    return _by_name().get(_bare(text)) or _after_province(text)


def zones_of(code: str) -> tuple[str, ...]:
    """Return every IANA zone by which somebody of a region may live; none for no region."""
    if not is_region(code):
        return ()
    return _zones().get(province_of(code), DEFAULT_ZONES)


def mainland_zones() -> tuple[str, ...]:
    """Return every zone by which somebody may live of whom only mainland China is known."""
    found = [zone for code in _all() if _is_mainland(code) for zone in zones_of(code)]
    return tuple(dict.fromkeys(found))


@cache
def mainland_address() -> str:
    """Return a regular expression for how an address in mainland China begins."""
    names = sorted({zh for code, (zh, _en) in _all().items() if _is_mainland(code)})
    endings = "|".join(_ENDINGS)
    return rf"^(?:中国)?(?:{'|'.join(names)})(?:{endings})"


def _is_mainland(code: str) -> bool:
    return code[:2] not in OUTSIDE


def provinces(lang: str = "zh") -> list[tuple[str, str]]:
    """Return codes and names of the provinces."""
    return [(code, region_name(code, lang)) for code in _all() if code.endswith("0000")]


def cities(province: str, lang: str = "zh") -> list[tuple[str, str]]:
    """Return codes and names of a province's cities; a municipality is its own city."""
    inside = [code for code in _all() if code[:2] == province[:2] and not code.endswith("0000")]
    return [(code, region_name(code, lang)) for code in inside or [province]]


def _after_province(text: str) -> str | None:
    for code, (zh, _en) in _all().items():
        if code.endswith("0000") and text.startswith(zh):
            rest = text.removeprefix(zh)
            rest = next((rest.removeprefix(e) for e in _ENDINGS if rest.startswith(e)), rest)
            found = _by_name().get(_bare(rest))
            if found and province_of(found) == code:
                return found
    return None


def _bare(text: str) -> str:
    lowered = text.strip().lower()
    ending = next((each for each in _ENDINGS if lowered.endswith(each)), "")
    return lowered.removesuffix(ending) if len(lowered) > len(ending) + 1 else lowered


@cache
def _by_name() -> dict[str, str]:
    # A city wins over the province of the same name (Jilin) only where its English name differs.
    return {name.lower(): code for code, pair in reversed(list(_all().items())) for name in pair}


@cache
def _all() -> dict[str, tuple[str, str]]:
    data = _data()
    return {
        str(code): (str(zh), str(en))
        for level in ("provinces", "cities")
        for code, (zh, en) in data[level].items()
    }


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    return {str(code): tuple(zones) for code, zones in _data()["zones"].items()}


@cache
def _data() -> dict[str, dict[int, list[str]]]:
    text = files(parties).joinpath("regions.yaml").read_text("utf-8")
    loaded: dict[str, dict[int, list[str]]] = yaml.safe_load(text)
    return loaded

"""
How numbers, money and time read on a page. Pure functions; templates reach them as tags.

Staff pages write `¥15,064.24` and `11-24 18:00`; warm pages write `15,064.24 元` and
`2026 年 11 月 5 日`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext

from qinghe.kernel.money import exponent, to_major
from qinghe.market.bands import bands

MINUS = "\u2212"
NBSP = "\u00a0"
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "SGD": "S$"}
ZH_UNITS = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元", "JPY": "日元"}
EN_UNITS = {
    "CNY": "yuan", "USD": "US dollars", "EUR": "euros", "GBP": "pounds", "HKD": "Hong Kong dollars",
    "JPY": "yen",
}  # fmt: skip
EN_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ZH_DAYS = "一二三四五六日"
EN_STEPS = ((10**9, "B"), (10**6, "M"), (10**3, "K"))
ZH_STEPS = ((10**8, "亿", 2), (10**4, "万", 1))

# One time in all of China, under the names that systems have for it.
BEIJING = frozenset({"Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "PRC"})

Number = int | float | Decimal | Fraction


def chinese() -> bool:
    """Return whether the active language is Chinese."""
    return (get_language() or "").lower().startswith("zh")


def listed(words: Iterable[str]) -> str:
    """Return words one after the other, as the language writes a list."""
    return ("、" if chinese() else ", ").join(words)


def zone_words(name: str) -> str:
    """Return a zone as people there say it: one time holds in all of China."""
    return gettext("Beijing time") if name in BEIJING else name


def home_zone() -> ZoneInfo:
    """Return the zone in which staff read times: `settings.DISPLAY_ZONE`, else Shanghai."""
    return ZoneInfo(getattr(settings, "DISPLAY_ZONE", "Asia/Shanghai"))


def _signed(negative: bool, body: str) -> str:
    return MINUS + body if negative else body


def number(value: Number, decimals: int = 0) -> str:
    """Return a number with thousands separators and the true minus sign."""
    exact = Fraction(value)
    scaled = Decimal(exact.numerator) / Decimal(exact.denominator)
    rounded = scaled.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return _signed(rounded < 0, f"{abs(rounded):,}")


def bare_money(minor: int, currency: str) -> str:
    """Return minor units as digits with the currency's decimals, without a unit."""
    return _signed(minor < 0, f"{to_major(abs(minor), currency):,.{exponent(currency)}f}")


def _with_symbol(body: str, currency: str) -> str:
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{body}" if symbol else f"{currency}{NBSP}{body}"


def money(minor: int, currency: str) -> str:
    """Return the staff form of minor units: `¥15,064.24`, `−¥1,200.00`."""
    return _signed(minor < 0, _with_symbol(bare_money(abs(minor), currency), currency))


def warm_money(minor: int, currency: str, *, whole: bool = False) -> str:
    """
    Return the debtor's form, the unit in words: `15,064.24 元`, `15,064.24 yuan`.

    `whole` leaves out decimals that are all zero, for offers a person chooses between.
    """
    body = bare_money(abs(minor), currency)
    if whole and minor % 10 ** exponent(currency) == 0:
        body = body.split(".")[0]
    unit = (ZH_UNITS if chinese() else EN_UNITS).get(currency, currency)
    return _signed(minor < 0, f"{body}{NBSP}{unit}")


def money_short(minor: int, currency: str) -> str:
    """Return a total of many accounts: `¥2,567.8 万`, `¥1.61 亿`; English `¥25.7M`, `¥161M`."""
    major = to_major(abs(minor), currency)
    body = _short_zh(major) if chinese() else _short_en(major)
    return _signed(minor < 0, _with_symbol(body, currency))


def _short_zh(major: Decimal) -> str:
    for step, unit, decimals in ZH_STEPS:
        if major >= step:
            return f"{number(major / step, decimals)}{NBSP}{unit}"
    return number(major)


def _short_en(major: Decimal) -> str:
    for step, unit in EN_STEPS:
        if major >= step:
            ratio = major / step
            return f"{number(ratio, 1 if ratio < 100 else 0)}{unit}"
    return number(major)


def percent(ratio: Number, decimals: int = 1) -> str:
    """Return a ratio (0.126) as a percentage (`12.6%`)."""
    return number(Fraction(ratio) * 100, decimals) + "%"


def _local(value: datetime, zone: tzinfo | str | None) -> datetime:
    named = ZoneInfo(zone) if isinstance(zone, str) and zone else zone
    return value.astimezone(named if isinstance(named, tzinfo) else home_zone())


def as_day(value: date, zone: tzinfo | str | None = None) -> date:
    """Return the calendar day of a moment in a zone; a day stays as it is."""
    return _local(value, zone).date() if isinstance(value, datetime) else value


def day(value: date, *, this_year: int, zone: tzinfo | str | None = None) -> str:
    """Return the staff form of a day: `11-24` inside the year, else `2026-12-31`."""
    local = as_day(value, zone)
    return f"{local:%m-%d}" if local.year == this_year else local.isoformat()


def clock(value: datetime, zone: tzinfo | str | None = None) -> str:
    """Return the time of day of a moment, `18:00`."""
    return f"{_local(value, zone):%H:%M}"


def moment(value: datetime, *, this_year: int, zone: tzinfo | str | None = None) -> str:
    """Return the staff form of a moment: `11-24 18:00`."""
    return f"{day(value, this_year=this_year, zone=zone)} {clock(value, zone)}"


def warm_day(value: date, *, this_year: int, zone: tzinfo | str | None = None) -> str:
    """Return a day in words: `11 月 5 日`, `5 November`; with the year outside this one."""
    local = as_day(value, zone)
    other = local.year != this_year
    if chinese():
        year = f"{local.year} 年 " if other else ""
        return f"{year}{local.month} 月 {local.day} 日".replace(" ", NBSP)
    year = f" {local.year}" if other else ""
    return f"{local.day}{NBSP}{EN_MONTHS[local.month - 1]}{year}"


def day_heading(value: date, *, this_year: int, zone: tzinfo | str | None = None) -> str:
    """Return a day with its weekday: `11 月 23 日 星期一`, `Monday, 23 November`."""
    words = warm_day(value, this_year=this_year, zone=zone)
    weekday = as_day(value, zone).weekday()
    return f"{words} 星期{ZH_DAYS[weekday]}" if chinese() else f"{EN_DAYS[weekday]}, {words}"


def warm_moment(value: datetime, *, this_year: int, zone: tzinfo | str | None = None) -> str:
    """Return a moment in words: `11 月 5 日 18:26`, `5 November, 18:26`."""
    comma = "" if chinese() else ","
    return f"{warm_day(value, this_year=this_year, zone=zone)}{comma} {clock(value, zone)}"


def band_words(index: int, currency: str, to: int | None = None) -> str:
    """Return an amount band, or a span of bands, in major units: `¥10,000–20,000`, `≥ ¥500,000`."""
    every = bands()
    band, last = every[index], every[index if to is None else to]
    if band.low == 0 and last.high is None:
        return gettext("amount not shown")
    low = _with_symbol(number(band.low), currency)
    return f"{low}–{number(last.high)}" if last.high else f"≥ {low}"


def masked(name: str) -> str:
    """Return a name with all but its first character hidden: `陈＊＊`."""
    text = name.strip()
    if not text or "＊" in text or "*" in text:
        return text.replace("*", "＊")
    return text[0] + "＊＊"

"""Tags of every page: `{% load qinghe %}`. Shown with examples at /styleguide/."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime
from functools import cache, lru_cache
from urllib.parse import urlencode

from django import template
from django.core.paginator import Paginator
from django.http import QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from qinghe.kernel import clock
from qinghe.web import badges, formats, stencils
from qinghe.web.icons import ICONS
from qinghe.web.parts import DayBar

register = template.Library()
KNOWN = frozenset(ICONS)
# No year is this one: every year is said.
EVERY = 0
WAVES = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><rect width="24" height="24" rx="7"/>'
    '<path d="M5 10.2c2.3-2.6 4.7-2.6 7 0s4.7 2.6 7 0M5 15c2.3-2.6 4.7-2.6 7 0s4.7 2.6 7 0"/></svg>'
)


def _this_year(zone: str | None = None) -> int:
    return formats.as_day(clock.now(), zone).year


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """
    Return an icon of the sprite, hidden from screen readers; `label` adds words for them.

    :raises ValueError: the name is not in `qinghe.web.icons.ICONS`
    """
    if name not in KNOWN:
        raise ValueError(f"{name!r} is not in qinghe.web.icons.ICONS")
    drawn = _drawn(name)
    return drawn + format_html('<span class="vh">{}</span>', label) if label else drawn


@cache
def _drawn(name: str) -> SafeString:
    """Draw an icon once per process: a page of a table shows more than a hundred."""
    sprite = static("vendor/icons.svg")
    return format_html('<svg class="ti" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def mark() -> SafeString:
    """Return the mark of Qinghe: two calm waves in a rounded square."""
    return SafeString(WAVES)


@register.simple_tag
def html_lang() -> str:
    """Return the BCP 47 tag of the active language: `zh-Hans` or `en`."""
    return "zh-Hans" if formats.chinese() else (get_language() or "en")


@register.simple_tag
@lru_cache(maxsize=64)
def stage_badge(stage: str | int) -> SafeString:
    """Return the ageing badge of `M0` to `M7` (or 0 to 7); the last step reads `M7+`."""
    step = min(int(str(stage).strip("M+")), 7)
    return format_html('<span class="stg m{}">M{}{}</span>', step, step, "+" if step == 7 else "")


@register.simple_tag
def badge(label: object, tone: str = "", sign: str = "") -> SafeString:
    """Return a badge: tone "", ok, warn, bad, acc, line or hold; `sign` names an icon."""
    drawn = icon(sign) if sign else ""
    return format_html('<span class="bdg {}">{}{}</span>', tone, drawn, label)


@register.simple_tag
def status_badge(state: str, label: object = "") -> SafeString:
    """Return the badge of a state; the label is the state's own (`get_state_display`)."""
    words = label or getattr(state, "label", state)
    look = badges.look(str(state))
    return badge(words, look.tone, look.icon)


@register.simple_tag
def hold(label: object, lifted: bool = False) -> SafeString:
    """Return a hold badge; a lifted hold stays visible as a quiet one."""
    return badge(label, "line") if lifted else badge(label, "hold", "player-pause")


@register.simple_tag(name="money")
@register.filter(name="money")
def money(minor: int | None, currency: str = "CNY") -> str:
    """Return minor units for staff: `¥15,064.24`; an absent amount is a dash."""
    return "–" if minor is None else formats.money(minor, currency)


@register.simple_tag
@register.filter
def bare_money(minor: int, currency: str = "CNY") -> str:
    """Return minor units as digits only: `15,064.24`."""
    return formats.bare_money(minor, currency)


@register.simple_tag
@register.filter
def money_short(minor: int, currency: str = "CNY") -> str:
    """Return a total of many accounts: `¥1.61 亿`, `¥161M`."""
    return formats.money_short(minor, currency)


@register.simple_tag
def warm_money(minor: int, currency: str = "CNY", whole: bool = False) -> str:
    """Return minor units for debtor and public pages: `15,064.24 元`."""
    return formats.warm_money(minor, currency, whole=whole)


@register.filter
def count(value: float, decimals: int = 0) -> str:
    """Return a number with thousands separators: `1,284`."""
    return formats.number(value, decimals)


@register.filter
def percent(ratio: float | None, decimals: int = 1) -> str:
    """Return a ratio as a percentage: 0.126 reads `12.6%`; an absent one is a dash."""
    return "–" if ratio is None else formats.percent(ratio, decimals)


@register.filter
def zone_words(name: str) -> str:
    """Return a time zone in words."""
    return formats.zone_words(name)


@register.filter
def masked(name: str) -> str:
    """Return a name with all but its first character hidden: `陈＊＊`."""
    return formats.masked(name)


@register.filter
def day(value: date | None, zone: str | None = None) -> str:
    """Return a day for staff: `11-24`, or `2025-03-18` outside this year."""
    return formats.day(value, this_year=_this_year(zone), zone=zone) if value else "–"


@register.filter
def moment(value: datetime | None, zone: str | None = None) -> str:
    """Return a moment for staff: `11-24 18:00`, in the display zone or the zone given."""
    return formats.moment(value, this_year=_this_year(zone), zone=zone) if value else "–"


@register.filter
def time_of_day(value: datetime, zone: str | None = None) -> str:
    """Return the clock time of a moment: `18:00`."""
    return formats.clock(value, zone)


@register.filter
def warm_day(value: date | None, zone: str | None = None) -> str:
    """
    Return a day in words, its year always said: `2026 年 11 月 5 日`, `5 November 2026`.

    Whoever reads such a page may keep it, or a picture of it, for years.
    """
    return formats.warm_day(value, this_year=EVERY, zone=zone) if value else "–"


@register.filter
def warm_date(value: date) -> str:
    """Return a day in words, its year always said: `2026 年 11 月 5 日`, `5 November 2026`."""
    return formats.warm_day(value, this_year=EVERY)


@register.filter
def day_heading(value: date, zone: str | None = None) -> str:
    """Return a day with its weekday: `11 月 23 日 星期一`, `Monday, 23 November`."""
    return formats.day_heading(value, this_year=_this_year(zone), zone=zone)


@register.filter
def warm_moment(value: datetime | None, zone: str | None = None) -> str:
    """Return a moment in words: `2026 年 11 月 5 日 18:26`, `5 November 2026, 18:26`."""
    return formats.warm_moment(value, this_year=EVERY, zone=zone) if value else "–"


@register.simple_tag
def when(value: datetime, warm: bool = False, zone: str | None = None) -> SafeString:
    """Return a `<time>` element with the machine form and the words of this kind of page."""
    words = warm_moment(value, zone) if warm else moment(value, zone)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), words)


@register.simple_tag
def until(value: datetime) -> SafeString:
    """Return the time left as `01:02:03`; the script counts it down, quietly."""
    left = max(0, int((value - clock.now()).total_seconds()))
    words = f"{left // 3600:02}:{left // 60 % 60:02}:{left % 60:02}"
    return format_html(
        '<time class="b nw" datetime="{}" data-left="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        left,
        words,
    )


@register.inclusion_tag("components/day_bar.html")
def day_bar(bar: DayBar) -> dict[str, DayBar]:
    """Draw one day of 24 hours: closed, open and wished hours, attempts, now."""
    return {"bar": bar}


@register.filter
def page_numbers(paginator: Paginator[object], number: int) -> list[int]:
    """Return the page numbers to show around a page; 0 stands for a gap."""
    return [n if isinstance(n, int) else 0 for n in paginator.get_elided_page_range(number)]


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """Return the current address's query with some keys changed; "" removes a key."""
    asked: QueryDict = context["request"].GET
    kept = [(key, each) for key, values in asked.lists() if key not in changes for each in values]
    set_now = [(key, str(value)) for key, value in changes.items() if value not in ("", None)]
    return "?" + urlencode([*kept, *set_now])


@register.simple_tag(name="drawn")
def drawn_once(name: str, **shown: Hashable) -> SafeString:
    """Draw a template that shows the values given and nothing else, once for everybody."""
    return stencils.drawn(name, **shown)


@register.simple_tag
def gap(name: str, *of: object) -> SafeString:
    """Leave a gap in a template that is drawn as a stencil; see `qinghe.web.stencils`."""
    return stencils.gap(":".join([name, *map(str, of)]))

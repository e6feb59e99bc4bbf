"""Tags for pages behind a door: forms that count once, and what the role may do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from qinghe.kernel.actor import Role
from qinghe.kernel.ids import new_id
from qinghe.kernel.shown import FIELD
from qinghe.market.bands import bands
from qinghe.parties.regions import province_of, region_name
from qinghe.parties.roles import ROLES
from qinghe.rules.packs import rule as rule_by_id
from qinghe.web import badges, plain, words
from qinghe.web.formats import band_words, chinese, listed, number, percent
from qinghe.web.templatetags.qinghe import badge

register = template.Library()


@register.simple_tag(takes_context=True)
def once(context: template.Context) -> SafeString:
    """
    Return the two hidden fields of every form that writes: the CSRF token and a request key.

    The same key sent twice (a double click, a reload) does the act once.
    """
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<input type="hidden" name="request_key" value="{}">',
        get_token(context["request"]),
        new_id(),
    )


@register.simple_tag
def seen(mark: str) -> SafeString:
    """Return the hidden field of a form that decides: the mark of what is shown beside it."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, mark)


@register.filter
def rule_title(rule_id: str) -> str:
    """Return the title of a rule in the active language; an unknown id stands for itself."""
    try:
        return rule_by_id(rule_id).title("zh" if chinese() else "en")
    except LookupError:
        return rule_id


@register.filter
def source(citation: str) -> str:
    """Return where a rule stands; a rule of our own says so."""
    own = {"product": _("This platform"), "operator": _("The operator's own rules")}
    return own.get(citation, citation)


@register.filter
def label(value: str, kind: str) -> str:
    """Return the words of a state or kind: `{{ row.product|label:"product" }}`."""
    return words.label(value, kind)


@register.filter
def labels(values: list[str], kind: str) -> str:
    """Return the words of several: `{{ claim.reachable|labels:"channel" }}`."""
    return listed(words.label(value, kind) for value in values)


@register.filter
def cause(reason: str) -> str:
    """Return why a mandate rests or ended: a person's words, or words for what a rule did."""
    return words.cause(reason)


@register.simple_tag
def state(value: str, kind: str) -> SafeString:
    """Return the badge of a state with its words: `{% state row.state "claim" %}`."""
    look = badges.look(str(value))
    return badge(words.label(value, kind), look.tone, look.icon)


@register.filter
def region(code: str) -> str:
    """Return the name of a city or province, with its province before a city."""
    lang = "zh" if chinese() else "en"
    name, province = region_name(code, lang), province_of(code)
    if not code or province == code:
        return name or "–"
    joint = "·" if chinese() else ", "
    pair = (region_name(province, lang), name)
    return joint.join(pair if chinese() else reversed(pair))


@register.simple_tag
def band(index: int, currency: str, to: int | None = None) -> str:
    """Return an amount band, or a span of bands, in major units: `¥10,000–20,000`."""
    return band_words(index, currency, to)


@register.filter
def band_upto(index: int) -> str:
    """Return the largest sum of a band: `up to ¥20,000`, or that there is no limit."""
    high = bands()[index].high
    if high is None:
        return _("any amount")
    return _("up to ¥%(sum)s") % {"sum": number(high)}


@register.simple_tag
def measured(value: float | None, unit: str) -> str:
    """Return a value of the ladder as its measure is read: a part of 100, or a plain number."""
    if value is None:
        return "–"
    if unit in ("share", "least"):
        return percent(value)
    return f"{value:,.1f}".removesuffix(".0")


@register.filter
def role_name(role: Role) -> str:
    """Return the display name of a role."""
    return str(ROLES[role].display_name)


@register.filter
def ratio(text: str) -> Decimal:
    """Return a rate written in an address, `0.05`, as a number."""
    return Decimal(text)


@register.simple_tag
def quality_bar(rate: Decimal, share: Decimal) -> SafeString:
    """Draw a commission rate up to 40 %: the part on money, then the part on quality."""
    whole = min(float(rate) / 0.4, 1.0) * 96
    quality = whole * float(share)
    return format_html(
        '<svg class="qbar" viewBox="0 0 96 8" aria-hidden="true">'
        '<rect class="b0" width="96" height="8" rx="2"/>'
        '<rect class="b1" width="{}" height="8" rx="2"/>'
        '<rect class="b2" x="{}" width="{}" height="8"/></svg>',
        round(whole - quality, 1),
        round(whole - quality, 1),
        round(quality, 1),
    )


@register.filter
def paragraphs(text: str) -> SafeString:
    """Return plain Markdown-like terms as paragraphs and one numbered list; no HTML passes."""
    return plain.html(text)


@register.filter
def signed(points: int) -> str:
    """Return points with their sign, as terms of a sum are written."""
    return f"{points:+d}".replace("-", "−")


@register.filter
def of(mapping: Any, key: Any) -> Any:
    """Return the value of a key in a mapping, or nothing."""
    return mapping.get(key, "") if mapping else ""

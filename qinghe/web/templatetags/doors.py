"""Tags for pages behind a door: forms that count once, and what the role may do."""

from __future__ import annotations

from typing import Any

from django import template
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qinghe.kernel.ids import new_id
from qinghe.rules.packs import rule as rule_by_id
from qinghe.web.formats import chinese

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


@register.filter
def rule_title(rule_id: str) -> str:
    """Return the title of a rule in the active language; an unknown id stands for itself."""
    try:
        return rule_by_id(rule_id).title("zh" if chinese() else "en")
    except LookupError:
        return rule_id


@register.filter
def of(mapping: Any, key: Any) -> Any:
    """Return the value of a key in a mapping, or nothing."""
    return mapping.get(key, "") if mapping else ""

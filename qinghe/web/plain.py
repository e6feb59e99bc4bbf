"""Draw the plain text of contracts: headings, numbered points, paragraphs, nothing else."""

from __future__ import annotations

import re
from itertools import groupby

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

POINT = re.compile(r"\d+\.\s+")
BOLD = re.compile(r"\*\*(.+?)\*\*")


def _inline(text: str) -> SafeString:
    escaped = str(conditional_escape(" ".join(text.split())))
    return mark_safe(BOLD.sub(r"<b>\1</b>", escaped))  # noqa: S308  escaped just above


def _blocks(text: str) -> list[tuple[str, str]]:
    """Return (kind, words) of each block; kind is head, point or words."""
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        start = POINT.match(line)
        if line.startswith("#"):
            found.append(("head", line.lstrip("# ")))
        elif start:
            found.append(("point", line[start.end() :]))
        elif not line.strip():
            found.append(("gap", ""))
        elif found and found[-1][0] in ("point", "words"):
            found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
        else:
            found.append(("words", line))
    return [block for block in found if block[0] != "gap"]


def html(text: str) -> SafeString:
    """Return the text as safe HTML; whatever looks like a tag is escaped."""
    parts: list[SafeString] = []
    for kind, group in groupby(_blocks(text), key=lambda block: block[0]):
        rows = [(_inline(words),) for _kind, words in group]
        if kind == "point":
            parts.append(format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", rows)))
        else:
            tag = "<h3>{}</h3>" if kind == "head" else "<p>{}</p>"
            parts.append(format_html_join("", tag, rows))
    return mark_safe("".join(parts))  # noqa: S308  built from escaped parts

"""The composer: choose an approved wording, see what it will say, send it through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from qinghe.claims.interest import grown
from qinghe.claims.queries import ClaimView
from qinghe.contact.queries import BudgetView, Wording, wordings
from qinghe.contact.wording.fill import amount_text, day_text, fill
from qinghe.web.formats import chinese
from qinghe.web.words import label

PURPOSE = "collect"
SENDABLE = ("sms", "email", "letter", "voice")


@dataclass(frozen=True)
class Choice:
    """One channel or wording to choose from."""

    code: str
    words: str
    chosen: bool
    open: bool = True


@dataclass(frozen=True)
class Composer:
    """The channels, the wordings of the chosen one, and the text as it would read."""

    channels: Sequence[Choice]
    templates: Sequence[Choice]
    channel: str
    template: str
    version: str
    subject: str
    body: str
    open: bool


def composer(
    view: ClaimView, day: BudgetView, collector: str, asked: dict[str, str], today: date
) -> Composer:
    """Return the composer for the channel and wording asked for, or for the first that is open."""
    usable = [c for c in day.channels if c.channel in SENDABLE]
    chosen = _channel(usable, asked.get("channel", ""))
    texts = wordings(channel=chosen, purpose=PURPOSE)
    first = texts[0] if texts else None
    wording = next((w for w in texts if w.code == asked.get("template")), first)
    text = _text(wording, chosen, view, collector, today)
    return Composer(
        channels=[
            Choice(c.channel, label(c.channel, "channel"), c.channel == chosen, c.allowed)
            for c in usable
            if c.reachable
        ],
        templates=[Choice(w.code, w.title(_lang()), w is wording) for w in texts],
        channel=chosen,
        template=wording.code if wording else "",
        version=wording.version if wording else "",
        subject=text[0],
        body=text[1],
        open=any(c.channel == chosen and c.allowed for c in usable),
    )


def _lang() -> str:
    return "zh" if chinese() else "en"


def _channel(usable: Sequence[object], asked: str) -> str:
    names = [getattr(c, "channel", "") for c in usable]
    if asked in names:
        return asked
    ready = [getattr(c, "channel", "") for c in usable if getattr(c, "allowed", False)]
    messages = [name for name in ready if name != "voice"]
    return (messages or ready or names or ["sms"])[0]


def _text(
    wording: Wording | None, channel: str, view: ClaimView, collector: str, today: date
) -> tuple[str, str]:
    """Return subject and body with what the collector may see; the rest is filled at sending."""
    if wording is None:
        return ("", "")
    facts = {
        "creditor": view.creditor_name,
        "collector": collector,
        "number": view.number,
        "amount": amount_text(view.owed + grown(view, today), view.currency, _lang()),
        "due_on": day_text(view.due_on, _lang()),
    }
    text = fill(wording.text(channel, _lang()), {**blanks(), **facts})
    return (text.subject, text.body)


def blanks() -> dict[str, str]:
    """Return what stands in a text for the facts that are filled in at sending."""
    return {
        "creditor": _("[creditor]"),
        "collector": _("[collector]"),
        "number": _("[claim number]"),
        "amount": _("[amount owed]"),
        "due_on": _("[due day]"),
        "name": _("[name, filled in at sending]"),
        "door": _("[address of the debtor's page]"),
        "code": _("[code]"),
        "complaints": _("[address for complaints]"),
    }

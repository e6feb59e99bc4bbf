"""Words for what the upper rooms tell about a claim: payments and complaints."""

from __future__ import annotations

from django.utils.translation import gettext as _

from qinghe.claims.queries import Moment
from qinghe.web import formats
from qinghe.web.parts import Event
from qinghe.web.words import label


def told(moment: Moment) -> Event:
    """Return a payment or complaint as an event of the timeline."""
    facts = {name: str(value) for name, value in moment.facts.items()}
    if moment.kind.startswith("payment"):
        return _payment(moment, facts)
    return _complaint(moment, facts)


def _payment(moment: Moment, facts: dict[str, str]) -> Event:
    words = {"amount": formats.money(int(facts["amount"]), facts["currency"])}
    source = label(facts.get("source", ""), "payment-source")
    if moment.kind == "payment-reversed":
        title = _("Payment reversed: %(amount)s") % words
        return Event(moment.at, title, source, "rotate")
    return Event(moment.at, _("Payment: %(amount)s") % words, source, "coin", "ok")


def _complaint(moment: Moment, facts: dict[str, str]) -> Event:
    number = facts.get("number", "")
    if moment.kind == "complaint":
        title = _("Complaint: %(about)s") % {"about": label(facts["complaint"], "complaint-kind")}
        return Event(moment.at, title, number, "speakerphone", "warn")
    state = label(moment.kind.removeprefix("complaint-"), "complaint")
    title = _("Complaint decided: %(state)s") % {"state": state}
    return Event(moment.at, title, number, "gavel", "ok")

"""Put an approved wording together with the facts of one claim, for one gateway."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.conf import settings

from qinghe.claims.days import day_of
from qinghe.claims.interest import grown
from qinghe.claims.models import Claim
from qinghe.contact import gateways
from qinghe.contact.gateways import Message
from qinghe.contact.models import Attempt
from qinghe.contact.wording import Wording, wording
from qinghe.contact.wording.fill import amount_text, day_text, fill
from qinghe.kernel.actor import system
from qinghe.parties.models import ContactPoint, VaultItem
from qinghe.parties.queries import org_name
from qinghe.parties.services import issue_door_code, reveal
from qinghe.parties.terms import Purpose, Secret

SENDER: Final = system("contact.send")


def compose(attempt: Attempt, claim: Claim, at: datetime) -> Message:
    """
    Return the message of a permitted attempt, in the person's language.

    The address leaves the vault only for gateways that need one, and the vault puts it on record.

    :raises LookupError: the wording was withdrawn since
    """
    found = _approved(attempt)
    lang = claim.debtor.language
    text = fill(found.text(attempt.channel, lang), _facts(attempt, claim, lang, at))
    addressed = attempt.channel in gateways.ADDRESSED
    letter = attempt.channel == "letter"
    return Message(
        channel=attempt.channel,
        subject=text.subject,
        text=text.body,
        language=lang,
        at=at,
        address=_address(attempt, at) if addressed else "",
        name=_name(claim, at) if letter else "",
        door=door(),
        code=_code(claim, at) if letter else "",
        reference=attempt.pk.hex[-8:].upper(),
    )


def door() -> str:
    """Return the address of the debtors' door; it never carries a code."""
    return f"{settings.QINGHE_BASE_URL.rstrip('/')}/d/"


def _approved(attempt: Attempt) -> Wording:
    found = wording(attempt.template)
    if found is None:
        raise LookupError(attempt.template)
    return found


def _facts(attempt: Attempt, claim: Claim, lang: str, at: datetime) -> dict[str, str]:
    return {
        "creditor": claim.creditor.name,
        "collector": org_name(attempt.collector_id) or claim.creditor.name,
        "number": claim.number,
        "amount": amount_text(claim.owed + grown(claim, day_of(at)), claim.currency, lang),
        "due_on": day_text(claim.due_on, lang),
        "door": door(),
    }


def _address(attempt: Attempt, at: datetime) -> str:
    points = ContactPoint.objects.filter(pk__in=[attempt.point_id])
    return reveal(
        item_id=points.values_list("address_id", flat=True)[0],
        purpose=Purpose.DELIVER,
        actor=SENDER,
        at=at,
    )


def _name(claim: Claim, at: datetime) -> str:
    names = VaultItem.objects.filter(person=claim.debtor_id, kind=Secret.NAME)
    item_id = names.order_by("-created_at", "-id").values_list("pk", flat=True).first()
    if item_id is None:
        return ""
    return reveal(item_id=item_id, purpose=Purpose.DELIVER, actor=SENDER, at=at)


def _code(claim: Claim, at: datetime) -> str:
    return issue_door_code(person_id=claim.debtor_id, actor=SENDER, at=at)

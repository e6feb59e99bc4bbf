"""Put an approved wording together with the facts of one claim, for one gateway."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import override

from qinghe.claims.challenge import challenge_days, challenge_end
from qinghe.claims.days import day_of
from qinghe.claims.interest import grown
from qinghe.claims.models import Claim
from qinghe.claims.queries import live_holds
from qinghe.claims.queries.limits import time_barred
from qinghe.claims.reference import transfer_to
from qinghe.claims.terms import DEBTS, ClaimState, HoldKind
from qinghe.contact import gateways
from qinghe.contact.decision import packs_for
from qinghe.contact.gateways import Message
from qinghe.contact.models import Attempt
from qinghe.contact.terms import ContactPurpose
from qinghe.contact.wording import Text, Wording, wording
from qinghe.contact.wording.fill import amount_text, day_text, fill
from qinghe.kernel.actor import system
from qinghe.parties.models import ContactPoint, Representative, VaultItem
from qinghe.parties.queries import org_name
from qinghe.parties.services import issue_door_code, reveal
from qinghe.parties.terms import ActsAs, Channel, OrgKind, Purpose, Secret
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen

SENDER: Final = system("contact.send")
# What a hold says about the case, in the words of screening.
FACTS: Final = {
    HoldKind.DISPUTE: "disputed",
    HoldKind.PLAN: "plan_kept",
    HoldKind.DEATH: "deceased",
}


class NotToBeSaid(Exception):
    """The finished text breaks rules of what may be said; `rules` names them."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__(*rules)
        self.rules = rules


def compose(attempt: Attempt, claim: Claim, at: datetime) -> Message:
    """
    Return the message of a permitted attempt, in the person's language.

    The address leaves the vault only for gateways that need one, and the vault puts it on record.

    :raises LookupError: the wording was withdrawn since
    :raises NotToBeSaid: the finished text must not be said in this case; the debtor's data stay
    """
    found = _approved(attempt)
    lang = claim.debtor.language
    text = fill(found.text(attempt.channel, lang), _facts(attempt, claim, lang, at))
    _listen(attempt, claim, text, at)
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
        reference=reference(attempt),
        mail_id=str(attempt.pk),
    )


def reference(attempt: Attempt) -> str:
    """Return the name of a contact outside the house; the other side tells repetitions by it."""
    return attempt.pk.hex[-8:].upper()


def _listen(attempt: Attempt, claim: Claim, text: Text, at: datetime) -> None:
    """
    Screen the finished text: a creditor's name, or a case that changed, may spoil approved words.
    """
    holds = live_holds(claim.debtor_id, claim.pk, at=at)
    known = {FACTS[HoldKind(each.kind)] for each in holds if each.kind in FACTS}
    # Nobody may say of a claim that is too old that it must still be paid.
    if time_barred(claim_id=claim.pk, due_on=claim.due_on, on=day_of(at)):
        known.add("time_barred")
    said = Utterance(
        f"{text.subject}\n{text.body}",
        role="debtor",
        channel=attempt.channel,
        # The address is the debtor's own, and whoever calls asks before reading on.
        identity_verified=True,
        facts=frozenset(known),
    )
    answer = screen(said, packs_for(tuple(claim.debtor.zones)))
    if answer.denied:
        raise NotToBeSaid(answer.rules)


def door() -> str:
    """Return the address of the debtors' door; it never carries a code."""
    return f"{settings.QINGHE_BASE_URL.rstrip('/')}/d/"


def _approved(attempt: Attempt) -> Wording:
    found = wording(attempt.template)
    if found is None:
        raise LookupError(attempt.template)
    return found


def _facts(attempt: Attempt, claim: Claim, lang: str, at: datetime) -> dict[str, str]:
    creditor = _creditor(claim, at)
    return {
        "creditor": creditor,
        "collector": org_name(attempt.collector_id) or creditor,
        "number": claim.number,
        "amount": amount_text(claim.owed + grown(claim, day_of(at)), claim.currency, lang),
        "due_on": day_text(claim.due_on, lang),
        **_debt(claim, lang, at),
        "door": door(),
        "complaints": f"{settings.QINGHE_BASE_URL.rstrip('/')}/complain/",
        **_operator(),
        **(_window(claim, lang, at) if _begins_window(attempt, claim) else {}),
        **(_on_paper(claim, at) if attempt.channel == Channel.LETTER else {}),
    }


def _on_paper(claim: Claim, at: datetime) -> dict[str, str]:
    """Return what only a letter says, for it goes to an address of the person alone."""
    told = {"id_start": _id_start(claim)}
    to = transfer_to(claim_number=claim.number, currency=claim.currency)
    # Of a claim that is too old no word may move anybody to pay.
    if to is None or time_barred(claim_id=claim.pk, due_on=claim.due_on, on=day_of(at)):
        return told
    bank = {"bank_holder": to.holder, "bank_name": to.bank, "bank_account": to.account}
    return {**told, **bank, "transfer_reference": to.reference}


def _debt(claim: Claim, lang: str, at: datetime) -> dict[str, str]:
    """Return what the debt is and of which parts; empty what there is none of."""
    parts = {
        "principal": claim.principal,
        "interest": claim.interest + grown(claim, day_of(at)),
        "costs": claim.costs,
    }
    told = {name: amount_text(sum_, claim.currency, lang) for name, sum_ in parts.items() if sum_}
    with override(lang):
        product = str(DEBTS[claim.product])
    signed = day_text(claim.contract_on, lang) if claim.contract_on else ""
    return {**told, "product": product, "contract_on": signed}


def _begins_window(attempt: Attempt, claim: Claim) -> bool:
    """Tell whether this is the notice by which a challenge window begins: it says until when."""
    notice = attempt.purpose == ContactPurpose.LEGAL_NOTICE and attempt.override_id is None
    return notice and claim.state == ClaimState.CHALLENGE


def _window(claim: Claim, lang: str, at: datetime) -> dict[str, str]:
    """Return the days of the window and its last whole day, were it to begin at once."""
    zones = claim.debtor.zones
    zone = ZoneInfo(zones[0] if zones else settings.DISPLAY_ZONE)
    last = challenge_end(zones, at).astimezone(zone).date() - timedelta(days=1)
    return {"days": str(challenge_days(zones)), "last_day": day_text(last, lang)}


def _operator() -> dict[str, str]:
    return {
        "operator": settings.OPERATOR_NAME,
        "operator_phone": settings.OPERATOR_PHONE,
        "operator_post": settings.OPERATOR_POST,
        "operator_office": settings.OPERATOR_OFFICE,
    }


def _id_start(claim: Claim) -> str:
    """
    Return the first characters of the number the creditor gave, as far as the vault's mask shows.

    Never the last four: they answer the question at the door, and the code is in the same letter.
    """
    numbers = VaultItem.objects.filter(person=claim.debtor_id, kind=Secret.ID_NUMBER)
    masked = numbers.order_by("-created_at", "-id").values_list("masked", flat=True).first()
    return (masked or "").partition("*")[0]


def _creditor(claim: Claim, at: datetime) -> str:
    """Return who claims: of a person who applied the name from the vault, for pages mask it."""
    if claim.creditor.kind != OrgKind.PRIVATE_CREDITOR:
        return claim.creditor.name
    own = Representative.objects.filter(
        organisation=claim.creditor_id, acts_as=ActsAs.SELF, removed_at__isnull=True
    )
    item_id = own.values_list("name_id", flat=True).first()
    if item_id is None:
        return claim.creditor.name
    return reveal(item_id=item_id, purpose=Purpose.DELIVER, actor=SENDER, at=at)


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

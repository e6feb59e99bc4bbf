"""
Send what was permitted: judge again at this instant, hand over to a gateway, keep a sealed copy.

Three steps, two transactions: a crash between them leaves the attempt in a named state and never
sends twice. What is stuck is released by a sweep; its budget stays spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from qinghe.claims.models import Claim
from qinghe.claims.services import notice_sent
from qinghe.claims.terms import ClaimState
from qinghe.contact import gateways
from qinghe.contact.addresses import address_limits
from qinghe.contact.decision import Decision, decide
from qinghe.contact.facts import Asked
from qinghe.contact.gateways import Message, Receipt
from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.queries.letters import current_notices, lines_told, told_anew
from qinghe.contact.queries.overrides import set_aside
from qinghe.contact.queries.situation import situation_of
from qinghe.contact.services.gate import lock
from qinghe.contact.services.message import NotToBeSaid, compose
from qinghe.contact.terms import FIRST_NOTICE, AttemptState, ContactPurpose, Outcome
from qinghe.contact.wording import wording
from qinghe.journal.services import record
from qinghe.kernel import prepared
from qinghe.kernel.actor import system
from qinghe.market.models import Mandate
from qinghe.parties.models import ContactPoint
from qinghe.parties.services import seal, seal_file
from qinghe.parties.terms import Channel, PointState, Secret

SENDER: Final = system("contact.send")
RELEASER: Final = system("contact.release-stuck")
# A permission is for now: one that no worker took up in time is dropped, not sent late.
PERMISSION_LASTS: Final = timedelta(hours=1)
SENDING_LASTS: Final = timedelta(minutes=10)
RELEASE_AT_MOST: Final = 10_000


@dataclass(frozen=True)
class Ready:
    """A permitted attempt that was judged again and may go out now."""

    attempt: Attempt
    message: Message
    # By how many lines of the claim the amount in it was made; none where it names none.
    told_lines: int | None


def send(*, attempt_id: UUID, at: datetime) -> str:
    """
    Deliver one permitted attempt and return its state. Safe to run twice: it never sends twice.
    """
    ready = _start(attempt_id, at)
    if ready is None:
        return str(Attempt.objects.values_list("state", flat=True).get(pk=attempt_id))
    try:
        receipt = gateways.deliver(ready.message)
    except gateways.GatewayFailed:
        return _finish(ready, Receipt("", Outcome.FAILED, ready.message.text), at)
    return _finish(ready, receipt, at)


def release_stuck(*, at: datetime) -> dict[str, int]:
    """
    Close attempts that a crash or a missing worker left behind. Returns how many of each kind.

    A permission that waited too long is cancelled; one that may have been sent counts as failed and
    keeps its budget spent.
    """
    late = Attempt.objects.filter(state=AttemptState.PERMITTED, at__lt=at - PERMISSION_LASTS)
    lost = Attempt.objects.filter(state=AttemptState.SENDING, sent_at__lt=at - SENDING_LASTS)
    ids = list(late.values_list("pk", flat=True)[:RELEASE_AT_MOST])
    stopped = sum(_release(pk, AttemptState.PERMITTED, at) for pk in ids)
    ids = list(lost.values_list("pk", flat=True)[:RELEASE_AT_MOST])
    failed = sum(_release(pk, AttemptState.SENDING, at) for pk in ids)
    return {"cancelled": stopped, "failed": failed}


@transaction.atomic
def _start(attempt_id: UUID, at: datetime) -> Ready | None:
    """Judge again under the person's lock; mark as being sent, or stop."""
    attempt = Attempt.objects.filter(pk=attempt_id, state=AttemptState.PERMITTED).first()
    if attempt is None:
        return None
    lock(attempt.person_id)
    attempt.refresh_from_db(fields=["state"])
    if attempt.state != AttemptState.PERMITTED:
        return None
    if attempt.at < at - PERMISSION_LASTS:
        # A worker that comes back may be quicker than the sweep.
        _release(attempt.pk, AttemptState.PERMITTED, at)
        return None
    # Counted before the amounts are read: a change in between makes a letter void, never stale.
    told_lines = lines_told(attempt.claim_id).count() if _names_amount(attempt) else None
    claim = Claim.objects.select_related("debtor", "creditor").get(pk=attempt.claim_id)
    if _untimely(attempt, claim):
        _stop(attempt, ("PLT-MND-01",), at)
        return None
    decision = _judge(attempt, claim, at)
    if decision.denied or decision.point is None or decision.point.id != attempt.point_id:
        _stop(attempt, decision.rules or ("PLT-IN-03",), at)
        return None
    if busy := _address_is_busy(attempt, at):
        _stop(attempt, busy, at)
        return None
    try:
        message = compose(attempt, claim, at)
    except NotToBeSaid as found:
        _stop(attempt, found.rules, at)
        return None
    attempt.state, attempt.sent_at = AttemptState.SENDING, at
    attempt.must_end_by = decision.must_end_by
    attempt.save(update_fields=["state", "sent_at", "must_end_by"])
    return Ready(attempt, message, told_lines)


def _names_amount(attempt: Attempt) -> bool:
    """Tell whether a letter tells an amount, and so stands or falls with it."""
    found = wording(attempt.template)
    if found is None or attempt.channel not in found.channels:
        return False
    return attempt.channel == Channel.LETTER and "{amount}" in found.text("letter", "zh").whole


def _untimely(attempt: Attempt, claim: Claim) -> bool:
    """Tell whether a first notice would name what is no longer, or not again, released."""
    first = attempt.template.startswith(f"{FIRST_NOTICE}@")
    # A notice that two persons let out belongs to no window.
    ours = attempt.purpose == ContactPurpose.LEGAL_NOTICE and attempt.override_id is None
    if not (first and ours):
        return False
    # Past its window a notice is sent only where the one before came back.
    return claim.state != ClaimState.CHALLENGE and not told_anew(claim.pk)


def _judge(attempt: Attempt, claim: Claim, at: datetime) -> Decision:
    mandates = Mandate.objects.select_related("collector")
    mandate = mandates.get(pk=attempt.mandate_id) if attempt.mandate_id else None
    asked = Asked(
        channel=attempt.channel,
        mode=attempt.mode,
        purpose=attempt.purpose,
        at=at,
        approved=wording(attempt.template) is not None,
        counted=attempt.override_id is not None,
        set_aside=set_aside(attempt.override_id),
    )
    situation = situation_of(claim=claim, mandate=mandate, at=at, without=attempt.pk)
    return decide(situation, asked)


def _address_is_busy(attempt: Attempt, at: datetime) -> tuple[str, ...]:
    """
    Return the limits that an address has reached, over every person that has the same address.

    The last wall: it trusts no permission. Its lock is of the address, so that two persons'
    messages to one number cannot race, and it is taken before anything is counted.
    """
    points = ContactPoint.objects.select_related("address").filter(pk__in=[attempt.point_id])
    address = points.get().address
    if address.blind is None:
        return ()
    key = int.from_bytes(bytes(address.blind)[:8], "big", signed=True)
    prepared.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    sent = Attempt.objects.exclude(pk=attempt.pk).filter(
        point__address__blind=address.blind, point__address__kind=address.kind
    )
    return tuple(
        limit.rule_id
        for limit in address_limits()
        if (counted := limit.counted(attempt.channel))
        and sent.filter(channel__in=counted, sent_at__gt=at - limit.within).count() >= limit.most
    )


def _stop(attempt: Attempt, rules: tuple[str, ...], at: datetime) -> None:
    attempt.state, attempt.rules = AttemptState.CANCELLED, list(rules)
    attempt.save(update_fields=["state", "rules"])
    record(
        kind="contact.cancelled",
        subject=f"claim:{attempt.claim_id}",
        actor=SENDER,
        at=at,
        person_id=attempt.person_id,
        rules=rules,
        attempt=attempt.pk,
        channel=attempt.channel,
    )


@transaction.atomic
def _finish(ready: Ready, receipt: Receipt, at: datetime) -> str:
    """Keep what was sent, sealed, and what came of it; a call's outcome comes from its caller."""
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=ready.attempt.pk)
    if attempt.state != AttemptState.SENDING:
        return attempt.state
    attempt.state = AttemptState.DONE
    if receipt.outcome == Outcome.FAILED:
        attempt.state = AttemptState.FAILED
    if receipt.outcome is not None:
        attempt.outcome, attempt.outcome_at = receipt.outcome, at
    attempt.save(update_fields=["state", "outcome", "outcome_at"])
    if attempt.state == AttemptState.DONE:
        _copy(attempt, receipt, ready.told_lines, at)
        # A letter has not left yet: its window counts from the printer.
        if not receipt.file and _begins(attempt):
            notice_sent(claim_id=attempt.claim_id, actor=SENDER, at=at)
    _note(attempt, receipt.gateway, at)
    return str(attempt.state)


def _begins(attempt: Attempt) -> bool:
    """
    Tell whether a message begins the challenge window of its claim.

    Not to an address that only the creditor chose, and not as it was before the last release.
    """
    known = ContactPoint.objects.filter(pk__in=[attempt.point_id], state=PointState.VALID).exists()
    return known and current_notices().filter(pk=attempt.pk).exists()


def _copy(attempt: Attempt, receipt: Receipt, told_lines: int | None, at: datetime) -> None:
    content = seal(kind=Secret.TEXT, value=receipt.text, person_id=attempt.person_id, at=at)
    file = seal_file(receipt.file) if receipt.file else ""
    Delivery.objects.create(
        attempt=attempt,
        gateway=receipt.gateway,
        content=content,
        file_sha256=file,
        told_lines=told_lines,
        at=at,
    )


def _note(attempt: Attempt, gateway: str, at: datetime) -> None:
    record(
        kind=f"contact.{attempt.state}",
        subject=f"claim:{attempt.claim_id}",
        actor=SENDER,
        at=at,
        person_id=attempt.person_id,
        attempt=attempt.pk,
        channel=attempt.channel,
        gateway=gateway,
        outcome=attempt.outcome,
    )


@transaction.atomic
def _release(attempt_id: UUID, state: AttemptState, at: datetime) -> int:
    attempt = Attempt.objects.select_for_update(of=("self",)).get(pk=attempt_id)
    if attempt.state != state:
        return 0
    if state == AttemptState.PERMITTED:
        attempt.state = AttemptState.CANCELLED
    else:
        attempt.state = AttemptState.FAILED
        attempt.outcome, attempt.outcome_at = Outcome.FAILED, at
    attempt.save(update_fields=["state", "outcome", "outcome_at"])
    record(
        kind=f"contact.{attempt.state}",
        subject=f"claim:{attempt.claim_id}",
        actor=RELEASER,
        at=at,
        person_id=attempt.person_id,
        attempt=attempt.pk,
        channel=attempt.channel,
        reason="stuck",
    )
    return 1

"""The creditor changes its own demand: corrects it, accepts what is lawful, waives a part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.claims.contract_terms import Outcome, WriteOff
from qinghe.claims.models import Claim, Line
from qinghe.claims.queries.amounts import facts_of
from qinghe.claims.recompute import rate_above, verified
from qinghe.claims.services.agreed import check_again
from qinghe.claims.services.books import book, line
from qinghe.claims.services.limits import use_allowance_for_raise
from qinghe.claims.services.locks import locked
from qinghe.claims.services.reviewing import check_lawful
from qinghe.claims.services.spoken import check_words
from qinghe.claims.services.states import (
    StillPlaced,
    WrongClaimState,
    back_to_review,
    settle,
)
from qinghe.claims.terms import OPEN_STATES, ClaimState, Component, LineKind
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.redaction import redact
from qinghe.parties.roles import Permission, require

FREE_TO_RAISE = (ClaimState.SUBMITTED, ClaimState.CHALLENGE, ClaimState.READY)


class NothingRestated(DomainError):
    code = "claims.nothing-restated"
    status = 422
    text = _("Nothing would change. Write the new open amount of at least one part.")


class BadRestatement(DomainError):
    code = "claims.bad-restatement"
    status = 422
    text = _("The new amount of “{component}” must be zero or more.")


class ReasonMissing(DomainError):
    code = "claims.reason-missing"
    status = 422
    text = _("Write the reason: the debtor will read it.")


class NothingToAccept(DomainError):
    code = "claims.nothing-to-accept"
    text = _("The lawful amount is not known, or not lower than what is claimed.")


class BadWriteOff(DomainError):
    code = "claims.bad-write-off"
    status = 422
    text = _("At most what is open can be waived: write an amount of “{component}” within it.")


@verb("claims.restate")
def restate(
    *, claim_id: UUID, amounts: Mapping[str, int], reason: str, actor: Actor, at: datetime
) -> Claim:
    """
    Give parts of a claim new open amounts, in minor units; the debtor reads the reason.

    Down is free at any time. Up is asked like a new claim: it counts against what a private
    creditor may submit, never passes what the law permits, and goes to the review desk; released
    again, the debtor is told anew and may contest it.

    :raises NotPermitted: only the creditor's side corrects its demand
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises ReasonMissing: no words for the debtor
    :raises WordsRefused: the words threaten, insult or mislead
    :raises BadRestatement: an amount below zero, or of an unknown part
    :raises NothingRestated: every amount is as it was
    :raises StillPlaced: raised while it is listed or a collector has it
    :raises MoreThanLawful: raised above what contract and law give
    :raises CoolingOff, RaisedTooMuch, OnlyYuan: more than a private creditor may submit now
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = _open(claim_id, actor)
    words = _words(reason)
    changes = {part: new - _now(claim, part, new) for part, new in amounts.items()}
    raised = any(change > 0 for change in changes.values())
    if raised and claim.state not in FREE_TO_RAISE:
        raise StillPlaced
    _change(claim, changes, LineKind.RESTATED, {"reason": words}, at)
    if raised:
        check_lawful(claim, at)
        _ask_for_more(claim, sum(changes.values()), actor, at)
    _finish("claims.restated", claim, changes, words, actor, at)
    return claim


@verb("claims.accept_lawful")
def accept_lawful(*, claim_id: UUID, actor: Actor, at: datetime) -> Claim:
    """
    Lower every line (and the rate) above what is lawful to it; lines below it stay.

    :raises NotPermitted: only the creditor's side corrects its demand
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises NothingToAccept: it cannot be calculated, or nothing is too much
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = _open(claim_id, actor)
    check = verified(facts_of([claim])[claim.pk], at=at)
    if check.outcome != Outcome.MORE:
        raise NothingToAccept
    changes = {
        row["component"]: max(-row["difference"], -getattr(claim, row["component"]))
        for row in check.lines
        if row["difference"] > 0
    }
    if rate_above(check):
        claim.overdue_rate_pct = check.late_rate_pct
    if changes:
        _change(claim, changes, LineKind.RESTATED, {"lawful": check.law}, at)
    words = str(_("Lowered to what contract and law give."))
    _finish("claims.lawful-accepted", claim, changes, words, actor, at)
    return claim


@verb("claims.write_off_part")
def write_off_part(
    *,
    claim_id: UUID,
    amounts: Mapping[str, int],
    ground: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> Claim:
    """
    Waive a part of what is open, in minor units per component; it cannot be claimed again here.

    :raises NotPermitted: only the creditor's side waives
    :raises NoSuchClaim: unknown, or another creditor's
    :raises WrongClaimState: the claim is over
    :raises ReasonMissing: no ground, or no words for the debtor
    :raises WordsRefused: the words threaten, insult or mislead
    :raises BadWriteOff: nothing, or more than is open
    """
    require(actor, Permission.MANAGE_CLAIMS)
    claim = _open(claim_id, actor)
    words = _words(reason)
    if ground not in WriteOff.values:
        raise ReasonMissing
    for part, amount in amounts.items():
        if part not in Component.values or not 0 <= amount <= getattr(claim, part):
            raise BadWriteOff(component=_label(part))
    changes = {part: -amount for part, amount in amounts.items()}
    if not any(changes.values()):
        raise BadWriteOff(component=Component.PRINCIPAL.label)
    _change(claim, changes, LineKind.WAIVED, {"reason": words, "ground": ground}, at)
    _finish("claims.written-off", claim, changes, f"{ground}: {words}", actor, at)
    return claim


def _open(claim_id: UUID, actor: Actor) -> Claim:
    claim = locked(claim_id, actor)
    if claim.state not in OPEN_STATES:
        raise WrongClaimState(state=ClaimState(claim.state).label)
    return claim


def _words(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise ReasonMissing
    check_words(words)
    # What people typed stays with the line and the journal: no numbers, no addresses.
    return redact(words)


def _label(part: str) -> object:
    return Component(part).label if part in Component.values else part


def _now(claim: Claim, part: str, new: int) -> int:
    if part not in Component.values or new < 0:
        raise BadRestatement(component=_label(part))
    return int(getattr(claim, part))


def _change(
    claim: Claim, changes: Mapping[str, int], kind: str, facts: Mapping[str, object], at: datetime
) -> None:
    lines: list[Line] = [
        line(claim.pk, part, kind, change, at, facts) for part, change in changes.items() if change
    ]
    if not lines:
        raise NothingRestated
    book(claim, lines)


def _ask_for_more(claim: Claim, more: int, actor: Actor, at: datetime) -> None:
    """Treat a raise like a new claim, on the row in memory; `more` is what all parts rise by."""
    if more > 0:
        use_allowance_for_raise(
            creditor=claim.creditor, amount=more, currency=claim.currency, actor=actor, at=at
        )
        # Caps and the second reviewer go by this figure.
        claim.claimed += more
    back_to_review(claim, actor, at)


def _finish(
    kind: str,
    claim: Claim,
    changes: Mapping[str, int],
    words: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Settle a claim that owes nothing, keep it, check its amount again and tell the journal."""
    if claim.owed == 0:
        settle(claim, at)
    claim.save()
    check_again([claim], at)
    record(
        kind=kind,
        subject=f"claim:{claim.pk}",
        actor=actor,
        at=at,
        person_id=claim.debtor_id,
        changes=dict(changes),
        owed=claim.owed,
        state=claim.state,
        reason=words,
    )

"""
Ask the registers who somebody is, and keep the answer as proof.

The register is asked outside any transaction. No answer opens nothing: the question waits and is
put again, later each time, and at last a reviewer looks it up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.parties.gateways.realname import Answer, Unreachable, realname
from qinghe.parties.models import IdentityCheck, Organisation, Representative
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.assurance import end_proofs, keep_proof
from qinghe.parties.services.secrets import unseal
from qinghe.parties.terms import ActsAs, CheckOutcome, OrgKind, ProofKind

ASKER: Final = system("parties.realname")
FIRST_WAIT: Final = timedelta(minutes=5)
# After so many silences a person looks it up: eight doublings are most of a day.
MOST_TRIES: Final = 8
AT_ONCE: Final = 200


class NoSuchCheck(DomainError):
    code = "parties.no-such-check"
    status = 404
    text = _("There is no such question, or it was answered before.")


def queue_checks(organisation: Organisation, actor: Actor, at: datetime) -> int:
    """Put the questions about a party that has none waiting or answered; inside a transaction."""
    gateway = realname()
    people = Representative.objects.filter(organisation=organisation, removed_at__isnull=True)
    wanted: list[UUID | None] = [] if organisation.kind == OrgKind.PRIVATE_CREDITOR else [None]
    wanted += list(people.order_by("added_at", "id").values_list("pk", flat=True))
    known = set(
        IdentityCheck.objects.filter(organisation=organisation)
        .exclude(outcome=CheckOutcome.NO_MATCH)
        .values_list("representative_id", flat=True)
    )
    new = [each for each in wanted if each not in known]
    IdentityCheck.objects.bulk_create(
        [
            IdentityCheck(
                organisation=organisation,
                representative_id=each,
                gateway=gateway.name,
                asked_at=at,
                next_at=at,
            )
            for each in new
        ]
    )
    if new:
        subject = f"organisation:{organisation.pk}"
        record(kind="parties.checks-queued", subject=subject, actor=actor, at=at, count=len(new))
    return len(new)


def ask_registers(*, at: datetime) -> int:
    """Put every question that is due; return how many were answered. Safe to run twice."""
    due = IdentityCheck.objects.filter(answered_at__isnull=True, next_at__lte=at)
    ids = list(due.order_by("next_at", "id").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_ask(pk, at) for pk in ids)


@verb("parties.answer_check")
def answer_check(
    *, check_id: UUID, agrees: bool, reference: str, actor: Actor, at: datetime
) -> IdentityCheck:
    """
    Answer a question by hand, as the register's own page shows it.

    :raises NotPermitted: the actor may not verify parties
    :raises NoSuchCheck: unknown, or answered before
    """
    require(actor, Permission.VERIFY_PARTIES)
    outcome = CheckOutcome.MATCH if agrees else CheckOutcome.NO_MATCH
    return _answered(check_id, Answer(outcome, reference), actor, at)


def _ask(check_id: UUID, at: datetime) -> bool:
    rows = IdentityCheck.objects.select_related(
        "organisation", "representative__name", "representative__number", "representative__line"
    )
    check = rows.get(pk=check_id)
    try:
        answer = _answer(check)
    except Unreachable:
        _later(check, at)
        return False
    if answer.outcome == CheckOutcome.UNKNOWN:
        _later(check, at, by_hand=answer.by_hand)
        return False
    try:
        with transaction.atomic():
            _answered(check_id, answer, ASKER, at)
    except NoSuchCheck:
        return False
    return True


def _answer(check: IdentityCheck) -> Answer:
    gateway, person = realname(check.gateway), check.representative
    if person is None:
        return gateway.check_business(check.organisation.credit_code, check.organisation.name)
    phone = unseal(person.line) if person.line else ""
    return gateway.check_person(unseal(person.name), unseal(person.number), phone)


def _later(check: IdentityCheck, at: datetime, *, by_hand: bool = False) -> None:
    tries = check.tries + 1
    gives_up = by_hand or tries >= MOST_TRIES
    wait = FIRST_WAIT * 2 ** (tries - 1)
    IdentityCheck.objects.filter(pk=check.pk, answered_at__isnull=True).update(
        tries=tries, next_at=None if gives_up else at + wait
    )


def _answered(check_id: UUID, answer: Answer, actor: Actor, at: datetime) -> IdentityCheck:
    rows = IdentityCheck.objects.select_for_update(of=("self",)).filter(answered_at__isnull=True)
    check = rows.select_related("organisation", "representative").filter(pk=check_id).first()
    if check is None:
        raise NoSuchCheck
    check.outcome, check.reference = answer.outcome, answer.reference
    check.answered_at, check.answered_by, check.next_at = at, actor.label, None
    check.save()
    record(
        kind="parties.check-answered",
        subject=f"organisation:{check.organisation_id}",
        actor=actor,
        at=at,
        outcome=check.outcome,
        gateway=check.gateway,
        reference=check.reference,
        representative=check.representative_id,
    )
    _prove(check.organisation, actor, at)
    return check


def _prove(organisation: Organisation, actor: Actor, at: datetime) -> None:
    """Keep or end the proofs that hang on the answers about a party."""
    for kind, acts_as, business in (
        (ProofKind.NUMBER, (ActsAs.SELF, ActsAs.SIGNATORY), True),
        (ProofKind.PRINCIPAL, (ActsAs.PRINCIPAL,), False),
    ):
        last = _last_answers(organisation, acts_as, business=business)
        if last and all(each == CheckOutcome.MATCH for each in last):
            keep_proof(org_id=organisation.pk, kind=kind, source="register", actor=actor, at=at)
        else:
            end_proofs(org_id=organisation.pk, kind=kind, actor=actor, at=at)


def _last_answers(
    organisation: Organisation, acts_as: tuple[ActsAs, ...], *, business: bool
) -> list[str]:
    """Return the newest answer about each one a proof needs; unknown where none came."""
    people = Representative.objects.filter(
        organisation=organisation, acts_as__in=acts_as, removed_at__isnull=True
    )
    wanted: list[UUID | None] = list(people.values_list("pk", flat=True))
    if business and organisation.kind != OrgKind.PRIVATE_CREDITOR:
        wanted.append(None)
    rows = IdentityCheck.objects.filter(organisation=organisation).order_by("asked_at", "id")
    newest: dict[UUID | None, str] = dict(rows.values_list("representative_id", "outcome"))
    return [newest.get(each, CheckOutcome.UNKNOWN) for each in wanted]

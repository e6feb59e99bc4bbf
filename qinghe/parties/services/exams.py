"""Sit the exam, and get, lose and need the certificate of a collector."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random, SystemRandom
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import digits
from qinghe.parties.days import legal_day
from qinghe.parties.exam import bank, drawn, right_answers
from qinghe.parties.models import Certificate, Sitting, User
from qinghe.parties.refusals import NoCertificate
from qinghe.parties.roles import Permission, require

WAIT: Final = timedelta(days=1)
LONG_WAIT: Final = timedelta(days=7)
FAILURES_BEFORE_LONG_WAIT: Final = 3
# A certificate may be renewed so long before its end; the new one begins where the old one ends.
RENEW_DAYS: Final = 30


class ExamWait(DomainError):
    code = "parties.exam-wait"
    text = _("You did not pass last time. You may sit the exam again from {again_at} on.")


class CertificateValid(DomainError):
    code = "parties.certificate-valid"
    text = _("Your certificate is valid until {ends_on}. You may renew it in its last 30 days.")


class NoSuchSitting(DomainError):
    code = "parties.no-such-sitting"
    status = 404
    text = _("There is no such sitting, or it is over.")


class NoSuchCertificate(DomainError):
    code = "parties.no-such-certificate"
    status = 404
    text = _("There is no such certificate, or it was revoked before.")


@verb("parties.start_sitting")
def start_sitting(*, actor: Actor, at: datetime, chance: Random | None = None) -> Sitting:
    """
    Draw a paper for a collector, or return the one that is still open.

    :raises NotPermitted: the actor contacts nobody
    :raises CertificateValid: there is nothing to sit for yet
    :raises ExamWait: not passed lately
    """
    require(actor, Permission.CONTACT_DEBTORS)
    user_id = _sitter(actor)
    _expire(user_id, at)
    running = Sitting.objects.filter(user_id=user_id, finished_at__isnull=True).first()
    if running is not None:
        return running
    _check_turn(user_id, at)
    one = bank()
    sitting = Sitting.objects.create(
        user_id=user_id,
        bank=one.edition,
        drawn=drawn(chance or SystemRandom()),
        started_at=at,
        ends_at=at + timedelta(minutes=one.minutes),
    )
    _note("exam-started", sitting, actor, at)
    return sitting


@verb("parties.finish_sitting")
def finish_sitting(
    *, sitting_id: UUID, answers: Mapping[str, int], actor: Actor, at: datetime
) -> Sitting:
    """
    Hand a paper in; `answers` are places by the question's key. Passed: a certificate is issued.

    What comes after the time is over counts as not answered.

    :raises NoSuchSitting: another's, or over
    """
    user_id = _sitter(actor)
    rows = Sitting.objects.filter(pk=sitting_id, user_id=user_id, finished_at__isnull=True)
    sitting = rows.first()
    if sitting is None:
        raise NoSuchSitting
    given = {} if at >= sitting.ends_at else _known(sitting, answers)
    _close(sitting, given, at)
    _note("exam-finished", sitting, actor, at, right=sitting.right, passed=sitting.passed)
    if sitting.passed:
        _issue(sitting, actor, at)
    return sitting


@verb("parties.revoke_certificate")
def revoke_certificate(
    *, certificate_id: UUID, reason: str, actor: Actor, at: datetime
) -> Certificate:
    """
    Take a certificate away: from this moment its holder contacts nobody and takes no order.

    :raises NotPermitted: the actor may not suspend
    :raises NoSuchCertificate: unknown, or revoked before
    """
    require(actor, Permission.SUSPEND)
    rows = Certificate.objects.select_for_update().filter(revoked_at__isnull=True)
    certificate = rows.filter(pk=certificate_id).first()
    if certificate is None:
        raise NoSuchCertificate
    certificate.revoked_at, certificate.reason = at, reason
    certificate.save(update_fields=["revoked_at", "reason"])
    record(
        kind="parties.certificate-revoked",
        subject=f"user:{certificate.user_id}",
        actor=actor,
        at=at,
        number=certificate.number,
        reason=reason,
    )
    return certificate


def check_certificate(actor: Actor, at: datetime) -> None:
    """
    Refuse a collector without a valid certificate.

    :raises NoCertificate: none, ended or revoked
    """
    if actor.user_id is None:
        raise NoCertificate
    today = legal_day(at)
    valid = Certificate.objects.filter(
        user_id=actor.user_id, revoked_at__isnull=True, issued_on__lte=today, ends_on__gt=today
    )
    if not valid.exists():
        raise NoCertificate


def _sitter(actor: Actor) -> UUID:
    """Return whose exam it is; their sittings go one after the other."""
    if actor.user_id is None:
        raise NoSuchSitting
    list(User.objects.select_for_update(no_key=True).filter(pk=actor.user_id).values("pk"))
    return actor.user_id


def _expire(user_id: UUID, at: datetime) -> None:
    late = Sitting.objects.filter(user_id=user_id, finished_at__isnull=True, ends_at__lte=at)
    for sitting in late:
        _close(sitting, {}, sitting.ends_at)


def _check_turn(user_id: UUID, at: datetime) -> None:
    held = Certificate.objects.filter(user_id=user_id, revoked_at__isnull=True)
    last = held.order_by("-ends_on").first()
    if last is not None and last.ends_on - timedelta(days=RENEW_DAYS) > legal_day(at):
        raise CertificateValid(ends_on=last.ends_on.isoformat())
    again = sits_again_at(user_id)
    if again is not None and again > at:
        raise ExamWait(again_at=again.isoformat(timespec="minutes"))


def sits_again_at(user_id: UUID) -> datetime | None:
    """Return from when on somebody may sit again; None when nothing holds them back."""
    past = Sitting.objects.filter(user_id=user_id, finished_at__isnull=False)
    rows = list(past.order_by("-started_at")[:FAILURES_BEFORE_LONG_WAIT])
    if not rows or rows[0].passed or rows[0].finished_at is None:
        return None
    failures = sum(not each.passed for each in rows)
    wait = LONG_WAIT if failures == FAILURES_BEFORE_LONG_WAIT else WAIT
    return rows[0].finished_at + wait


def _known(sitting: Sitting, answers: Mapping[str, int]) -> dict[str, int]:
    asked = {drawing["key"]: len(drawing["order"]) for drawing in sitting.drawn}
    return {
        key: place for key, place in answers.items() if key in asked and 0 <= place < asked[key]
    }


def _close(sitting: Sitting, answers: Mapping[str, int], at: datetime) -> None:
    sitting.answers = dict(answers)
    sitting.finished_at = at
    sitting.right = right_answers(sitting.drawn, answers)
    sitting.passed = sitting.right >= bank().needed
    sitting.save(update_fields=["answers", "finished_at", "right", "passed"])


def _issue(sitting: Sitting, actor: Actor, at: datetime) -> Certificate:
    today = legal_day(at)
    held = Certificate.objects.filter(user_id=sitting.user_id, revoked_at__isnull=True)
    last = held.filter(ends_on__gt=today).order_by("-ends_on").first()
    begins = last.ends_on if last else today
    certificate = Certificate.objects.create(
        user_id=sitting.user_id,
        number=f"QHC-{today:%Y}-{digits(8)}",
        sitting=sitting,
        issued_on=begins,
        ends_on=begins + timedelta(days=bank().valid_days),
    )
    _note("certificate-issued", sitting, actor, at, number=certificate.number)
    return certificate


def _note(what: str, sitting: Sitting, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        kind=f"parties.{what}",
        subject=f"user:{sitting.user_id}",
        actor=actor,
        at=at,
        sitting=sitting.pk,
        edition=sitting.bank,
        about=facts,
    )

"""
One message to many persons: started once, asked for one by one, in bounded steps.

Every case goes through `request_contact` in a transaction of its own, so the gate judges each
person alone at that moment. A step that dies is done again and sends nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from qinghe.contact.models import Attempt, Mailing, MailingItem
from qinghe.contact.queries.mailings import Judged, check_mailing, judged, said_today, visible
from qinghe.contact.refusals import (
    MailingOver,
    NoSuchMailing,
    NothingToSend,
    SaidToday,
    StoppedByHand,
)
from qinghe.contact.services.gate import lock_debtor
from qinghe.contact.services.requests import request_contact
from qinghe.contact.terms import MailingState
from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.queue import enqueue
from qinghe.market.refusals import NoMandate
from qinghe.parties.models import Organisation
from qinghe.parties.roles import NotPermitted, Permission, require

MAILER: Final = system("contact.mail")
# Cases asked for in one job; the next job goes on where this one ended.
STEP: Final = 50


@verb("contact.start-mailing")
def start_mailing(
    *, claim_ids: Sequence[UUID], channel: str, template: str, actor: Actor, at: datetime
) -> Mailing:
    """
    Start one message to many cases; those that would be refused now are left out with the reason.

    :raises NotPermitted: the role may not contact debtors
    :raises OneByOne: calls and visits are never asked for together
    :raises NoSuchWording: not approved for the channel
    :raises TooManyAtOnce: more cases than one mailing takes
    :raises NothingToSend: every case would be left out
    """
    require(actor, Permission.CONTACT_DEBTORS)
    if actor.org_id is None:
        raise NotPermitted
    # Two people who press at once: the second sees what the first has started.
    collector = Organisation.objects.select_for_update(no_key=True).get(pk=actor.org_id)
    rows = judged(claim_ids=claim_ids, channel=channel, template=template, actor=actor, at=at)
    own = [row for row in rows if row.reason != NoMandate.code]
    if all(row.reason for row in own):
        raise NothingToSend
    found = check_mailing(channel=channel, template=template, number=len(rows))
    mailing = Mailing.objects.create(
        collector=collector,
        by_user=actor.user_id,
        channel=channel,
        template=found.key,
        state=MailingState.RUNNING,
        at=at,
    )
    MailingItem.objects.bulk_create([_item(mailing, row) for row in own], batch_size=1_000)
    _note("contact.mailing-started", mailing, actor, at, cases=len(own))
    _go_on(mailing.pk)
    return mailing


def step_mailing(*, mailing_id: UUID, at: datetime) -> int:
    """Ask for the next cases of a mailing; return how many still wait. Safe to run twice."""
    waiting = _waiting(mailing_id)
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:STEP]):
        _ask(pk, at)
    left = waiting.count()
    if left:
        _go_on(mailing_id)
    else:
        _finish(mailing_id, at)
    return left


@verb("contact.stop-mailing")
def stop_mailing(*, mailing_id: UUID, actor: Actor, at: datetime) -> Mailing:
    """
    Stop a mailing: cases that wait get no message. What was asked for already goes its way.

    :raises NotPermitted: the role may not contact debtors
    :raises NoSuchMailing: unknown, or another organisation's
    :raises MailingOver: nothing waits any more
    """
    require(actor, Permission.CONTACT_DEBTORS)
    mine = visible(actor).select_for_update(of=("self",))
    mailing = mine.filter(pk=mailing_id).first()
    if mailing is None:
        raise NoSuchMailing
    if mailing.state != MailingState.RUNNING:
        raise MailingOver
    left = _waiting(mailing_id).update(reason=StoppedByHand.code)
    _end(mailing, MailingState.STOPPED, at)
    _note("contact.mailing-stopped", mailing, actor, at, cases=left)
    return mailing


def _item(mailing: Mailing, row: Judged) -> MailingItem:
    return MailingItem(
        mailing=mailing,
        claim_id=row.claim_id,
        reason=row.reason,
        next_allowed_at=row.next_allowed_at,
    )


def _waiting(mailing_id: UUID) -> QuerySet[MailingItem]:
    return MailingItem.objects.filter(mailing=mailing_id, reason="", attempt__isnull=True)


def _go_on(mailing_id: UUID) -> None:
    enqueue("contact.mail", lock=f"mailing:{mailing_id}", mailing_id=str(mailing_id))


@transaction.atomic
def _ask(item_id: UUID, at: datetime) -> None:
    """Ask for one case, once: its row stays locked until the attempt is on record."""
    items = MailingItem.objects.select_for_update(of=("self",)).select_related("mailing")
    item = items.filter(pk=item_id, reason="", attempt__isnull=True).first()
    if item is None:
        return
    mailing = item.mailing
    try:
        with transaction.atomic():
            item.attempt = _request(item.claim_id, mailing, at)
    except DomainError as refusal:
        # The mandate ended meanwhile, or the person got this text about another case.
        item.attempt, item.reason = None, refusal.code
    item.save(update_fields=["attempt", "reason"])


def _request(claim_id: UUID, mailing: Mailing, at: datetime) -> Attempt:
    """Ask the gate, unless another message to many was quicker with the same text."""
    text = {"channel": mailing.channel, "template": mailing.template}
    if said_today(persons=[lock_debtor(claim_id)], **text, at=at):
        raise SaidToday
    return request_contact(
        claim_id=claim_id,
        **text,
        actor=Actor(Role.COLLECTOR, user_id=mailing.by_user, org_id=mailing.collector_id),
        at=at,
    )


@transaction.atomic
def _finish(mailing_id: UUID, at: datetime) -> None:
    mailing = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing_id)
    if mailing.state != MailingState.RUNNING:
        return
    _end(mailing, MailingState.DONE, at)
    asked = MailingItem.objects.filter(mailing=mailing, attempt__isnull=False).count()
    _note("contact.mailing-done", mailing, MAILER, at, cases=asked)


def _end(mailing: Mailing, state: MailingState, at: datetime) -> None:
    mailing.state, mailing.ended_at = state, at
    mailing.save(update_fields=["state", "ended_at"])


def _note(kind: str, mailing: Mailing, actor: Actor, at: datetime, *, cases: int) -> None:
    record(
        kind=kind,
        subject=f"mailing:{mailing.pk}",
        actor=actor,
        at=at,
        channel=mailing.channel,
        template=mailing.template,
        cases=cases,
    )

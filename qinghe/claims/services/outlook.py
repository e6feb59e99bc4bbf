"""What has become, or would become, of one claim told by hand. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.claims.queries import BatchView, NoSuchBatch, batch_for, claim_view
from qinghe.claims.queries.amounts import VerificationView, last_check
from qinghe.claims.queries.byhand import claim_of_batch
from qinghe.claims.queries.limits import time_barred
from qinghe.claims.services.dryrun import dry_run
from qinghe.kernel.actor import Actor


@dataclass(frozen=True)
class Outlook:
    """
    One claim, posted (`number`) or only laid ready; `amount` in minor units.

    `papers` are kinds of evidence that are still needed; `check` what contract and law give.
    """

    batch_id: UUID
    claim_id: UUID | None
    number: str | None
    contract_number: str
    state: str
    amount: int
    currency: str
    time_barred: bool
    papers: tuple[str, ...]
    check: VerificationView | None


def outlook_of(*, batch_id: UUID, actor: Actor, at: datetime) -> Outlook:
    """
    Return what a batch of one row came to, or what accepting it now would come to.

    :raises NoSuchBatch: unknown, another creditor's, or of more rows
    """
    batch = batch_for(batch_id=batch_id, actor=actor)
    if batch.rows != 1:
        raise NoSuchBatch
    claim_id = claim_of_batch(batch)
    return _ready(batch, actor, at) if claim_id is None else _posted(batch, claim_id, at)


def _ready(batch: BatchView, actor: Actor, at: datetime) -> Outlook:
    run = dry_run(batch_id=batch.id, actor=actor, at=at)
    (row,) = run.sample
    return Outlook(
        batch_id=batch.id,
        claim_id=None,
        number=None,
        contract_number=row.contract_number,
        state=batch.state,
        amount=run.amount,
        currency=run.currency,
        time_barred=bool(run.barred),
        papers=tuple(kind for _product, kinds in run.evidence for kind in kinds),
        check=run.amounts.first.check if run.amounts.first else None,
    )


def _posted(batch: BatchView, claim_id: UUID, at: datetime) -> Outlook:
    view = claim_view(claim_id)
    wanted = [part.need.paper for part in view.papers.parts if part.blocks and not part.met]
    return Outlook(
        batch_id=batch.id,
        claim_id=claim_id,
        number=view.number,
        contract_number=view.contract_number,
        state=view.state,
        amount=view.owed,
        currency=view.currency,
        time_barred=time_barred(claim_id=claim_id, due_on=view.due_on, on=day_of(at)),
        papers=tuple(map(str, wanted)),
        check=last_check(claim_id),
    )

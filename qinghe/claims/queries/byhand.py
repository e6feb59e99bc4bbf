"""A batch of one row, as whoever told it by hand sees it again."""

from __future__ import annotations

from uuid import UUID

from qinghe.claims.intake.columns import fields, fit, parse, term_fields
from qinghe.claims.models import Batch, Claim
from qinghe.claims.queries.access import NoSuchBatch
from qinghe.claims.queries.batches import BatchView
from qinghe.claims.queries.corrections import table_header, tables_of
from qinghe.claims.queries.one import ClaimView
from qinghe.kernel.actor import Actor, Role


def told_by_hand(batch: BatchView, *, actor: Actor) -> dict[str, str]:
    """
    Return the facts of a batch of one row as they were told, by the names of our template.

    :raises NoSuchBatch: not a clerk of the creditor itself, or a batch of more rows
    """
    if actor.role is not Role.CREDITOR or actor.org_id != batch.creditor_id or batch.rows != 1:
        raise NoSuchBatch
    mapping = fit(parse(batch.mapping), table_header(batch))
    row = next(iter(tables_of(batch))).row(0, named=True)
    known = (*fields(), *term_fields())
    return {name: row[mapping.columns[name]] for name in known if name in mapping.columns}


def name_of_telling(contract_number: str) -> str:
    """Return the name under which a claim told by hand is kept as a file of one row."""
    return f"{contract_number}.csv"


def came_by_hand(view: ClaimView) -> bool:
    """Tell whether a claim was told by hand, and not in a file of its creditor. One query."""
    if view.batch_id is None:
        return False
    name = name_of_telling(view.contract_number)
    return Batch.objects.filter(pk=view.batch_id, rows=1, filename=name).exists()


def claim_of_batch(batch: BatchView) -> UUID | None:
    """Return the claim that a batch of one row has become; None before that."""
    return Claim.objects.filter(batch_id=batch.id).values_list("pk", flat=True).first()

"""A second person compares a statement with the bank itself: one alone brings no money in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.parties.pairs import independent
from qinghe.parties.roles import Permission, require
from qinghe.settlement.bank.refusals import (
    NoSuchStatement,
    StatementBySamePerson,
    StatementCompared,
)
from qinghe.settlement.models import Statement


@verb("settlement.compare-statement")
def compare_statement(*, statement_id: UUID, actor: Actor, at: datetime) -> Statement:
    """
    Say that a statement is as the bank shows it. Whoever took it in may then approve payouts of
    money it told of: two persons have seen that money.

    :raises NotPermitted: the actor does not manage payments
    :raises NoSuchStatement: unknown
    :raises StatementCompared: somebody compared it before
    :raises StatementBySamePerson: taken in by this very person, or one of the two made the other
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    statement = Statement.objects.select_for_update().filter(pk=statement_id).first()
    if statement is None:
        raise NoSuchStatement
    if statement.compared_at is not None:
        raise StatementCompared
    if not independent(statement.imported_by, actor.label):
        raise StatementBySamePerson
    statement.compared_by, statement.compared_at = actor.label, at
    statement.save(update_fields=["compared_by", "compared_at"])
    subject = f"statement:{statement.digest[:16]}"
    record(kind="statement.compared", subject=subject, actor=actor, at=at, place=statement.place)
    return statement

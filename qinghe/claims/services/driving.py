"""Who works on a batch, and what happens when it cannot go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.claims.models import Batch
from qinghe.claims.services.working import CHUNK_ROWS, JOB, Work, give_up, locked_batch
from qinghe.claims.terms import WORKING
from qinghe.kernel.actor import Actor, system
from qinghe.kernel.errors import DomainError
from qinghe.kernel.queue import enqueue

ALONE: Final = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
NO_LONGER: Final = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
IDLE: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
# So often a batch may break without a step forward before it is given up.
MOST_TRIES: Final = 5
INTAKE: Final = system("claims.intake")


class IntakeBroken(DomainError):
    code = "claims.intake-broken"
    text = _("The work on this file broke off several times. Send it again, or ask the operator.")


@contextmanager
def alone(batch_id: UUID) -> Iterator[bool]:
    """
    Tell whether nobody else works on a batch, and keep it so inside the block.

    The lease ends with the connection that holds it: a worker that dies leaves none behind.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [_name(batch_id)])
        (mine,) = cursor.fetchone() or (False,)
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute(NO_LONGER, [_name(batch_id)])


def intake(
    *,
    batch_id: UUID,
    clock: Callable[[], datetime],
    actor: Actor = INTAKE,
    told: Callable[[], None] = lambda: None,
    chunk_rows: int = CHUNK_ROWS,
) -> bool:
    """
    Work on a batch until nothing is left; False when somebody else does.

    Every step is a transaction at its own instant; `told` is called after each.
    """
    with alone(batch_id) as mine:
        if not mine:
            return False
        work = Work(batch_id, actor=actor, chunk_rows=chunk_rows, read_ahead=True)
        try:
            while work.step(at=clock()):
                told()
        except DomainError as refusal:
            give_up(batch_id, refusal, actor=actor, at=clock())
        except Exception:
            _broken(batch_id, actor, clock)
            raise
    return True


def resume_batches() -> int:
    """Queue every batch that waits for work and has nobody at it; return how many."""
    count = 0
    for batch_id in Batch.objects.filter(state__in=WORKING).values_list("pk", flat=True):
        with transaction.atomic():
            if idle(batch_id):
                enqueue(JOB, batch_id=str(batch_id))
                count += 1
    return count


def idle(batch_id: UUID) -> bool:
    """Tell whether nobody works on a batch; nobody begins before the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(IDLE, [_name(batch_id)])
        (free,) = cursor.fetchone() or (False,)
    return bool(free)


def _broken(batch_id: UUID, actor: Actor, clock: Callable[[], datetime]) -> None:
    """Count a break; a batch that never gets further is given up, and queued no more."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with transaction.atomic():
        batch = locked_batch(batch_id)
        if batch.state not in WORKING:
            return
        place = [batch.state, batch.checked_to, batch.merged_to]
        tries = batch.failure.get("tries", 0) if batch.failure.get("at") == place else 0
        batch.failure = {"at": place, "tries": tries + 1}
        batch.save(update_fields=["failure"])
    if tries + 1 >= MOST_TRIES:
        give_up(batch_id, IntakeBroken(), actor=actor, at=clock())


def _name(batch_id: UUID) -> str:
    return f"claims.batch:{batch_id}"

"""
Make the statements of a closed month: all figures at once, then the files of some at a time.

Each handful is one transaction, so that a crash costs a handful; several workers share the work,
for a row that one of them holds is passed over by the others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.typeset import Press, press
from qinghe.parties.filestore import seal_file
from qinghe.settlement.closing_refusals import NoSuchClose
from qinghe.settlement.closing_terms import CloseState
from qinghe.settlement.models import KeptStatement, MonthClose
from qinghe.settlement.monthly import TEMPLATE, files_of
from qinghe.settlement.queries.monthly import bookings, figures, row_of

HANDFUL: Final = 20


@verb("settlement.list-statements")
def list_statements(*, close_id: UUID, actor: Actor, at: datetime) -> int:
    """
    Write the figures of a closed month, one numbered statement per organisation and currency.

    Run again it writes nothing. Return how many there are.

    :raises NoSuchClose: unknown, or not closed
    """
    close = _closed(close_id)
    if not (known := _of(close).count()):
        rows = [
            KeptStatement(
                number=f"ST-{close.month:%Y%m}-{place:05}",
                close=close,
                organisation_id=each.organisation_id,
                organisation_name=each.organisation_name,
                currency=each.currency,
                opening=each.opening,
                closing=each.closing,
                language=settings.LANGUAGE_CODE,
            )
            for place, each in enumerate(figures(month=close.month), start=1)
        ]
        KeptStatement.objects.bulk_create(rows, batch_size=2_000)
        known = len(rows)
        record(
            kind="month.listed",
            subject=f"month:{close.month:%Y-%m}",
            actor=actor,
            at=at,
            statements=known,
        )
    return known


def make_statements(*, close_id: UUID, actor: Actor, at: datetime) -> int:
    """
    Make the files of the statements that have none; return how many this run made.

    :raises NoSuchClose: unknown, or not closed
    """
    made = 0
    with press(TEMPLATE) as machine:
        while count := _make_some(close_id, machine):
            made += count
    _end(close_id, actor, at)
    return made


@transaction.atomic
def _make_some(close_id: UUID, machine: Press) -> int:
    unmade = KeptStatement.objects.filter(close=close_id, pdf="").select_related("close__period")
    rows = list(
        unmade.order_by("number").select_for_update(of=("self",), skip_locked=True)[:HANDFUL]
    )
    if not rows:
        return 0
    openings = {(each.organisation_id, each.currency): each.opening for each in rows}
    found = bookings(month=rows[0].close.month, openings=openings)
    for each in rows:
        moment = each.close.confirmed_at or each.close.asked_at
        own = found[each.organisation_id, each.currency]
        files = files_of(row_of(each), own, at=moment, press=machine)
        each.pdf, each.csv, each.xlsx = map(seal_file, (files.pdf, files.csv, files.xlsx))
    KeptStatement.objects.bulk_update(rows, ["pdf", "csv", "xlsx"])
    return len(rows)


@transaction.atomic
def _end(close_id: UUID, actor: Actor, at: datetime) -> None:
    """Note that all are made, by whoever made the last."""
    close = _closed(close_id)
    if close.stated_at is None and not _of(close).filter(pdf="").exists():
        close.stated_at = at
        close.save(update_fields=["stated_at"])
        digests = _of(close).order_by("number").values_list("number", "pdf")
        record(
            kind="month.stated",
            subject=f"month:{close.month:%Y-%m}",
            actor=actor,
            at=at,
            statements=dict(digests),
        )


def _closed(close_id: UUID) -> MonthClose:
    found = MonthClose.objects.filter(pk=close_id, state=CloseState.CLOSED)
    close = found.select_for_update().first()
    if close is None:
        raise NoSuchClose
    return close


def _of(close: MonthClose) -> QuerySet[KeptStatement]:
    return KeptStatement.objects.filter(close=close)

"""Sound rows become persons, contact points, claims, lines and bookings: set by set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from qinghe.claims import ageing
from qinghe.claims.models import Batch, Claim, DebtorReference, Line
from qinghe.claims.services import duplicates, identities
from qinghe.claims.services.books import line, postings
from qinghe.claims.services.sifting import Sound
from qinghe.claims.terms import ClaimState, Component, LineKind
from qinghe.kernel.actor import Actor
from qinghe.kernel.bulk import copy_rows
from qinghe.kernel.ids import new_id
from qinghe.ledger.services import post_many
from qinghe.parties.regions import zones_of
from qinghe.parties.services import Wanted, WantedPoint, add_contact_points, resolve_people
from qinghe.parties.terms import Secret, Source


def write_claims(*, batch: Batch, rows: Sequence[Sound], actor: Actor, at: datetime) -> int:
    """Write the claims of a batch inside the caller's transaction; return how many."""
    debtors = _debtors(batch, rows, actor, at)
    _contact_points(rows, debtors, actor, at)
    numbers = _numbers(len(rows), at)
    claims = [
        _claim(batch, row, debtors[row.debtor_key], number, at)
        for row, number in zip(rows, numbers, strict=True)
    ]
    lines = [_lines(claim, row, at) for claim, row in zip(claims, rows, strict=True)]
    copy_rows(claims)
    copy_rows([each for group in lines for each in group])
    pairs = zip(claims, lines, strict=True)
    post_many(postings=[each for claim, group in pairs for each in postings(claim, group)])
    identities.note(rows=rows, claims=claims, at=at)
    duplicates.freeze(claims=claims, actor=actor, at=at)
    return len(claims)


def _debtors(batch: Batch, rows: Sequence[Sound], actor: Actor, at: datetime) -> dict[str, UUID]:
    by_key = {row.debtor_key: row for row in rows}
    known = dict(
        DebtorReference.objects.filter(
            creditor_id=batch.creditor_id, reference__in=list(by_key)
        ).values_list("reference", "person_id")
    )
    unknown = {key: row for key, row in by_key.items() if key not in known}
    people = resolve_people(wanted=[_wanted(row) for row in unknown.values()], actor=actor, at=at)
    found = dict(zip(unknown, people, strict=True))
    copy_rows(
        [
            DebtorReference(creditor_id=batch.creditor_id, reference=key, person_id=person_id)
            for key, person_id in found.items()
        ]
    )
    return known | found


def _wanted(row: Sound) -> Wanted:
    return Wanted(
        kind=row.debtor_kind,
        name=row.debtor_name,
        id_number=row.id_number or None,
        region=row.region,
        zones=zones_of(row.region),
    )


def _contact_points(
    rows: Sequence[Sound], debtors: dict[str, UUID], actor: Actor, at: datetime
) -> None:
    points = [
        WantedPoint(debtors[row.debtor_key], kind, value, Source.CONTRACT, _zone(row))
        for row in rows
        for kind, value in (
            (Secret.PHONE, row.phone),
            (Secret.EMAIL, row.email),
            (Secret.ADDRESS, row.address),
        )
        if value
    ]
    if points:
        add_contact_points(points=points, actor=actor, at=at)


def _zone(row: Sound) -> str:
    return next(iter(zones_of(row.region)), "")


def _numbers(count: int, at: datetime) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('claims_number_seq') FROM generate_series(1, %s)", [count])
        return [f"QH-{at:%y%m}-{number:06}" for (number,) in cursor.fetchall()]


def _claim(batch: Batch, row: Sound, debtor_id: UUID, number: str, at: datetime) -> Claim:
    return Claim(
        id=new_id(),
        number=number,
        creditor_id=batch.creditor_id,
        debtor_id=debtor_id,
        batch=batch,
        contract_number=row.contract_number,
        fingerprint=row.fingerprint,
        product=row.product,
        hand=row.hand,
        region=row.region,
        currency=row.currency,
        contract_on=row.contract_on,
        due_on=row.due_on,
        overdue_rate_pct=row.rate_pct,
        # Interest up to the day of the file is in the creditor's own figure.
        interest_to=max(batch.as_of, row.due_on),
        principal=row.principal,
        interest=row.interest,
        costs=row.costs,
        claimed=row.claimed,
        state=ClaimState.SUBMITTED,
        stage=ageing.stage(row.due_on, batch.as_of),
        stage_changes_on=ageing.next_change(row.due_on, batch.as_of),
        created_at=at,
    )


def _lines(claim: Claim, row: Sound, at: datetime) -> list[Line]:
    parts = (
        (Component.PRINCIPAL, row.principal),
        (Component.INTEREST, row.interest),
        (Component.COSTS, row.costs),
    )
    facts = {"row": row.row}
    return [
        line(claim.pk, part, LineKind.CLAIMED, amount, at, facts)
        for part, amount in parts
        if amount
    ]

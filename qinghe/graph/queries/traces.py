"""Which organisations leave the same signs, and which leave those of a debtor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from qinghe.graph.models import Crossing, Trace
from qinghe.graph.terms import OF_THE_VAULT, TELLING, TraceKind
from qinghe.parties.models import VaultItem

# A sign of more organisations than this belongs to a provider or a public place.
CROWD: Final = 5
# The kinds of telling signs that two organisations share, to stand inside a larger statement.
SHARED: Final = """
SELECT DISTINCT one.kind
FROM graph_trace one
JOIN graph_trace other ON other.kind = one.kind AND other.digest = one.digest
    AND other.organisation_id = %(other)s
WHERE one.organisation_id = %(one)s AND one.kind = ANY(%(telling)s)
    AND (
        SELECT count(*) FROM graph_trace every
        WHERE every.kind = one.kind AND every.digest = one.digest
    ) <= %(crowd)s
"""


PAIRS: Final = """
SELECT DISTINCT pair.one, pair.other, mine.kind
FROM unnest(%(ones)s::uuid[], %(others)s::uuid[]) AS pair(one, other)
JOIN graph_trace mine ON mine.organisation_id = pair.one
JOIN graph_trace theirs ON theirs.kind = mine.kind AND theirs.digest = mine.digest
    AND theirs.organisation_id = pair.other
WHERE (
    SELECT count(*) FROM graph_trace every
    WHERE every.kind = mine.kind AND every.digest = mine.digest
) <= %(crowd)s
"""


def shared_by(pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], set[str]]:
    """Return the kinds of signs that each of some pairs of organisations shares. One query."""
    wanted = sorted(set(pairs))
    found: dict[tuple[UUID, UUID], set[str]] = {}
    values: dict[str, Any] = {
        "ones": [one for one, _other in wanted],
        "others": [other for _one, other in wanted],
        "crowd": CROWD,
    }
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, values)
        for one, other, kind in cursor.fetchall():
            found.setdefault((one, other), set()).add(kind)
    return found


def same_hand(org_id: UUID, others: Collection[UUID] | None = None) -> dict[UUID, set[str]]:
    """Return the organisations (of some, or all) that share telling signs, with their kinds."""
    own = Trace.objects.filter(organisation_id=org_id, kind__in=TELLING)
    signs = list(own.values_list("kind", "digest"))
    found: dict[UUID, set[str]] = {}
    if not signs:
        return found
    same = Q()
    for kind, digest in signs:
        same |= Q(kind=kind, digest=bytes(digest))
    common = Trace.objects.filter(same).values("kind", "digest").annotate(n=Count("pk"))
    crowded = {(row["kind"], bytes(row["digest"])) for row in common if row["n"] > CROWD}
    rows = Trace.objects.filter(same).exclude(organisation_id=org_id)
    if others is not None:
        rows = rows.filter(organisation_id__in=others)
    for other, kind, digest in rows.values_list("organisation_id", "kind", "digest"):
        if (kind, bytes(digest)) not in crowded:
            found.setdefault(other, set()).add(kind)
    return found


def shared_with_debtors(pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], set[str]]:
    """Return for (organisation, person) pairs which data both have: account, phone, address."""
    wanted = set(pairs)
    orgs = {org_id for org_id, _person in wanted}
    traces = Trace.objects.filter(organisation_id__in=orgs, kind__in=OF_THE_VAULT)
    owners: dict[tuple[str, bytes], set[UUID]] = {}
    for org_id, kind, digest in traces.values_list("organisation_id", "kind", "digest"):
        owners.setdefault((kind, bytes(digest)), set()).add(org_id)
    items = VaultItem.objects.filter(
        person_id__in={person for _org, person in wanted},
        kind__in=OF_THE_VAULT,
        blind__in=[digest for _kind, digest in owners],
    )
    found: dict[tuple[UUID, UUID], set[str]] = {}
    for person_id, kind, blind in items.values_list("person_id", "kind", "blind"):
        for org_id in owners.get((kind, bytes(blind or b"")), set()):
            if (org_id, person_id) in wanted:
                found.setdefault((org_id, person_id), set()).add(kind)
    return found


def crossed(person_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return (organisation, person) where a browser of the organisation opened the door."""
    rows = Crossing.objects.filter(person_id__in=person_ids)
    return set(rows.values_list("organisation_id", "person_id"))


def persons_of(org_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return the debtors who have the number of an organisation or of one of its officers."""
    return _numbered(Trace.objects.filter(organisation_id__in=org_ids), by_person=False)


def organisations_of(person_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return the organisations that have the number of a debtor."""
    items = VaultItem.objects.filter(kind=TraceKind.OFFICER, person_id__in=person_ids)
    own = items.values("blind")
    return _numbered(Trace.objects.filter(digest__in=own), by_person=True)


def _numbered(traces: QuerySet[Trace], *, by_person: bool) -> dict[UUID, set[UUID]]:
    rows = traces.filter(kind=TraceKind.OFFICER).values_list("organisation_id", "digest")
    owners = [(org_id, bytes(digest)) for org_id, digest in rows]
    items = VaultItem.objects.filter(
        kind=TraceKind.OFFICER,
        blind__in=[digest for _org, digest in owners],
        person__isnull=False,
    )
    persons = {bytes(blind or b""): who for who, blind in items.values_list("person_id", "blind")}
    found: dict[UUID, set[UUID]] = {}
    for org_id, digest in owners:
        person_id = persons.get(digest)
        if person_id is not None:
            key, value = (person_id, org_id) if by_person else (org_id, person_id)
            found.setdefault(key, set()).add(value)
    return found

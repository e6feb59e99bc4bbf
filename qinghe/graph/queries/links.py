"""Who is linked with whom, and by what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from qinghe.graph.models import Link
from qinghe.parties.queries import person_labels


@dataclass(frozen=True)
class LinkRow:
    """One link seen from one person: the other one, masked, and the kind of datum they share."""

    other_id: UUID
    other_label: str
    kind: str
    source: str
    found_at: datetime


def links_of(person_id: UUID) -> list[LinkRow]:
    """Return the links of a person, the newest first. Two queries."""
    rows = list(
        Link.objects.filter(Q(left_id=person_id) | Q(right_id=person_id))
        .order_by("-found_at", "-id")
        .values_list("left_id", "right_id", "kind", "source", "found_at")
    )
    labels = person_labels(person for row in rows for person in row[:2])
    others = [right if left == person_id else left for left, right, *_rest in rows]
    return [
        LinkRow(other, labels.get(other, ""), kind, source, found_at)
        for other, (_left, _right, kind, source, found_at) in zip(others, rows, strict=True)
    ]


def sharing(*, person_ids: Iterable[UUID], kind: str) -> dict[UUID, int]:
    """Return with how many others each person shares a datum of one kind; none is absent."""
    wanted = set(person_ids)
    rows = Link.objects.filter(
        Q(left_id__in=wanted) | Q(right_id__in=wanted), kind=kind
    ).values_list("left_id", "right_id")
    counts: dict[UUID, int] = {}
    for pair in rows:
        for person_id in wanted.intersection(pair):
            counts[person_id] = counts.get(person_id, 0) + 1
    return counts

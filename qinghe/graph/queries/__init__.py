"""Reads of this room: who is linked with whom, and which organisations are one hand."""

from qinghe.graph.queries.links import LinkRow, links_of, sharing
from qinghe.graph.queries.traces import (
    crossed,
    organisations_of,
    persons_of,
    same_hand,
    shared_by,
    shared_with_debtors,
)

__all__ = [
    "LinkRow",
    "crossed",
    "links_of",
    "organisations_of",
    "persons_of",
    "same_hand",
    "shared_by",
    "shared_with_debtors",
    "sharing",
]

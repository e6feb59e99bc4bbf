"""Turn what changed in a span into signs and tallies, inside the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from django.db import connection

from qinghe.claims.days import day_of
from qinghe.graph.queries import crossed, same_hand, shared_by, shared_with_debtors
from qinghe.kernel.ids import new_id
from qinghe.market.services.capacity import COLLECTORS
from qinghe.parties.models import Organisation
from qinghe.quality.models import Sign, Tally
from qinghe.quality.queries.integrity import changes, feeds
from qinghe.quality.queries.integrity.changes import Span
from qinghe.quality.signs import rings, spotting
from qinghe.quality.signs.judging import Spot, key_of, spot
from qinghe.quality.signs.spotting import Placed
from qinghe.quality.signs.table import days

Touched = set[tuple[str, str]]
COUNT: Final = """
INSERT INTO quality_tally (name, key, day, count)
SELECT * FROM unnest(%s::text[], %s::text[], %s::date[], %s::int[])
ON CONFLICT (name, key, day) DO UPDATE SET count = quality_tally.count + excluded.count
"""
AT_ONCE: Final = 5_000


def gather(span: Span) -> tuple[int, Touched]:
    """Keep the signs of a span; return how many are new, and of which rules and organisations."""
    counts: Counter[tuple[str, str]] = Counter()
    found = {
        *_begun(span, counts),
        *_hands(span),
        *_over(span, counts),
        *_bids(span),
        *_praise(span, counts),
        *_lowered(span),
    }
    told, cleared = _told(span)
    _count(counts, day_of(span.until))
    fresh = _keep(found | told, span)
    return fresh, {(each.rule, each.key) for each in found | told} | cleared


def _begun(span: Span, counts: Counter[tuple[str, str]]) -> Iterator[Spot]:
    placed = changes.begun(span)
    pairs = {(each.creditor, each.collector) for each in placed}
    for (one, other), kinds in shared_by(pairs).items():
        yield from spotting.shared(one, other, kinds)
    yield from _own_debtors(placed)
    for _placed, kinds in changes.strangers(span):
        yield from spotting.owes_itself(_placed, kinds)
    usual = _usual({each.segment for each in placed if each.segment}, day_of(span.until))
    for each in placed:
        if each.segment:
            counts["rate", f"{each.segment}#{int(each.rate * 100)}"] += 1
        if each.mode == "designated" and each.segment in usual:
            counts["price", each.pair] += 1
        yield from spotting.begun(each, usual)


def _own_debtors(placed: list[Placed]) -> Iterator[Spot]:
    common = shared_with_debtors((each.collector, each.debtor) for each in placed)
    doors = crossed({each.debtor for each in placed})
    for each in placed:
        pair = (each.collector, each.debtor)
        kinds = common.get(pair, set()) | ({"crossed"} if pair in doors else set())
        yield from spotting.owes_itself(each, kinds)


def _hands(span: Span) -> Iterator[Spot]:
    """Look at organisations with new signs: others with the same that deal or compete with them."""
    for org_id in changes.signed(span):
        others = same_hand(org_id)
        pairs = {(org_id, other) for other in others}
        rivals = _collectors({org_id, *others})
        linked = changes.dealing(pairs) | {
            pair for pair in pairs if pair[0] in rivals and pair[1] in rivals
        }
        for one, other in sorted(linked):
            yield from spotting.shared(one, other, others[other])


def _collectors(org_ids: Iterable[object]) -> set[object]:
    rows = Organisation.objects.filter(pk__in=list(org_ids), kind__in=COLLECTORS)
    return set(rows.values_list("pk", flat=True))


def _over(span: Span, counts: Counter[tuple[str, str]]) -> Iterator[Spot]:
    for each in changes.ended(span):
        counts["wash", each.pair] += 1
        # Against all that was worked for this creditor its lowerings are judged.
        counts["around", key_of(each.creditor)] += 1
        counts["closed", each.own] += 1
        yield from spotting.ended(each)
    for each in changes.aged(span):
        if not each.excused:
            counts["hoarding", each.own] += 1
        yield from spotting.aged(each)
    for each in changes.let_go(span):
        if each.contacted:
            counts["around", each.pair] += 1
        yield from spotting.later(each)


def _bids(span: Span) -> Iterator[Spot]:
    fresh = {bid.segment for bid in feeds.opened_bids(span.since)}
    if fresh:
        past = feeds.opened_bids(span.until - days("ring_days"))
        yield from rings.spots(bid for bid in past if bid.segment in fresh)


def _lowered(span: Span) -> Iterator[Spot]:
    """Look at claims whose creditors asked for less after a collector had worked them."""
    for each in feeds.lowered(span.since, span.until):
        key, ref = key_of(each.creditor), f"lowering:{each.lowering}"
        if each.upheld:
            yield spot("around", key, "withheld", ref)
        elif each.worked:
            yield spot("around", key, "lowered", ref)


def _praise(span: Span, counts: Counter[tuple[str, str]]) -> Iterator[Spot]:
    for each in feeds.praises(span.since, span.until):
        counts["ratings", key_of(each.about)] += 1
        yield spot("ratings", key_of(each.by, each.about), "praise", f"rating:{each.rating}")


def _told(span: Span) -> tuple[set[Spot], Touched]:
    """Keep hints at private accounts; those that were cleared count no more."""
    found: set[Spot] = set()
    cleared: Touched = set()
    for each in changes.told(span):
        if each.collector is None:
            continue
        key = key_of(each.collector)
        if each.kind == "cleared":
            found = {one for one in found if one.item.ref != each.ref}
            Sign.objects.filter(ref=each.ref, withdrawn_at=None).update(withdrawn_at=span.until)
            cleared.add(("private-account", key))
        else:
            found.add(spot("private-account", key, each.kind, each.ref))
    return found, cleared


def _usual(segments: Iterable[str], today: date) -> dict[str, Decimal]:
    """Return the median commission of some segments, from the counts of the last months."""
    names = {f"{segment}#{percent}": segment for segment in segments for percent in range(100)}
    since = today - days("window_days")
    rows = Tally.objects.filter(name="rate", key__in=list(names), day__gte=since)
    histograms: dict[str, Counter[int]] = {}
    for key, count in rows.values_list("key", "count"):
        histograms.setdefault(names[key], Counter())[int(key.rpartition("#")[2])] += count
    medians = {segment: spotting.usual(seen) for segment, seen in histograms.items()}
    return {segment: median for segment, median in medians.items() if median is not None}


def _count(counts: Counter[tuple[str, str]], day: date) -> None:
    rows = sorted(counts.items())
    columns = [[n for (n, _k), _c in rows], [k for (_n, k), _c in rows]]
    # Commissions are compared over months: a row per month is enough.
    told = [day.replace(day=1) if name == "rate" else day for name in columns[0]]
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [*columns, told, [count for _key, count in rows]])


def _keep(found: set[Spot], span: Span) -> int:
    before = Sign.objects.filter(ref__in=[each.item.ref for each in found])
    known = set(before.values_list("rule", "key", "kind", "ref"))
    fresh = [
        Sign(
            id=new_id(),
            rule=each.rule,
            key=each.key,
            kind=each.item.kind,
            ref=each.item.ref,
            weight=each.item.weight,
            at=span.until,
        )
        for each in sorted(found)
        if (each.rule, each.key, each.item.kind, each.item.ref) not in known
    ]
    Sign.objects.bulk_create(fresh, batch_size=AT_ONCE)
    return len(fresh)

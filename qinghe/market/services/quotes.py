"""
Answers under seal: hand in a quotation, refuse, take back.

As with bids, an envelope is inserted and nothing else is touched, so nothing tells it was there.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection

from qinghe.journal.services import verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.ids import new_id
from qinghe.market import quoting
from qinghe.market.bidding import STEP
from qinghe.market.envelopes import commitment
from qinghe.market.information_refusals import (
    BadEntry,
    GoesAround,
    NoSuchRequest,
    NotInDirectory,
    QuotesClosed,
    TooManyQuotes,
)
from qinghe.market.models import QuoteEnvelope, QuoteInvite
from qinghe.market.queries.listed import entries
from qinghe.market.quote_envelopes import Quote, Said, written
from qinghe.market.quoting import NoQuote, QuoteState
from qinghe.market.sealing import shut
from qinghe.parties.roles import Permission, require

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
STANDS = "SELECT state, closes_at FROM market_quoterequest WHERE id = %s FOR SHARE"
LONGEST_PERIOD, LONGEST_LEVEL = 365, 90


@verb("market.hand-in-quote")
def hand_in_quote(*, request_id: UUID, quote: Quote, actor: Actor, at: datetime) -> QuoteEnvelope:
    """
    Hand in a sealed quotation; it replaces an earlier answer of the same agency.

    :raises NoSuchRequest: unknown, or the agency was not asked
    :raises NotInDirectory: it has left the directory since
    :raises BadEntry: a rate or a time is out of range; names the field
    :raises GoesAround: the sentence carries an address or invites to settle elsewhere
    :raises QuotesClosed: the hour has come, or the request was taken back
    :raises TooManyQuotes: changed too often
    """
    org_id = _asked(request_id, actor)
    if not entries(at).filter(collector=org_id).exists():
        raise NotInDirectory
    _check(quote)
    return _put(Said(request_id, org_id, actor.user_id or org_id, at, quote=quote))


@verb("market.refuse-quote")
def refuse_quote(*, request_id: UUID, reason: str, actor: Actor, at: datetime) -> QuoteEnvelope:
    """
    Say under seal that one does not want the portfolio, by a reason from the list.

    :raises NoSuchRequest: unknown, or the agency was not asked
    :raises BadEntry: no such reason
    :raises QuotesClosed: the hour has come, or the request was taken back
    :raises TooManyQuotes: changed too often
    """
    org_id = _asked(request_id, actor)
    if reason not in NoQuote.values:
        raise BadEntry(field="reason")
    return _put(Said(request_id, org_id, actor.user_id or org_id, at, refused=reason))


@verb("market.withdraw-quote")
def withdraw_quote(*, request_id: UUID, actor: Actor, at: datetime) -> QuoteEnvelope:
    """
    Take an answer back before the hour; a new one may follow.

    :raises NoSuchRequest: unknown, or the agency was not asked
    :raises QuotesClosed: the hour has come, or the request was taken back
    :raises TooManyQuotes: changed too often
    """
    org_id = _asked(request_id, actor)
    return _put(Said(request_id, org_id, actor.user_id or org_id, at))


def _asked(request_id: UUID, actor: Actor) -> UUID:
    require(actor, Permission.TAKE_ORDERS)
    asked = QuoteInvite.objects.filter(request=request_id, collector=actor.org_id)
    if actor.org_id is None or not asked.exists():
        raise NoSuchRequest
    return actor.org_id


def _check(quote: Quote) -> None:
    told = (
        ("rate", _share(quote.rate) and 0 < quote.rate < 1),
        ("quality_share", _share(quote.quality_share) and 0 < quote.quality_share <= 1),
        ("period_days", 1 <= quote.period_days <= LONGEST_PERIOD),
        ("first_action_days", 1 <= quote.first_action_days <= LONGEST_LEVEL),
        ("report_days", 1 <= quote.report_days <= LONGEST_LEVEL),
        ("sentence", len(quote.sentence) <= quoting.LONGEST_SENTENCE),
    )
    for field, holds in told:
        if not holds:
            raise BadEntry(field=field)
    if quoting.goes_around(quote.sentence):
        raise GoesAround


def _share(value: Decimal) -> bool:
    return value.is_finite() and value == value.quantize(STEP)


def _put(said: Said) -> QuoteEnvelope:
    """Insert one envelope while the request cannot be opened; all are alike from outside."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [f"{said.request_id}:{said.collector_id}"])
        cursor.execute(STANDS, [said.request_id])
        state, until = cursor.fetchone()
    if state != QuoteState.OPEN or said.at >= until:
        raise QuotesClosed
    mine = QuoteEnvelope.objects.filter(request=said.request_id, collector=said.collector_id)
    turn = mine.count() + 1
    if turn > quoting.HAND_INS:
        raise TooManyQuotes(limit=quoting.HAND_INS)
    plain, row_id = written(said), new_id()
    key_id, sealed = shut(row_id, plain)
    return QuoteEnvelope.objects.create(
        id=row_id,
        request_id=said.request_id,
        collector_id=said.collector_id,
        turn=turn,
        at=said.at,
        key_id=key_id,
        sealed=sealed,
        commitment=commitment(plain),
    )

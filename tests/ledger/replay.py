"""What the books must say, from the transfers alone: nothing kept beside them is asked."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from qinghe.claims.days import day_of, end_of
from qinghe.ledger import queries
from qinghe.ledger.models import Account, DayEnd, Transfer

Held = dict[tuple[str, str], int]
# The shortest time: what ends a day belongs to the next one.
INSTANT = timedelta(microseconds=1)
SAMPLE = 8


def replayed(until: datetime | None = None) -> Held:
    """Return every balance, by path and currency, after the transfers up to an instant."""
    held: Held = defaultdict(int)
    for each in Transfer.objects.select_related("debit", "credit"):
        if until is None or each.at <= until:
            held[each.debit.path, each.currency] += each.amount
            held[each.credit.path, each.currency] -= each.amount
    return held


def assert_as_of_equals_replay() -> None:
    """Compare accounts with their transfers: at instants, at the ends of days, and now."""
    accounts = list(Account.objects.all())
    moments = sorted(set(Transfer.objects.values_list("at", flat=True)))
    # Of many, some from the first to the last.
    for at in moments[:: 1 + len(moments) // SAMPLE]:
        held, ended = replayed(at), replayed(end_of(day_of(at)) - INSTANT)
        for currency in {account.currency for account in accounts}:
            paths = [each.path for each in accounts if each.currency == currency]
            assert queries.balances_at(paths=paths, currency=currency, at=at) == {
                path: held[path, currency] for path in paths
            }
            assert queries.balances_on(paths=paths, currency=currency, day=day_of(at)) == {
                path: ended[path, currency] for path in paths
            }
    held = replayed()
    assert all(each.balance == held[each.path, each.currency] for each in accounts)
    days = {
        (account, day_of(each.at))
        for each in Transfer.objects.all()
        for account in (each.debit_id, each.credit_id)
    }
    latest = {(each.pk, each.moved_on) for each in accounts if each.moved_on}
    assert set(DayEnd.objects.values_list("account_id", "day")) == days - latest
    assert latest <= days

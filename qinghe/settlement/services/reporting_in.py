"""Take in what a provider says that it settled; nothing is booked by it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.money import CURRENCIES
from qinghe.parties.roles import Permission, require
from qinghe.settlement.models import ProviderLine, ProviderReport
from qinghe.settlement.provider_reports import BadRow, Settled, read_report
from qinghe.settlement.ways import NAMES


class BadProviderReport(DomainError):
    code = "settlement.bad-provider-report"
    status = 422
    text = _(
        "Line {row} of the report cannot be read: column {column}. Nothing of it was taken in."
        " Needed are number, kind, amount, fee and day."
    )


class LineChanged(DomainError):
    code = "settlement.provider-line-changed"
    text = _(
        "Line {row}: the provider told number {number} before, with another amount, fee or day."
        " Nothing was taken in. Ask the provider which is right."
    )


class UnknownProvider(DomainError):
    code = "settlement.unknown-provider"
    status = 422
    text = _("Choose one of the providers.")


class UnknownCurrency(DomainError):
    code = "settlement.unknown-currency"
    status = 422
    text = _("{currency} is no currency that is accounted in here. Write its code, such as CNY.")


@verb("settlement.import-provider-report")
def import_provider_report(
    *, provider: str, currency: str, content: bytes, actor: Actor, at: datetime
) -> int:
    """
    Take in a provider's report of settled payments; return how many lines are new.

    :raises NotPermitted: the role does not manage payments
    :raises UnknownProvider: none of ours
    :raises UnknownCurrency: a currency that nothing is accounted in here
    :raises BadProviderReport: a row cannot be read
    :raises LineChanged: a number was told before with other figures
    """
    require(actor, Permission.MANAGE_PAYMENTS)
    if provider not in NAMES:
        raise UnknownProvider
    if currency not in CURRENCIES:
        raise UnknownCurrency(currency=currency)
    try:
        told = read_report(content, currency)
    except BadRow as bad:
        raise BadProviderReport(row=bad.row, column=bad.column) from bad
    digest = hashlib.sha256(content).hexdigest()
    report, made = ProviderReport.objects.get_or_create(
        provider=provider,
        sha256=digest,
        defaults={
            "currency": currency,
            "rows": len(told),
            "imported_by": actor.label,
            "imported_at": at,
        },
    )
    if not made:
        return 0
    fresh = _new(_lines(report, told), provider)
    ProviderLine.objects.bulk_create(fresh, batch_size=2_000)
    record(
        kind="provider.report-imported",
        subject=f"provider:{provider}",
        actor=actor,
        at=at,
        sha256=digest,
        rows=len(told),
        new=len(fresh),
    )
    return len(fresh)


def _lines(report: ProviderReport, told: Sequence[Settled]) -> list[ProviderLine]:
    return [
        ProviderLine(
            report=report,
            provider=report.provider,
            number=each.number,
            kind=each.kind,
            amount=each.amount,
            fee=each.fee,
            currency=report.currency,
            day=each.day,
        )
        for each in told
    ]


def _new(lines: list[ProviderLine], provider: str) -> list[ProviderLine]:
    known = {
        (row.number, row.kind): row
        for row in ProviderLine.objects.filter(
            provider=provider, number__in=[line.number for line in lines]
        )
    }
    fresh = []
    for place, line in enumerate(lines, start=2):
        there = known.get((line.number, line.kind))
        if there is None:
            fresh.append(line)
        elif _figures(there) != _figures(line):
            raise LineChanged(row=place, number=line.number)
    return fresh


def _figures(line: ProviderLine) -> tuple[object, ...]:
    return (line.amount, line.fee, line.currency, line.day)

"""Proof that the journal was not altered: seals, and a verification on demand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import astuple, fields
from typing import cast

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from qinghe.journal.queries import Link, chain, seals_made, verify
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, page


@page(Permission.SEE_JOURNAL)
def journal(request: StaffRequest) -> HttpResponse:
    """Show the latest seals; recompute every root from the entries when asked to."""
    asked = request.GET.get("verify") == "1"
    context = {"seals": seals_made(), "report": verify() if asked else None}
    return render(request, "web/regulator/journal.html", context)


class _Line:
    """What a CSV writer writes to when each row is sent at once."""

    def write(self, text: str) -> str:
        return text


def _rows() -> Iterator[str]:
    writer = csv.writer(_Line())
    yield writer.writerow([field.name for field in fields(Link)])
    for link in chain():
        yield writer.writerow(astuple(link))


@page(Permission.SEE_JOURNAL)
def seal_file(request: StaffRequest) -> HttpResponse:
    """Download the chain of seals: hashes only, to be kept elsewhere and compared later."""
    answer = StreamingHttpResponse(
        _rows(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="seals.csv"'},
    )
    return cast("HttpResponse", answer)

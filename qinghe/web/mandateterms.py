"""The terms a mandate was signed under, to be read again by both sides as long as it is kept."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qinghe.market.contracts import terms
from qinghe.market.queries import mandate_by_id
from qinghe.parties.queries import org_name
from qinghe.parties.roles import Permission
from qinghe.web.commission import cut
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day, chinese


@page(Permission.PLACE_CLAIMS, Permission.WORK_CASES)
def mandate_terms(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """
    Show who signed what and when, and the text of that version.

    :raises Http404: the version is not among the files of this release
    """
    mandate = mandate_by_id(mandate_id=mandate_id, actor=request.actor)
    try:
        signed = terms(mandate.terms_version)
    except LookupError as unknown:
        raise Http404 from unknown
    context = {
        "mandate": mandate,
        "creditor": org_name(mandate.creditor_id),
        "collector": org_name(mandate.collector_id),
        "cut": cut(mandate.commission_rate, mandate.quality_share, as_day(mandate.signed_at)),
        "same": signed.sha256 == mandate.terms_sha256,
        "text": signed.text("zh" if chinese() else "en"),
    }
    return render(request, "web/parts/mandate_terms.html", context)

"""The terms a mandate was signed under, to be read and kept by both sides as long as it is."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from qinghe.market.contracts import terms
from qinghe.market.documents import mandate_pdf
from qinghe.market.queries import mandate_by_id
from qinghe.market.queries.signed import signed_document
from qinghe.parties.queries import org_name
from qinghe.parties.roles import Permission
from qinghe.web.commission import cut
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day, chinese


@page(Permission.PLACE_CLAIMS, Permission.WORK_CASES)
def mandate_terms(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """
    Show who signed what and when, and the exact text: with its figures, or its version's.

    :raises Http404: the version is not among the files of this release
    """
    mandate = mandate_by_id(mandate_id=mandate_id, actor=request.actor)
    signed = signed_document(mandate_id=mandate_id, actor=request.actor)
    lang = "zh" if chinese() else "en"
    context = {
        "mandate": mandate,
        "signed": signed,
        "creditor": org_name(mandate.creditor_id),
        "collector": org_name(mandate.collector_id),
        "cut": cut(mandate.commission_rate, mandate.quality_share, as_day(mandate.signed_at)),
    }
    if signed is not None:
        shown = {"same": signed.same, "text": signed.texts[lang], "sha256": signed.sha256}
    else:
        try:
            blank = terms(mandate.terms_version)
        except LookupError as unknown:
            raise Http404 from unknown
        same = blank.sha256 == mandate.terms_sha256
        shown = {"same": same, "text": blank.text(lang), "sha256": mandate.terms_sha256}
    return render(request, "web/parts/mandate_terms.html", {**context, **shown})


@page(Permission.PLACE_CLAIMS, Permission.WORK_CASES)
def mandate_file(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """
    Give the signed document as a PDF.

    :raises Http404: signed before there was one text for both sides
    """
    mandate = mandate_by_id(mandate_id=mandate_id, actor=request.actor)
    signed = signed_document(mandate_id=mandate_id, actor=request.actor)
    if signed is None:
        raise Http404
    number = mandate.claim.number
    content = mandate_pdf(
        signed,
        number=number,
        creditor=org_name(mandate.creditor_id),
        collector=org_name(mandate.collector_id),
        at=mandate.signed_at,
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="mandate-{number}.pdf"'
    return response

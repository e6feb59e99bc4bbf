"""Packages of orders on the collector's side: look at them, and take one as a whole."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from qinghe.kernel.errors import DomainError
from qinghe.market.queries import capacity_of
from qinghe.market.queries.packages import package_document, package_for, packages
from qinghe.market.services import package_refusals, take_package
from qinghe.parties.roles import Permission
from qinghe.web.commission import cut
from qinghe.web.doors import StaffRequest, page
from qinghe.web.formats import as_day, chinese
from qinghe.web.numbers import page_asked, whole


@page(Permission.TAKE_ORDERS)
def package_list(request: StaffRequest) -> HttpResponse:
    """Show the packages that are open, with what may be told of each."""
    asked = page_asked(request.GET)
    found = packages(actor=request.actor, at=request.at, page=asked)
    mine = request.actor.org_id
    capacity = capacity_of(collector_id=mine) if mine else None
    context = {"found": found, "page": found, "free": capacity.free if capacity else 0}
    return render(request, "web/collector/packages.html", context)


@page(Permission.TAKE_ORDERS)
def package(request: StaffRequest, package_id: UUID) -> HttpResponse:
    """Show one package with the terms that are signed by taking it, and what stands against it."""
    given: dict[str, Any] = {"package_id": package_id, "actor": request.actor, "at": request.at}
    row, document = package_for(**given), package_document(**given)
    context = {
        "row": row,
        "document": document,
        "text": document.text_zh if chinese() else document.text_en,
        "cut": cut(row.commission_rate, row.quality_share, as_day(request.at)),
        "refusals": package_refusals(**given) if row.state == "open" else [],
    }
    return render(request, "web/collector/package.html", context)


@page(Permission.TAKE_ORDERS, methods=("POST",))
def package_take(request: StaffRequest, package_id: UUID) -> HttpResponse:
    """Take a package: sign its terms for all of its orders, or say why it cannot be taken."""
    if request.POST.get("agree") != "on":
        return redirect("web:package", package_id)
    seen = whole(request.POST.get("seen"), 0)
    try:
        taken = take_package(package_id=package_id, actor=request.actor, at=request.at, seen=seen)
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        messages.error(request, refusal.user_message)
        return redirect("web:package", package_id)
    words = ngettext(
        "%(n)d order is yours. The terms are signed.",
        "%(n)d orders are yours. The terms are signed.",
        taken.orders,
    )
    messages.success(request, words % {"n": taken.orders})
    return redirect("web:orders")

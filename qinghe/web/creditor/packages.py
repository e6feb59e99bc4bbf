"""Packages on the creditor's side: bundling claims, seeing what became of them, undoing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrPromise

from qinghe.market.contracts.figures import Levels
from qinghe.market.placing import Passed
from qinghe.market.queries.packages import packages
from qinghe.market.services import make_packages, withdraw_package
from qinghe.market.terms import LARGEST_PACKAGE, SMALLEST_PACKAGE
from qinghe.parties.roles import Permission
from qinghe.web.doors import StaffRequest, acted, page
from qinghe.web.numbers import page_asked

USUAL = {"smallest": 10, "largest": 100}


def size_field(label: StrPromise, help_text: StrPromise | str = "") -> forms.IntegerField:
    """Return a field for the size of packages; only placing in packages reads it."""
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=SMALLEST_PACKAGE,
        max_value=LARGEST_PACKAGE,
    )


def packaged(
    given: dict[str, Any], data: Mapping[str, Any], levels: Levels
) -> tuple[str, list[Passed]]:
    """Bundle claims; return what was done in words, and why others were not."""
    sizes = {name: data.get(name) or usual for name, usual in USUAL.items()}
    done = make_packages(
        minimum=sizes["smallest"], maximum=sizes["largest"], levels=levels, **given
    )
    words = ngettext(
        "%(n)d package was made, with %(orders)d orders.",
        "%(n)d packages were made, with %(orders)d orders.",
        done.packages,
    )
    return words % {"n": done.packages, "orders": done.listed}, done.passed


@page(Permission.PLACE_CLAIMS)
def own_packages(request: StaffRequest) -> HttpResponse:
    """Show the packages of this creditor (or, to the operator, of all), open or not."""
    asked = page_asked(request.GET)
    found = packages(actor=request.actor, at=request.at, page=asked)
    return render(request, "web/creditor/packages.html", {"found": found, "page": found})


@page(Permission.PLACE_CLAIMS, methods=("POST",))
def package_withdraw(request: StaffRequest, package_id: UUID) -> HttpResponse:
    """Take an open package back; its claims are ready again."""

    def act() -> object:
        return withdraw_package(package_id=package_id, actor=request.actor, at=request.at)

    return acted(request, act, to="web:own-packages", done=_("The package was withdrawn."))

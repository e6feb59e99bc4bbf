"""Home, how it works, the open figures and their definitions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from qinghe.kernel import clock
from qinghe.reporting.definitions import DEFINITIONS
from qinghe.reporting.queries import transparency
from qinghe.web.figures import figures_of
from qinghe.web.parts import Step

HOW = (
    Step(
        "upload",
        _("1. The claim arrives"),
        _(
            "The creditor posts it with its contract and the way to reach the debtor. "
            "Numbers from address books, bought or scraped lists are refused."
        ),
    ),
    Step(
        "file-search",
        _("2. It is verified"),
        _(
            "A reviewer compares it with the evidence. Round sums, debts older than the "
            "lender and other oddities are flagged with their reasons."
        ),
    ),
    Step(
        "hand-stop",
        _("3. The debtor may object first"),
        _("Before anyone may collect, the debtor can read the claim line by line and contest it."),
    ),
    Step(
        "layout-grid",
        _("4. A collector takes it"),
        _(
            "The listing shows region, stage and an amount band, never a person. The "
            "collector signs the terms and gets a mandate for a period."
        ),
    ),
    Step(
        "shield-check",
        _("5. Every contact is asked for"),
        _(
            "The gate counts per person, over all creditors and collectors. It permits or "
            "refuses, and says by which rule and until when. Nobody can override it."
        ),
    ),
    Step(
        "lifebuoy",
        _("6. Help comes first"),
        _(
            "The debtor can ask for a pause, contest or complain: each stops contact at once. "
            "A plan that is kept stops it too."
        ),
    ),
    Step(
        "coin",
        _("7. Money is divided"),
        _(
            "A payment is booked to costs, interest and principal. Part of the commission "
            "depends on quality, not on money."
        ),
    ),
)


def portal_address() -> str:
    """Return the address of the debtor's door; empty when this installation has none."""
    try:
        return reverse("portal:door")
    except NoReverseMatch:
        return ""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say what this is, let people check a letter, and show the live figures."""
    figures = figures_of(transparency(at=clock.now()))
    context = {"figures": figures[:4], "portal": portal_address()}
    return render(request, "web/public/home.html", context)


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """Tell the life of one claim in seven steps."""
    return render(request, "web/public/how.html", {"steps": HOW})


@require_safe
def public_figures(request: HttpRequest) -> HttpResponse:
    """Show every public figure, computed now."""
    context = {"figures": figures_of(transparency(at=clock.now()))}
    return render(request, "web/public/figures.html", context)


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """Show what each figure counts and divides by."""
    return render(request, "web/public/definitions.html", {"definitions": DEFINITIONS})

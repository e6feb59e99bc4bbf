"""Rate the other side of a mandate that ended: sealed until both did, or the time is over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from qinghe.parties.roles import Permission
from qinghe.quality.queries import RatingRow, ratings
from qinghe.quality.refusals import NothingToRate
from qinghe.quality.services import rate_mandate
from qinghe.quality.terms import QUESTIONS, RATING_DAYS, Side
from qinghe.web.doors import StaffRequest, formed, page, refusals_in

MARKS = [
    ("5", _("5 · fully")),
    ("4", _("4 · mostly")),
    ("3", _("3 · partly")),
    ("2", _("2 · hardly")),
    ("1", _("1 · not at all")),
]


class RatingForm(forms.Form):
    """The four questions of one side."""

    def __init__(self, *args: Any, side: Side, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, question in enumerate(QUESTIONS[side], 1):
            self.fields[f"q{number}"] = forms.ChoiceField(
                label=question, choices=MARKS, widget=forms.RadioSelect
            )

    @property
    def marks(self) -> list[int]:
        """Return the answers in the order of the questions."""
        return [int(self.cleaned_data[name]) for name in self.fields]


def _side(request: StaffRequest) -> Side:
    return Side(request.actor.role.value)


@page(Permission.DECLARE_PARTY)
def rating_list(request: StaffRequest) -> HttpResponse:
    """Show the ended mandates that can be rated, and the ratings that are opened."""
    rows = ratings(actor=request.actor, at=request.at)
    context = {
        "open": [row for row in rows if row.open],
        "given": [row for row in rows if not row.open],
        "questions": list(QUESTIONS[_side(request)]),
        "days": RATING_DAYS,
        "appeals": _side(request) is Side.COLLECTOR,
    }
    return render(request, "web/parts/ratings.html", context)


@page(Permission.DECLARE_PARTY, methods=("GET", "POST"))
def rating_give(request: StaffRequest, mandate_id: UUID) -> HttpResponse:
    """Answer the questions about one mandate, once and for good."""
    row = _row(request, mandate_id)
    form = RatingForm(request.POST or None, side=_side(request))
    if form.is_valid():
        with refusals_in(form):
            rate_mandate(
                mandate_id=mandate_id, marks=form.marks, actor=request.actor, at=request.at
            )
            messages.success(request, _("Kept, sealed. Both sides are opened together."))
            return redirect("web:ratings")
    return formed(request, "web/parts/rating.html", {"row": row}, form)


def _row(request: StaffRequest, mandate_id: UUID) -> RatingRow:
    rows = ratings(actor=request.actor, at=request.at)
    found = next((row for row in rows if row.mandate_id == mandate_id and row.open), None)
    if found is None:
        raise NothingToRate
    return found

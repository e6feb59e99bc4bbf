"""How a person may be contacted: set and taken back here, in force from that second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_stubs_ext import StrPromise

from qinghe.contact.queries import WishRow
from qinghe.contact.queries import wishes as wishes_of
from qinghe.contact.services import set_wish, withdraw_wish
from qinghe.contact.terms import WishKind
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.parties.terms import Channel
from qinghe.portal.doors import DebtorRequest, page, sent
from qinghe.portal.fields import OnceForm
from qinghe.portal.forms import WISH_FORMS

# Title, what it means, button; of equal size and in this order.
WORDS: dict[str, tuple[StrPromise, StrPromise, StrPromise]] = {
    WishKind.TIME: (
        gettext_lazy("Only at these times"),
        gettext_lazy(
            "Nobody calls, texts, e-mails or visits you outside of them. A letter comes when the"
            " post comes."
        ),
        gettext_lazy("Only at these times"),
    ),
    WishKind.CHANNEL: (
        gettext_lazy("Not in these ways"),
        gettext_lazy("Choose what you do not want."),
        gettext_lazy("Not in these ways"),
    ),
    WishKind.WORKPLACE: (
        gettext_lazy("Not at work"),
        gettext_lazy("Nobody calls or writes to your workplace."),
        gettext_lazy("Do not contact me at work"),
    ),
    WishKind.CEASE_ALL: (
        gettext_lazy("Do not contact me at all"),
        gettext_lazy(
            "All calls, texts, e-mails, letters and visits about all claims stop, except what a law"
            " requires. You can still look here."
        ),
        gettext_lazy("Stop all contact"),
    ),
}


@dataclass(frozen=True)
class Live:
    """A wish in force, and the small form that takes it back."""

    row: WishRow
    words: str
    form: OnceForm


@dataclass(frozen=True)
class Card:
    """One kind of wish a person can make."""

    kind: str
    title: StrPromise
    text: StrPromise
    button: StrPromise
    form: OnceForm


@page("GET", "POST")
def wishes(request: DebtorRequest) -> HttpResponse:
    """Show the wishes in force and take a new one."""
    asked = request.POST.get("kind", "")
    if request.method == "POST":
        if asked not in WISH_FORMS:
            raise Http404
        form = WISH_FORMS[asked](request.POST, auto_id=f"{asked}-%s")
        done, _wish = sent(form, _setter(asked, form, request.person_id), request.actor)
        if done:
            return redirect("portal:wishes")
    else:
        form = None
    return render(request, "portal/wishes.html", _context(request, asked, form))


@page("POST")
def withdraw(request: DebtorRequest, wish_id: UUID) -> HttpResponse:
    """Take a wish back."""
    form = OnceForm(request.POST)
    sent(
        form,
        lambda actor: withdraw_wish(wish_id=wish_id, actor=actor, at=clock.now()),
        request.actor,
    )
    return redirect("portal:wishes")


def _setter(kind: str, form: OnceForm, person_id: UUID) -> Callable[[Actor], object]:
    def act(actor: Actor) -> object:
        values = form.cleaned_data
        start, end = values.get("window_start"), values.get("window_end")
        return set_wish(
            person_id=person_id,
            kind=kind,
            channels=values.get("channels", []),
            window=(start, end) if start and end else None,
            actor=actor,
            at=clock.now(),
        )

    return act


def _context(request: DebtorRequest, asked: str, form: OnceForm | None) -> dict[str, Any]:
    live = wishes_of(person_id=request.person_id)
    standing = {row.kind for row in live}
    return {
        "zone": request.zone,
        "live": [Live(row, wish_words(row), OnceForm(auto_id=False)) for row in live],
        "cards": [
            Card(kind, *words, form=_form(kind, asked, form))
            for kind, words in WORDS.items()
            if kind not in standing or kind in (WishKind.TIME, WishKind.CHANNEL)
        ],
    }


def _form(kind: str, asked: str, form: OnceForm | None) -> OnceForm:
    if form is not None and kind == asked:
        return form
    return WISH_FORMS[kind](auto_id=f"{kind}-%s")


def wish_words(row: WishRow) -> str:
    """Return a wish as a sentence."""
    if row.kind == WishKind.CHANNEL:
        separator = "、" if (get_language() or "").startswith("zh") else ", "
        names = separator.join(str(Channel(each).label) for each in row.channels)
        return _("Not by: {channels}").format(channels=names)
    if row.kind == WishKind.TIME and row.window:
        start, end = (_clock(each) for each in row.window)
        return _("Only between {start} and {end}").format(start=start, end=end)
    return str(WORDS[row.kind][0])


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"

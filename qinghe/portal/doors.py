"""Every page behind the door: who is asking, once; what a refusal looks like, once."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qinghe.claims.media.kinds import MEDIA
from qinghe.journal.services import KeyReused
from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import FIELD
from qinghe.parties.queries import person_zone
from qinghe.portal import session

NOT_FOUND = 404
AGAIN = _("This page was sent before with something else on it. Please open it anew and try again.")
T = TypeVar("T")


class DebtorRequest(HttpRequest):
    """A request of somebody who has opened the door."""

    actor: Actor
    person_id: UUID
    # The person's own zone: times on these pages are theirs.
    zone: str


View = Callable[..., HttpResponse]


def page(*methods: str) -> Callable[[View], View]:
    """
    Make a view a page behind the door.

    Strangers are sent to the door whatever they asked for, before anything is looked up. What is
    not theirs is not there; other refusals become a page that says what to do.
    """

    def decorate(view: View) -> View:
        # Not HEAD: it would act unasked, past the token of a form.
        @require_http_methods(methods or ("GET",))
        @never_cache
        @functools.wraps(view)
        def enter(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            person_id = session.visitor(request, at=clock.now())
            if person_id is None:
                return redirect("portal:door")
            known = cast(DebtorRequest, request)
            known.actor = Actor(role=Role.DEBTOR, person_id=person_id)
            known.person_id = person_id
            known.zone = person_zone(person_id)
            try:
                return view(known, **kwargs)
            except DomainError as refusal:
                if refusal.status == NOT_FOUND:
                    raise Http404 from refusal
                return render(
                    request, "portal/refused.html", {"refusal": refusal}, status=refusal.status
                )

        return enter

    return decorate


def seen_in(request: HttpRequest) -> str:
    """Return the mark of what the sent form showed; without one, a mark that fits nothing."""
    return request.POST.get(FIELD, "")


def kept(media_type: str, content: bytes, name: str) -> HttpResponse:
    """Return a file that a browser saves and never opens by itself."""
    response = HttpResponse(content, content_type=media_type)
    ending = MEDIA[media_type].endings[0]
    response["Content-Disposition"] = f'attachment; filename="{name}{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def sent(
    form: forms.Form,
    act: Callable[[Actor], T],
    actor: Actor,
    fields: Mapping[str, str] | None = None,
) -> tuple[bool, T | None]:
    """
    Let a valid form act once; a refusal becomes the form's own sentence.

    `fields` names, by the code of a refusal, the field that it is about.

    The form's hidden key goes with the actor, so sending it twice does it once.
    """
    if not form.is_valid():
        return False, None
    try:
        return True, act(actor.with_key(form.cleaned_data["request_key"]))
    except DomainError as refusal:
        if refusal.status == NOT_FOUND:
            raise
        words = AGAIN if refusal.code == KeyReused.code else refusal.user_message
        form.add_error((fields or {}).get(refusal.code), words)
        return False, None

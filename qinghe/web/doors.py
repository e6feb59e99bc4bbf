"""The staff door: who asks, for which organisation, and what a refusal looks like on a page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from qinghe.kernel import clock
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.shown import FIELD
from qinghe.parties.queries import MembershipRow, NoMembership, memberships
from qinghe.parties.queries.onboarding import application_of
from qinghe.parties.roles import Permission, may
from qinghe.web.devices import marked

P = ParamSpec("P")
CHOSEN = "membership"
KEY = "request_key"
LONGEST_KEY = 64


class StaffRequest(HttpRequest):
    """A request of somebody signed in: the actor and the instant are fixed at the door."""

    actor: Actor
    at: datetime
    org_name: str
    membership: MembershipRow
    memberships: list[MembershipRow]
    waiting: dict[str, int]


StaffView = Callable[Concatenate[StaffRequest, P], HttpResponse]
PlainView = Callable[..., HttpResponse]


def enter(request: HttpRequest) -> StaffRequest:
    """
    Give a signed-in request its actor, for the membership chosen in the session.

    :raises NoMembership: the user belongs to no organisation
    """
    staff = cast("StaffRequest", request)
    staff.at = clock.now()
    user_id = cast("UUID", request.user.pk)
    staff.memberships = memberships(user_id=user_id, at=staff.at)
    if not staff.memberships:
        raise NoMembership
    known = {str(each.id): each for each in staff.memberships}
    mine = staff.membership = known.get(request.session.get(CHOSEN, ""), staff.memberships[0])
    key = request_key(request)
    staff.actor = Actor(role=mine.role, user_id=user_id, org_id=mine.org_id, request_key=key)
    staff.org_name = mine.org_name
    return staff


def request_key(request: HttpRequest) -> str | None:
    """Return the key that makes sending a form twice harmless; nothing when it cannot be one."""
    key = request.POST.get(KEY, "")
    return key if 0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable() else None


def seen_in(request: HttpRequest) -> str:
    """Return the mark of what the sent form showed; without one, a mark that fits nothing."""
    return request.POST.get(FIELD, "")


def page(
    *permissions: Permission, methods: tuple[str, ...] = ("GET",)
) -> Callable[[StaffView[P]], PlainView]:
    """
    Make a view a page of the staff side, for roles that have one of the permissions.

    Not signed in: the sign-in page. Signed in without the right: 404, as for a page that is not
    there. A refusal of a service becomes 404 or a page with its sentence and status.
    """

    def decorate(view: StaffView[P]) -> PlainView:
        @never_cache
        # Not HEAD: it would act unasked, past the token of a form, and count as having read.
        @require_http_methods(methods)
        @functools.wraps(view)
        def door(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            try:
                staff = enter(request)
                if permissions and not any(may(staff.actor, each) for each in permissions):
                    raise Http404
                return marked(staff, view(staff, *args, **kwargs))
            except NoMembership as refusal:
                applies = application_of(request.user.pk) is not None
                return redirect("web:application") if applies else refused(request, refusal)
            except DomainError as refusal:
                return refused(request, refusal)

        # The access table is compared with these, so that neither can drift.
        opened = cast("Any", door)
        opened.permissions, opened.methods = permissions, methods
        return cast("PlainView", opened)

    return decorate


def refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """
    Answer a refusal with its own sentence and status.

    :raises Http404: the refusal must not tell a stranger that the thing exists
    """
    if refusal.status == 404:
        raise Http404 from refusal
    return render(request, "web/refused.html", {"refusal": refusal}, status=refusal.status)


@contextmanager
def refusals_in(form: forms.Form) -> Iterator[None]:
    """Turn a refusal inside the block into the form's own sentence; a 404 passes through."""
    try:
        yield
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        form.add_error(None, refusal.user_message)


def acted(
    request: HttpRequest, act: Callable[[], object], *, to: str, done: object, **where: object
) -> HttpResponse:
    """
    Do one act of a button, say how it went, and return to the page named `to`.

    `done` is what is said, or a function that finds it from what the act returned.
    """
    try:
        result = act()
    except DomainError as refusal:
        if refusal.status == 404 and not refusal.stale:
            raise
        messages.error(request, refusal.user_message)
    else:
        messages.success(request, str(done(result) if callable(done) else done))
    return HttpResponseRedirect(reverse(to, kwargs=where))


def tried(
    request: HttpRequest, form: forms.Form, act: Callable[..., object], *, done: object
) -> bool:
    """
    Do what a form asks for, with what it says, and say that it is done.

    A refusal stands beside the form's first field, and the page is drawn again with what was typed.
    Where the page itself is out of date, that is said, and nothing is drawn again.
    """
    if not form.is_valid():
        return False
    try:
        act(**form.cleaned_data)
    except DomainError as refusal:
        if refusal.stale:
            messages.error(request, refusal.user_message)
            return True
        if refusal.status == 404:
            raise
        form.add_error(form.visible_fields()[0].name, refusal.user_message)
        return False
    messages.success(request, str(done))
    return True


def unclear(
    request: HttpRequest, form: forms.Form, to: str, **where: object
) -> HttpResponseRedirect:
    """Return to a page whose small form could not be read, saying which field was wrong."""
    say_unclear(request, form)
    return HttpResponseRedirect(reverse(to, kwargs=where))


def say_unclear(request: HttpRequest, form: forms.Form) -> None:
    """Say at the head of the page which field of a form could not be read."""
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label}: {errors[0]}" if label else str(errors[0]))


def formed(
    request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form
) -> HttpResponse:
    """Draw a page with its form: 200, or 422 when the form came back with errors."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {**context, "form": form}, status=status)

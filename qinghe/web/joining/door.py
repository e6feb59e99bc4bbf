"""The way in for new creditors and agencies: choose, give an address, confirm it, begin."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from qinghe.kernel import clock
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.parties.pairs import DOOR
from qinghe.parties.queries.onboarding import APPLICANTS, application_of
from qinghe.parties.services import begin_application, create_user, open_application
from qinghe.parties.services.accounts import EmailTaken
from qinghe.parties.services.codes import count_try
from qinghe.parties.terms import OrgKind
from qinghe.web.doors import formed, refusals_in, refused
from qinghe.web.public.voice import origin

# Sign-ups from one origin in a quarter of an hour.
MOST: Final = 10
LETTER: Final = "join-letter"
IN_MEMORY: Final = "django.core.mail.backends.locmem.EmailBackend"


class SignUpForm(forms.Form):
    """An address and a password; everything else comes after the address is confirmed."""

    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    display_name = forms.CharField(
        label=_("Name shown to colleagues"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten signs, not a common word."),
    )


@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """Ask who wants to take part."""
    return render(request, "web/joining/join.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_kind(request: HttpRequest, kind: str) -> HttpResponse:
    """
    Make an account for an applicant and write to its address; the answer never tells whether the
    address was known here.
    """
    if kind not in APPLICANTS:
        raise Http404
    form = SignUpForm(request.POST or None)
    if kind == OrgKind.PRIVATE_CREDITOR:
        form.fields["display_name"].label = _("What we call you here")
    if form.is_valid():
        with refusals_in(form):
            count_try(what="join", origin=origin(request), at=clock.now(), most=MOST)
            _sign_up(request, kind, form.cleaned_data)
            return redirect("web:join-sent")
    context = {"kind": kind, "kind_words": OrgKind(kind).label}
    return formed(request, "web/joining/sign_up.html", context, form)


@never_cache
@require_safe
def join_sent(request: HttpRequest) -> HttpResponse:
    """Say that a letter is on its way; a demonstration without a post office shows it."""
    return render(request, "web/joining/sent.html", {"letter": request.session.get(LETTER, "")})


@never_cache
@require_safe
def application(request: HttpRequest) -> HttpResponse:
    """Lead whoever signed in after confirming their address into their application."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user_id = request.user.pk
    found = application_of(user_id)
    if found is None or found.organisation_id is not None:
        return redirect("web:start")
    try:
        open_application(
            application_id=found.pk,
            confirmed=_confirmed(user_id),
            actor=Actor(role=Role.CREDITOR, user_id=user_id),
            at=clock.now(),
        )
    except DomainError as refusal:
        return refused(request, refusal)
    return redirect("web:standing")


def _sign_up(request: HttpRequest, kind: str, told: dict[str, Any]) -> None:
    at = clock.now()
    try:
        with transaction.atomic():
            user = create_user(**told, language=get_language() or "zh-hans", actor=DOOR, at=at)
            begin_application(user_id=user.pk, kind=kind, actor=DOOR, at=at)
    except EmailTaken:
        get_adapter().send_account_already_exists_mail(told["email"])
        return
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True)
    address.send_confirmation(request, signup=True)
    if settings.DEMO and settings.EMAIL_BACKEND == IN_MEMORY:
        key = EmailConfirmationHMAC(address).key
        request.session[LETTER] = reverse("account_confirm_email", args=[key])


def _confirmed(user_id: UUID) -> bool:
    return bool(EmailAddress.objects.filter(user_id=user_id, verified=True).exists())

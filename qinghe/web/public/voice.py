"""What a stranger may do here: check a letter code, complain, and follow the complaint."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from qinghe.kernel import clock
from qinghe.kernel.actor import system
from qinghe.kernel.errors import DomainError
from qinghe.parties.services.codes import count_try, is_ours
from qinghe.quality.queries import by_number
from qinghe.quality.services import open_complaint
from qinghe.quality.terms import ComplaintKind
from qinghe.web.doors import formed, refusals_in, request_key

FORM_METHODS = ("GET", "HEAD", "POST")
# From one origin in a quarter of an hour.
COMPLAINTS = 10
LOOKS = 60


class CheckForm(forms.Form):
    """The code on a letter."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Ten letters and digits; spaces and dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class ComplaintForm(forms.Form):
    """A complaint of somebody without an account."""

    kind = forms.ChoiceField(
        label=_("What is it about?"), choices=ComplaintKind.choices, widget=forms.RadioSelect
    )
    reference = forms.CharField(
        label=_("Number on the letter or message"),
        required=False,
        max_length=40,
        help_text=_("It helps us find the case. You may leave it empty."),
    )
    statement = forms.CharField(
        label=_("Tell us in your own words"), max_length=4000, widget=forms.Textarea
    )

    def words(self) -> str:
        """Return the statement with the number the person gave."""
        reference = self.cleaned_data["reference"]
        return "\n".join(filter(None, [reference, self.cleaned_data["statement"]]))


def origin(request: HttpRequest) -> str:
    """Return the network address the rate limit counts; it is stored as a keyed hash only."""
    return str(request.META.get("REMOTE_ADDR", ""))


@never_cache
@require_http_methods(FORM_METHODS)
def check_code(request: HttpRequest) -> HttpResponse:
    """Say whether a letter's code was issued here; never about whom."""
    form = CheckForm(request.POST or None)
    genuine = None
    if form.is_valid():
        with refusals_in(form):
            genuine = is_ours(
                code=form.cleaned_data["code"], origin=origin(request), at=clock.now()
            )
    return formed(request, "web/public/check.html", {"genuine": genuine}, form)


@never_cache
@require_http_methods(FORM_METHODS)
def complain(request: HttpRequest) -> HttpResponse:
    """Take a complaint without an account, and answer with its number."""
    form = ComplaintForm(request.POST or None)
    if form.is_valid():
        with refusals_in(form):
            count_try(what="complain", origin=origin(request), at=clock.now(), most=COMPLAINTS)
            complaint = open_complaint(
                kind=form.cleaned_data["kind"],
                statement=form.words(),
                claim_id=None,
                person_id=None,
                actor=system("public-door").with_key(request_key(request)),
                at=clock.now(),
            )
            return redirect("web:complaint-state", complaint.number)
    return formed(request, "web/public/complain.html", {}, form)


@require_safe
def complaint_find(request: HttpRequest) -> HttpResponse:
    """Lead from a typed number to the page of the complaint."""
    number = request.GET.get("number", "").strip().upper()
    return redirect("web:complaint-state", number) if number else redirect("web:complain")


@never_cache
@require_safe
def complaint_state(request: HttpRequest, number: str) -> HttpResponse:
    """
    Show how far a complaint is, to whoever knows its number; never the statement.

    :raises Http404: no complaint has this number, or too many numbers were tried
    """
    try:
        count_try(what="complaint", origin=origin(request), at=clock.now(), most=LOOKS)
        found = by_number(number=number)
    except DomainError as unknown:
        raise Http404 from unknown
    return render(request, "web/public/complaint.html", {"complaint": found})

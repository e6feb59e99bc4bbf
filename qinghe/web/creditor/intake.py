"""A new batch in three steps: send the file, say what its columns are, look before deciding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.intake.columns import ColumnsRefused, NobodyNamed, missing_fields
from qinghe.claims.intake.how import How
from qinghe.claims.intake.suggest import BY_NAME
from qinghe.claims.intake.unreadable import EncodingUnsure
from qinghe.claims.intake.vocabulary import is_as_of
from qinghe.claims.queries import Preview, mappings, preview_kept, recognised
from qinghe.claims.services import receive_batch, save_mapping
from qinghe.claims.services.creditors import why_closed
from qinghe.claims.terms import WORKING, Product
from qinghe.parties.filestore import seal_stream
from qinghe.parties.roles import Permission
from qinghe.web.creditor.fields import (
    ALL_WORDS,
    DATE_WORDS,
    FIELD_WORDS,
    IGNORE,
    TERM_WORDS,
    veiled,
)
from qinghe.web.creditor.reading import UPLOAD, read_as
from qinghe.web.creditor.shut import shut
from qinghe.web.doors import StaffRequest, formed, page, refusals_in
from qinghe.web.formats import as_day
from qinghe.web.parts import Crumb

Known = tuple[str, dict[str, Any]]
SHIPPED_WORDS = {
    "qinghe": _("qinghe: our own template"),
    "ar_ibm": _("ar_ibm: invoices to business customers"),
    "lending_club": _("lending_club: loans without names; they cannot become claims"),
}
REST = ("currency", "product", "dates", "as_of", "leave_rest", "name")
NOTHING_CHOSEN = _(
    "No column is chosen yet. A file of claims needs at least the contract number, the principal, "
    "the due day, and the debtor's identity number, customer number or telephone. Choose which "
    "columns they are; if the file has none of them, it is another file."
)
DAY_ASKED_ONCE = _("It is one day for the whole file: it is filled in below, and left out here.")
# The first one is chosen where no column tells it.
CURRENCIES = ("CNY", "USD", "EUR", "HKD", "GBP", "JPY", "SGD")


class FileForm(forms.Form):
    """The file, the day it speaks of, and whether its columns are known already."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX, one row per claim. It is kept encrypted.")
    )
    as_of = forms.DateField(
        label=_("As of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day on which the amounts are right. Ageing is counted to this day."),
    )
    mapping = forms.ChoiceField(label=_("Columns"), required=False)

    def __init__(self, *args: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mapping"]
        assert isinstance(field, forms.ChoiceField)
        known = ((name, SHIPPED_WORDS.get(name, name)) for name in names)
        field.choices = [("", _("I say what they are in the next step")), *known]


@dataclass(frozen=True)
class GuessWords:
    """What a column may be, how sure that is in percent, and why."""

    field: StrPromise
    confidence: int
    sure: bool
    reason: StrPromise


@dataclass(frozen=True)
class ColumnRow:
    """One column of the file on the mapping page."""

    field: forms.BoundField
    values: list[str]
    guess: GuessWords | None


class ColumnsForm(forms.Form):
    """One choice per column of the file; what stands in no column may be the same for all."""

    currency = forms.ChoiceField(
        label=_("Currency of every row"),
        required=False,
        choices=[("", _("stands in a column")), *((c, c) for c in CURRENCIES)],
    )
    product = forms.ChoiceField(
        label=_("Product of every row"),
        required=False,
        choices=[("", _("stands in a column")), *Product.choices],
    )
    dates = forms.ChoiceField(label=_("How dates are written"), required=False, choices=DATE_WORDS)
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The day on which the amounts are right. Ageing is counted to this day."),
    )
    leave_rest = forms.BooleanField(
        label=_("Leave out every column for which nothing is chosen"), required=False
    )
    name = forms.CharField(
        label=_("Keep these columns under a name"), required=False, max_length=80
    )

    def __init__(
        self, *args: Any, head: Preview, chosen: dict[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.head = head
        guessed = chosen or {name: each.field for name, each in head.guesses.items() if each.sure}
        choices = [
            ("", _("choose")),
            (IGNORE, _("leave out")),
            (_("The claim"), list(FIELD_WORDS.items())),
            (_("Its contract and repayments"), list(TERM_WORDS.items())),
        ]
        for place, column in enumerate(head.header):
            self.fields[f"col{place}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=choices,
                initial=guessed.get(column, IGNORE if is_as_of(column) else ""),
                widget=forms.Select(attrs={"aria-label": column}),
            )

    def columns(self) -> list[ColumnRow]:
        """Return each column's choice, its first values made unreadable, and what it may be."""
        return [
            ColumnRow(self[f"col{place}"], self._values(place, column), self._guess(column))
            for place, column in enumerate(self.head.header)
        ]

    def _values(self, place: int, column: str) -> list[str]:
        guess = self.head.guesses.get(column)
        field = guess.field if guess else ""
        return [veiled(row[place] or "", field) for row in self.head.sample]

    def _guess(self, column: str) -> GuessWords | None:
        if is_as_of(column):
            return GuessWords(_("Day of the amounts"), BY_NAME, True, DAY_ASKED_ONCE)
        guess = self.head.guesses.get(column)
        if guess is None:
            return None
        return GuessWords(ALL_WORDS[guess.field], guess.confidence, guess.sure, guess.reason)

    def rest(self) -> list[forms.BoundField]:
        """Return the choices that are about every row."""
        return [self[name] for name in REST]

    def mapping(self) -> dict[str, Any]:
        """Return the mapping in the form in which it is stored."""
        data = self.cleaned_data
        rest = IGNORE if data["leave_rest"] else ""
        said = {
            column: data[f"col{place}"] or rest for place, column in enumerate(self.head.header)
        }
        constants = {name: data[name] for name in ("currency", "product") if data[name]}
        return {
            "columns": {name: column for column, name in said.items() if name not in ("", IGNORE)},
            "ignore": [column for column, name in said.items() if name == IGNORE],
            "constants": constants,
            "formats": ({"date": data["dates"]} if data["dates"] else {}) | self.head.how.as_json(),
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        names = [v for k, v in data.items() if k.startswith("col") and v not in ("", IGNORE)]
        for name in {each for each in names if names.count(each) > 1}:
            words = {"field": ALL_WORDS[name]}
            self.add_error(None, _("Two columns are both called %(field)s.") % words)
        if not names:
            self.add_error(None, NOTHING_CHOSEN)
            return data
        given = [*names, *(name for name in ("currency", "product") if data.get(name))]
        for name in missing_fields(given):
            self._miss(name)
        if not data.get("leave_rest"):
            self._ask_rest(data)
        return data

    def _ask_rest(self, data: dict[str, Any]) -> None:
        """Ask for every column for which nothing is chosen, all of them at once."""
        for place in range(len(self.head.header)):
            if data.get(f"col{place}") == "":
                self.add_error(f"col{place}", _("Say what it is, or that it is left out."))

    def _miss(self, name: str) -> None:
        if name == "currency":
            self.add_error("currency", _("Say in which currency the amounts are."))
        elif name == "id_number":
            self.add_error(None, NobodyNamed.text)
        else:
            words = {"field": FIELD_WORDS[name]}
            self.add_error(None, _("No column is chosen as: %(field)s.") % words)


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def batch_new(request: StaffRequest) -> HttpResponse:
    """Take a file; with known columns it is checked at once, else they are asked for."""
    creditor_id = request.actor.org_id
    assert creditor_id is not None
    if (refusal := why_closed(creditor_id, request.at)) is not None:
        return shut(request, refusal)
    form = FileForm(
        request.POST or None,
        request.FILES or None,
        names=mappings(creditor_id=creditor_id),
        initial={"as_of": as_day(request.at)},
    )
    if form.is_valid():
        with refusals_in(form):
            return _taken(request, form)
    step = {"step": Crumb(1, 3, _("Send the file"))}
    return formed(request, "web/creditor/batch_new.html", step, form)


def _taken(request: StaffRequest, form: FileForm) -> HttpResponse:
    file, as_of = form.cleaned_data["file"], form.cleaned_data["as_of"]
    sha256 = seal_stream(file.file)
    sent = {"filename": file.name, "as_of": as_of.isoformat(), "sha256": sha256}
    try:
        head = preview_kept(sha256)
    except EncodingUnsure:
        request.session[UPLOAD] = sent
        return redirect("web:batch-reading")
    if form.cleaned_data["mapping"]:
        return _check(request, sha256, file.name, as_of, form.cleaned_data["mapping"])
    if head.suggestion.refused:
        raise ColumnsRefused(columns=", ".join(head.suggestion.refused))
    request.session[UPLOAD] = sent
    return redirect("web:batch-columns")


@page(Permission.SUBMIT_CLAIMS, methods=("GET", "POST"))
def batch_columns(request: StaffRequest) -> HttpResponse:
    """Ask what each column is, with a suggestion and the first values; then check the file."""
    sent = request.session.get(UPLOAD)
    if not sent:
        return redirect("web:batch-new")
    try:
        head = preview_kept(sent["sha256"], How.of(sent.get("how") or {}))
    except EncodingUnsure:
        return redirect("web:batch-reading")
    assert request.actor.org_id is not None
    known = recognised(creditor_id=request.actor.org_id, header=head.header)
    said = date.fromisoformat(sent["as_of"])
    first = _first_choices(head, known)
    first["initial"]["as_of"] = head.as_of if told_day(head, request.at) else said
    form = ColumnsForm(request.POST or None, head=head, **first)
    if form.is_valid():
        with refusals_in(form):
            _keep_name(request, form)
            day = form.cleaned_data["as_of"] or said
            return _check(request, sent["sha256"], sent["filename"], day, form.mapping())
    context = {
        "head": head,
        "filename": sent["filename"],
        "read_as": read_as(head),
        "known": known,
        "day_differs": head.as_of if told_day(head, request.at) and head.as_of != said else None,
        "said": said,
        "step": Crumb(2, 3, _("Say what the columns are")),
    }
    return formed(request, "web/creditor/batch_columns.html", context, form)


def _first_choices(head: Preview, known: Known | None) -> dict[str, Any]:
    """Return what the form begins with: the choices of last time, else the guesses."""
    if known is None:
        told = any(each.sure and each.field == "currency" for each in head.guesses.values())
        dates, currency = _offered(head.suggestion.date_format), "" if told else CURRENCIES[0]
        return {"initial": {"dates": dates, "currency": currency}}
    _name, mapping = known
    constants = mapping.get("constants") or {}
    dates = (mapping.get("formats") or {}).get("date") or ""
    return {
        "chosen": {column: name for name, column in (mapping.get("columns") or {}).items()}
        | dict.fromkeys(mapping.get("ignore") or (), IGNORE),
        "initial": {
            "dates": _offered(dates if isinstance(dates, str) else dates[0]),
            "currency": constants.get("currency", ""),
            "product": constants.get("product", ""),
            "name": _name,
        },
    }


def told_day(head: Preview, at: datetime) -> bool:
    """Tell whether the file itself says of which day it is, and that day has come."""
    return head.as_of is not None and head.as_of <= as_day(at)


def _offered(date_format: str | None) -> str:
    return date_format if date_format in dict(DATE_WORDS) else ""


def _keep_name(request: StaffRequest, form: ColumnsForm) -> None:
    name = form.cleaned_data["name"].strip()
    if name and request.actor.org_id:
        save_mapping(
            creditor_id=request.actor.org_id,
            name=name,
            mapping=form.mapping(),
            actor=request.actor.with_key(None),
            at=request.at,
        )


def _check(
    request: StaffRequest, sha256: str, filename: str, as_of: date, mapping: dict[str, Any] | str
) -> HttpResponse:
    assert request.actor.org_id is not None
    batch = receive_batch(
        creditor_id=request.actor.org_id,
        filename=filename,
        sha256=sha256,
        mapping=mapping,
        as_of=as_of,
        actor=request.actor,
        at=request.at,
    )
    request.session.pop(UPLOAD, None)
    if batch.state not in WORKING:
        messages.info(request, _("Checked. Nothing is a claim yet: look, then decide."))
    return redirect("web:batch", batch.pk)

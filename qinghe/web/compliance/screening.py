"""Try a sentence: may it be said, which words not, by which rule, and how instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from qinghe.casework.queries.marked import marked_notes
from qinghe.parties.roles import Permission
from qinghe.rules.screen.lexicon import act
from qinghe.rules.screen.terms import Finding, Screening, Utterance
from qinghe.rules.screen.verdict import screen
from qinghe.web.doors import StaffRequest, formed, page
from qinghe.web.formats import chinese

LONGEST = 2000
LISTENERS = [
    ("debtor", _("The debtor")),
    ("guarantor", _("A guarantor")),
    ("spouse", _("The spouse")),
    ("agreed_contact", _("A contact agreed beforehand")),
    ("other_contact", _("A relative or friend")),
    ("employer", _("The employer")),
    ("stranger", _("A stranger")),
]
CASE = [
    ("disputed", _("The claim is disputed")),
    ("time_barred", _("The claim is time-barred")),
    ("plan_kept", _("A plan is being kept")),
    ("suit_filed", _("A suit has been filed")),
    ("enforceable_judgment", _("There is an enforceable judgment")),
    ("settlement_authorised", _("The creditor authorised a settlement")),
]


class SentenceForm(forms.Form):
    """A sentence, who would hear it, and what is known of the case. Nothing of it is kept."""

    text = forms.CharField(label=_("Sentence"), max_length=LONGEST, widget=forms.Textarea)
    role = forms.ChoiceField(label=_("Who hears it"), choices=LISTENERS)
    facts = forms.MultipleChoiceField(
        label=_("What is known of the case"),
        choices=CASE,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


@dataclass(frozen=True)
class Piece:
    """A stretch of the sentence, marked where it must not be said."""

    text: str
    marked: bool


@dataclass(frozen=True)
class Told:
    """One finding in the words of the page."""

    title: str
    words: str
    rules: tuple[str, ...]
    instead: str


@page(Permission.CONTACT_DEBTORS, Permission.DECIDE_COMPLAINTS, methods=("GET", "POST"))
def try_words(request: StaffRequest) -> HttpResponse:
    """Judge a sentence by every layer; compliance also sees which notes were marked."""
    form = SentenceForm(request.POST or None, initial={"role": "debtor"})
    context: dict[str, object] = {
        "notes": [
            (row, [_title(each) for each in row.acts]) for row in marked_notes(actor=request.actor)
        ]
    }
    if form.is_valid():
        text = form.cleaned_data["text"]
        answer = _judged(form)
        context["answer"] = answer
        context["pieces"] = list(pieces(text, answer.findings))
        context["told"] = [_told(text, found) for found in answer.findings]
    return formed(request, "web/compliance/screening.html", context, form)


def pieces(text: str, findings: Iterable[Finding]) -> Iterator[Piece]:
    """Yield the whole text in order, cut where marks begin and end; overlapping marks are one."""
    done = 0
    for start, end in _joined(findings):
        if done < start:
            yield Piece(text[done:start], marked=False)
        yield Piece(text[start:end], marked=True)
        done = end
    if done < len(text):
        yield Piece(text[done:], marked=False)


def _joined(findings: Iterable[Finding]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for start, end in sorted((found.start, found.end) for found in findings):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def _judged(form: SentenceForm) -> Screening:
    given = form.cleaned_data
    return screen(
        Utterance(
            given["text"],
            role=given["role"],
            identity_verified=given["role"] == "debtor",
            facts=frozenset(given["facts"]),
        )
    )


def _told(text: str, found: Finding) -> Told:
    lang = "zh" if chinese() else "en"
    words = text[found.start : found.end]
    return Told(_title(found.act), words, found.rules, found.say(lang))


def _title(code: str) -> str:
    return act(code).title("zh" if chinese() else "en")

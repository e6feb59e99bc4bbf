"""What a reviewer may decide about a claim, as forms: release, return, reject, a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from qinghe.claims.queries import ClaimView, review_steps
from qinghe.claims.queries.amounts import VerificationView
from qinghe.claims.queries.identity import identity_seen
from qinghe.claims.queries.papers import unread_by
from qinghe.claims.queries.remarks import remarks
from qinghe.claims.queries.review import desk_mark, left_to_second
from qinghe.claims.terms import ClaimState, Rejection, Release, Return, ReviewQueue, ReviewStep
from qinghe.kernel.actor import Actor
from qinghe.parties.pairs import independent
from qinghe.parties.queries import display_names
from qinghe.parties.roles import Permission, may
from qinghe.quality.queries import invention_of
from qinghe.risk.doubts import BY_CODE

CHECKS_TO_COME = _("the checks: they have not looked at it as it stands, and run every ten minutes")
PRIVATE = _("It stays with the claim: no names, no numbers of accounts.")


class VerifyForm(forms.Form):
    """Why the claim may go on, and what the reviewer noticed."""

    reason = forms.ChoiceField(
        label=_("Why it may go on"), choices=[("", _("Choose what you found")), *Release.choices]
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False, help_text=PRIVATE)

    def ask_note(self, remarks: Sequence[str]) -> None:
        """Ask for an answer to what the calculation leaves to a person."""
        if remarks:
            field = self.fields["note"]
            field.label, field.required = _("Your judgement of the remark"), True
            field.help_text = " ".join([*remarks, str(PRIVATE)])


class ReturnForm(forms.Form):
    """What the creditor is asked for."""

    reason = forms.ChoiceField(label=_("What is missing"), choices=Return.choices)
    words = forms.CharField(
        label=_("What the creditor should do"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=PRIVATE,
    )


class RejectForm(forms.Form):
    """Why a claim is rejected: a code and words the creditor reads."""

    reason = forms.ChoiceField(
        label=_("Reason code"),
        choices=[each for each in Rejection.choices if each[0] != Rejection.DUPLICATE],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("What the creditor reads"),
        max_length=1000,
        widget=forms.Textarea,
        required=False,
        help_text=PRIVATE,
    )

    def clean_words(self) -> str:
        """Ask for words when it is said to be invented: a second person decides about them."""
        words = str(self.cleaned_data["words"])
        if self.cleaned_data.get("reason") == Rejection.INVENTED and not words.strip():
            raise forms.ValidationError(_("Say what shows that the claim was invented."))
        return words

    def sentence(self) -> str:
        """Return the reason as it is kept: the code, then the words."""
        words = self.cleaned_data["words"].strip()
        return ": ".join(filter(None, [self.cleaned_data["reason"], words]))


class SampleForm(forms.Form):
    """Whether an automatic release was right."""

    words = forms.CharField(
        label=_("What was wrong"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when it was wrong. The creditor reads it."),
    )


def decision_for(
    view: ClaimView,
    actor: Actor,
    check: VerificationView | None,
    sent: Mapping[str, forms.Form],
) -> dict[str, Any]:
    """
    Return what the page of a claim at the desk offers, and the steps that were taken.

    :param sent: forms that were sent and refused, by their name here: what was typed stays
    """
    steps = review_steps(view.id)
    second = view.review == ReviewQueue.SECOND
    left = left_to_second(steps) if second else None
    accused = left is not None and left.step == ReviewStep.ACCUSED
    waits = view.state == ClaimState.SUBMITTED
    users = [UUID(step.by.partition(":")[2]) for step in steps if _is_person(step.by)]
    verify_form = sent.get("verify_form", VerifyForm())
    if isinstance(verify_form, VerifyForm):
        verify_form.ask_note(remarks(view.id, view.case, check))
    names = {str(user): name for user, name in display_names(users).items()}
    return {
        "decidable": waits,
        "mark": desk_mark(view),
        "mine": left is not None and not independent(actor.label, left.by),
        "missing": [*view.blockers, *([str(CHECKS_TO_COME)] if view.unseen else [])],
        "is_second": second and not accused,
        "is_accused": accused,
        "unread": unread_by(view.id, actor) if waits else (),
        "stranger": waits and not identity_seen(view.id, actor),
        "is_returned": view.review == ReviewQueue.RETURNED,
        "is_sample": view.review == ReviewQueue.SAMPLE,
        "steps": [
            (step, names.get(step.by.partition(":")[2], ""), _doubt(step.reason)) for step in steps
        ],
        "verify_form": verify_form,
        "return_form": sent.get("return_form", ReturnForm(prefix="return")),
        "reject_form": sent.get("reject_form", RejectForm(prefix="reject")),
        "sample_form": sent.get("sample_form", SampleForm(prefix="sample")),
        "accuses": may(actor, Permission.SUSPEND),
        "invention": invention_of(view.id),
    }


def _doubt(code: str) -> str:
    return str(BY_CODE[code].title) if code in BY_CODE else ""


def _is_person(label: str) -> bool:
    role, _colon, who = label.partition(":")
    return role != "system" and who != "-"

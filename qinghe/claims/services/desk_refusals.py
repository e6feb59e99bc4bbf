"""What the review desk refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NotVerifiable(DomainError):
    code = "claims.not-verifiable"
    text = _("This claim cannot be released yet: {missing}.")


class RemarkUnanswered(DomainError):
    code = "claims.remark-unanswered"
    status = 422
    text = _(
        "Something is left to your judgement: “{remark}” Write in the note why the claim may go on "
        "all the same, or return it or reject it."
    )


class ChecksToCome(DomainError):
    code = "claims.checks-to-come"
    text = _(
        "The checks have not looked at this claim as it stands. They run every ten minutes: come "
        "back then."
    )


class InventedWithoutWords(DomainError):
    code = "claims.invented-without-words"
    status = 422
    text = _(
        "Say what shows that the claim was invented: the second reviewer and the creditor read it."
    )


class SecondReviewer(DomainError):
    code = "claims.second-reviewer"
    text = _(
        "A claim of this size needs two reviewers: you checked it first, or your accounts are not "
        "independent. Leave it to somebody else."
    )


class TwoForInvented(DomainError):
    code = "claims.two-for-invented"
    text = _(
        "It takes two persons to reject a claim as invented: you proposed it, or your accounts are "
        "not independent. Leave it to somebody else, or choose another reason."
    )


class InventedLater(DomainError):
    code = "claims.invented-later"
    text = _(
        "The claim has left the review desk. Ask a second officer under “Does the claim exist at "
        "all?”."
    )


class NotInReview(DomainError):
    code = "claims.not-in-review"
    text = _("This claim does not wait for this step. Reload the page.")


class EmptyAnswer(DomainError):
    code = "claims.empty-answer"
    status = 422
    text = _(
        "A needed paper is still missing, and nothing was added: {papers}. Add it under “Evidence” "
        "or write why it cannot be given."
    )


class WordsMissing(DomainError):
    code = "claims.words-missing"
    text = _("Write what the creditor should do: it reads your words.")

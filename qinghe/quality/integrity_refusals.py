"""What the integrity desk refuses, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class NoSuchFlag(DomainError):
    code = "quality.no-such-flag"
    status = 404
    text = _("There is no such flag.")


class NoSuchRuling(DomainError):
    code = "quality.no-such-ruling"
    status = 404
    text = _("There is no such decision.")


class WordsMissing(DomainError):
    code = "quality.words-missing"
    status = 422
    text = _("Write a few words: the other side will read them.")


class FlagClosed(DomainError):
    code = "quality.flag-closed"
    text = _("This flag was decided before.")


class NotAsked(DomainError):
    code = "quality.not-asked"
    text = _("Nobody has asked your organisation about this, or it is decided.")


class StatedBefore(DomainError):
    code = "quality.stated-before"
    text = _("Your organisation has answered already. The officers have read access to it.")


class NotHeard(DomainError):
    code = "quality.not-heard"
    text = _(
        "Hear the organisation first: ask it, and wait for its answer or until the time to answer "
        "is over."
    )


class RuledBefore(DomainError):
    code = "quality.ruled-before"
    text = _("About this organisation a decision stands or waits already.")


class BadOutcome(DomainError):
    code = "quality.bad-outcome"
    status = 422
    text = _(
        "Only a collector can be kept from taking orders, for 1 to 365 days; a damage needs a "
        "proven breach, an amount, and the creditor that was harmed."
    )


class RulingDecided(DomainError):
    code = "quality.ruling-decided"
    text = _("This was decided before.")


class AnotherOfficer(DomainError):
    code = "quality.another-officer"
    text = _(
        "Another officer must decide: you have a part in this decision, or your accounts are not "
        "independent."
    )


class TooLate(DomainError):
    code = "quality.objection-over"
    text = _("The time to object ended on {until}.")


class NothingToAppeal(DomainError):
    code = "quality.nothing-to-object-to"
    text = _("There is no decision in force to object to, or it was objected to already.")


class TooEarly(DomainError):
    code = "quality.objection-runs"
    text = _(
        "A deposit is called only for a proven breach in force, after {until}, the end of the "
        "time to object, and not while an objection waits."
    )


class AboveDamage(DomainError):
    code = "quality.above-damage"
    status = 422
    text = _(
        "At most {most} {currency} may be called: the proven damage not called yet, and "
        "{percent} % of this deposit for a breach of this kind."
    )


class NoSuchCall(DomainError):
    code = "quality.no-such-call"
    status = 404
    text = _("There is no such call, or its money has arrived already.")


class RuleUnchanged(DomainError):
    code = "quality.rule-unchanged"
    text = _("This rule is in that state already.")

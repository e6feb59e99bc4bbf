"""Every refusal of this room: a code for machines, a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from qinghe.kernel.errors import DomainError


class RegistrationEnded(DomainError):
    code = "contact.registration-ended"
    status = 403
    text = _(
        "Your organisation has no valid registration for this debtor's region today. Nobody may "
        "be contacted until it is renewed and verified."
    )


class StandingEnded(DomainError):
    code = "contact.standing-ended"
    status = 403
    text = _(
        "A licence, an authority or a review of {organisation} has ended. Nobody may be "
        "contacted about this claim until it is renewed."
    )


class ContactRefused(DomainError):
    code = "contact.refused"
    text = _("Not now: {sentence} (rule {rule}).")


class NotOurReturn(DomainError):
    code = "contact.not-our-return"
    status = 422
    text = _(
        "This is no report that a message of ours came back for good. Other mail of that mailbox "
        "needs a person."
    )


class NoSuchAttempt(DomainError):
    code = "contact.no-such-attempt"
    status = 404
    text = _("There is no such contact.")


class NotACall(DomainError):
    code = "contact.not-a-call"
    text = _("Only a phone call has an outcome to record.")


class NotSentYet(DomainError):
    code = "contact.not-sent-yet"
    text = _("The call has not been made.")


class OutcomeKnown(DomainError):
    code = "contact.outcome-known"
    text = _("The outcome of this call is recorded already.")


class NoSuchWish(DomainError):
    code = "contact.no-such-wish"
    status = 404
    text = _("There is no such contact wish.")


class WishIncomplete(DomainError):
    code = "contact.wish-incomplete"
    status = 422
    text = _("Choose the channels, or the hours, that your wish is about.")


class NothingKept(DomainError):
    code = "contact.nothing-kept"
    status = 404
    text = _("Nothing was sent, so there is no copy.")


class NoSuchLetter(DomainError):
    code = "contact.no-such-letter"
    status = 404
    text = _("There is no such letter.")


class LetterOnItsWay(DomainError):
    code = "contact.letter-on-its-way"
    text = _("A letter with a code was sent in the last {days} days. Wait until it has arrived.")


class LetterVoid(DomainError):
    code = "contact.letter-void"
    text = _(
        "This letter tells what no longer holds: the claim has moved on since. It is not sent; "
        "a new one is made where one is needed."
    )


class LetterUnopened(DomainError):
    code = "contact.letter-unopened"
    text = _("Open this letter first: whoever marks it as printed has had its file.")


class LetterPrinted(DomainError):
    code = "contact.letter-printed"
    text = _("This letter is printed already.")


class LetterNotPrinted(DomainError):
    code = "contact.letter-not-printed"
    text = _("This letter is not printed yet. Print it and mark it as printed first.")


class LetterPosted(DomainError):
    code = "contact.letter-posted"
    text = _("This letter was marked as posted before.")


class NoSuchHousePack(DomainError):
    code = "contact.no-such-house-pack"
    status = 404
    text = _("There is no such version of the house rules.")


class HouseLoosens(DomainError):
    code = "contact.house-loosens"
    status = 422
    text = _(
        "{rule}, {parameter}: the lawful value is {lawful}, and {asked} is not stricter. House "
        "rules may go as far as {bound}, and never the other way."
    )


class HouseUnreadable(DomainError):
    code = "contact.house-unreadable"
    status = 422
    text = _("House rules must name at least one figure or closed day that the rules know: {what}.")


class HouseMoved(DomainError):
    code = "contact.house-moved"
    text = _("This version has moved on. Reload the page and look at it again.")


class HouseNotReplayed(DomainError):
    code = "contact.house-not-replayed"
    text = _("First replay past contacts: the second person must see what would change.")


class SamePersonTwice(DomainError):
    code = "contact.same-person-twice"
    text = _(
        "A second person must do this, who stands apart from whoever began it: with no account "
        "that one of the two made for the other, or that the same person made for both."
    )


class NeedsAPerson(DomainError):
    code = "contact.needs-a-person"
    status = 403
    text = _("Only a person who is signed in may decide this, never a program.")


class MomentTooEarly(DomainError):
    code = "contact.moment-too-early"
    status = 422
    text = _("Choose a later moment: the earliest possible is {earliest}.")


class HouseTaken(DomainError):
    code = "contact.house-taken"
    text = _("Version {number} begins on or after that day. Choose a later day, or end it first.")


class NoSuchOverride(DomainError):
    code = "contact.no-such-override"
    status = 404
    text = _("There is no such request.")


class NotANotice(DomainError):
    code = "contact.not-a-notice"
    status = 422
    text = _("Only a letter or an e-mail with a wording approved for notices can be let through.")


class RuleNotOverridable(DomainError):
    code = "contact.rule-not-overridable"
    status = 422
    text = _("These rules cannot be set aside: {rules}. Possible is only: {possible}.")


class OverrideMoved(DomainError):
    code = "contact.override-moved"
    text = _("This request was decided or used already. Reload the page.")


class OverrideExpired(DomainError):
    code = "contact.override-expired"
    text = _("The day for this notice is over. Ask again, with the reason as it is now.")


class OneByOne(DomainError):
    code = "contact.one-by-one"
    status = 422
    text = _("Calls and visits are asked for one by one, by a person. Choose a message.")


class NoSuchWording(DomainError):
    code = "contact.no-such-wording"
    status = 422
    text = _("Choose a wording that is approved for this channel.")


class TooManyAtOnce(DomainError):
    code = "contact.too-many-at-once"
    status = 422
    text = _("At most {most} cases at once. Narrow the list and send the rest afterwards.")


class NothingToSend(DomainError):
    code = "contact.nothing-to-send"
    text = _("None of these messages would be let through now, so nothing was started.")


class NoSuchMailing(DomainError):
    code = "contact.no-such-mailing"
    status = 404
    text = _("There is no such message to many.")


class MailingOver(DomainError):
    code = "contact.mailing-over"
    text = _("It is over already: nothing waits any more.")


class SaidToday(DomainError):
    code = "contact.said-today"
    text = _("The person was sent this text today already.")


class WaitsElsewhere(DomainError):
    code = "contact.waits-elsewhere"
    text = _("The case waits for its turn in another message to many.")


class PersonTwice(DomainError):
    code = "contact.person-twice"
    text = _("Another case of the same person gets this message: one message a person.")


class StoppedByHand(DomainError):
    code = "contact.stopped-by-hand"
    text = _("It was stopped before this case had its turn.")

"""Words for the papers of a rule."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PACKS = {
    "CN": _("China"),
    "US": _("United States"),
    "UK": _("United Kingdom"),
    "EU": _("European Union"),
    "IN": _("India"),
    "PLT": _("This platform"),
    "HSE": _("The operator's own rules"),
}
LEVELS = {"deny": _("Refuses"), "warn": _("Warns"), "info": _("Explains")}
# How well the wording of a rule is proved.
GRADES = {
    "P": _("read in the law itself"),
    "Q": _("wording through a reprint or translation"),
    "S": _("secondary report"),
    "B": _("background knowledge, to be checked"),
    "D": _("choice of this product"),
}
# What a later reading of a rule may have changed.
PAPERS = {
    "title_zh": _("title"),
    "title_en": _("title"),
    "source": _("source"),
    "clause": _("clause"),
    "effective_from": _("days in force"),
    "effective_to": _("days in force"),
    "status": _("status"),
    "text": _("reading"),
    "scope": _("scope"),
    "level": _("effect"),
    "grade": _("evidence"),
    "note": _("note"),
    "parameters": _("numbers"),
}
# Words of the situations that a rule is shown with.
WORKERS = {
    "agency": _("An agency"),
    "creditor": _("The creditor"),
    "platform": _("The platform"),
    "debt_buyer": _("A buyer of the debt"),
}
CHANNELS = {
    "voice": _("phone call"),
    "sms": _("text message"),
    "im": _("chat message"),
    "email": _("e-mail"),
    "letter": _("letter"),
    "visit": _("visit"),
}
ROLES = {
    "debtor": _("the debtor"),
    "guarantor": _("a guarantor"),
    "spouse": _("the spouse"),
    "agreed_contact": _("a contact the debtor named"),
    "other_contact": _("another contact"),
    "employer": _("the employer"),
    "colleague": _("a colleague"),
    "stranger": _("a stranger"),
    "attorney": _("the lawyer"),
    "executor": _("the executor of the estate"),
}
PURPOSES = {
    "collect": _("about the debt"),
    "locate": _("to find the debtor"),
    "reply": _("as a reply"),
    "legal_notice": _("as a notice the law requires"),
}
OUTCOMES = {
    "talk": _("talked"),
    "no_answer": _("not answered"),
    "busy": _("busy"),
    "not_in_service": _("number out of service"),
    "voicemail": _("mailbox"),
    "dropped": _("cut off"),
    "delivered": _("delivered"),
    "failed": _("technical failure"),
}
WISHES = {
    "channel": _("not by these channels"),
    "time": _("only at these times"),
    "workplace": _("not at work"),
    "cease_all": _("no contact at all"),
    "contact_refusal": _("not through this contact"),
    "window": _("contact at these hours"),
    "callback": _("a call back"),
}
SOURCES = {
    "debtor_left": _("the debtor left it"),
    "debtor_authorised": _("the debtor authorised it"),
    "public_lawful": _("a lawful public source"),
    "told_by_contact": _("a contact told it"),
    "authorised_query": _("an authorised query"),
    "address_book": _("an address book"),
    "purchased": _("bought data"),
    "scraped": _("scraped data"),
    "unknown": _("nobody knows where"),
}
FLAGS = {
    "recorded": _("It would not be recorded."),
    "opt_out_included": _("It would not say how to opt out."),
    "public_visible": _("Others could read it."),
    "ends_at": _("A visit with a planned end."),
}
STATES = {
    "disputed": _("The debt is disputed."),
    "represented_by_attorney": _("A lawyer represents the person."),
    "attorney_silent": _("The lawyer does not answer."),
    "bankruptcy_filed_at": _("Bankruptcy was filed."),
    "bankruptcy_dismissed_at": _("The bankruptcy was dismissed."),
    "moratorium": _("A moratorium protects the person."),
    "deceased": _("The debtor has died."),
    "incapacity": _("The person cannot act for themselves."),
    "vulnerable": _("The person is vulnerable."),
    "plan_kept": _("A plan is being kept."),
    "complaint_open": _("A complaint is open."),
    "assigned_at": _("The debt was sold."),
    "assignment_notice_reached_at": _("The notice of the sale arrived."),
    "original_creditor_request_at": _("The person asked who the first creditor was."),
    "verification_sent_at": _("The proof of the debt was sent."),
    "validation_period_ends": _("The period to dispute is known."),
}

"""What makes a claim doubtful. Pure. A doubt asks a person; it never decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from qinghe.claims.contract_terms import IdentityCode
from qinghe.risk.facts import Facts

ROUND_MAJOR: Final = 50_000
SHARED_PHONES: Final = 3
SAME_CLAIMS: Final = 3
# A private person who really lent money to so many within a day is rare.
BURST: Final = 10
# Real overindebtedness has many lenders; many private ones within a month are a pattern of fakes.
PRIVATE_CREDITORS: Final = 4
REFUTED: Final = 3
REFUTED_PERCENT: Final = 10
# A paper that cannot be found happens; a third one is a habit.
DROPPED: Final = 3

Named = Mapping[str, int]


@dataclass(frozen=True)
class Doubt:
    """
    One rule that raises a flag; a grave one holds the claim until a person has decided.

    Without a test it is pushed by a floor above, which has seen what this room cannot.
    """

    code: str
    title: StrPromise
    sentence: StrPromise
    grave: bool
    test: Callable[[Facts], Named | None] | None = None


def _when(is_so: Callable[[Facts], bool]) -> Callable[[Facts], Named | None]:
    return lambda facts: {} if is_so(facts) else None


def _at_least(
    name: str, count: Callable[[Facts], int], least: int
) -> Callable[[Facts], Named | None]:
    return lambda facts: {name: count(facts)} if count(facts) >= least else None


def _round(facts: Facts) -> bool:
    big = facts.exact_major and facts.principal_major >= ROUND_MAJOR
    return big and facts.principal_major % ROUND_MAJOR == 0


def _refuted(facts: Facts) -> Named | None:
    often = facts.refuted * 100 >= facts.decided * REFUTED_PERCENT
    if facts.refuted < REFUTED or not often:
        return None
    return {"refuted": facts.refuted, "decided": facts.decided}


def _noted(code: IdentityCode) -> Callable[[Facts], Named | None]:
    return _when(lambda facts: code in facts.identity)


DOUBTS: Final = (
    Doubt(
        "own-claim",
        _("Creditor and debtor are the same"),
        _("The creditor's registration number is the debtor's number."),
        grave=True,
        test=_when(lambda facts: facts.creditor_owes_itself),
    ),
    Doubt(
        "shared-phone",
        _("Phone shared by many debtors"),
        _("{others} other debtors have the same phone number."),
        grave=True,
        test=_at_least("others", lambda facts: facts.phone_shared_with, SHARED_PHONES),
    ),
    Doubt(
        "other-address",
        _("A new address for a known person"),
        _(
            "Another creditor knew this person first. Letters to the new address would open the "
            "person's page, with all claims. Make sure that the person lives there."
        ),
        grave=True,
        test=_when(lambda facts: facts.known_elsewhere),
    ),
    Doubt(
        "creditors-data",
        _("The debtor's data are the creditor's own"),
        _(
            "The account, phone, e-mail or address of the debtor is also the creditor's. A notice "
            "sent there would never reach the debtor."
        ),
        grave=True,
        test=_when(lambda facts: bool(facts.shared_with_creditor)),
    ),
    Doubt(
        "door-by-creditor",
        _("The debtor's page was opened by the creditor"),
        _("A browser that works for the creditor opened the debtor's page with the letter's code."),
        grave=True,
        test=_when(lambda facts: facts.door_opened_by_creditor),
    ),
    Doubt(
        "same-document",
        _("The same document for other debtors"),
        _("{others} other debtors have claims that rest on the very same file."),
        grave=True,
        test=_at_least("others", lambda facts: facts.same_document, 1),
    ),
    Doubt(
        "refuted-creditor",
        _("Claims of this creditor did not exist"),
        _("{refuted} of {decided} decided claims of this creditor turned out not to exist."),
        grave=True,
        test=_refuted,
    ),
    Doubt(
        "taken-back",
        _("Claims taken back when asked about"),
        _(
            "This creditor took {dropped} claims back after a reviewer's question. Somebody may be "
            "trying out what is let through: look at the papers themselves."
        ),
        grave=False,
        test=_at_least("dropped", lambda facts: facts.dropped, DROPPED),
    ),
    Doubt(
        "one-hand",
        _("Creditor and collector may be one hand"),
        _("They share staff, devices, accounts or licence numbers. Who pays whom here?"),
        grave=True,
    ),
    Doubt(
        "same-claims",
        _("The same claim several times"),
        _("{count} claims of this creditor against this person are alike in amount and due day."),
        grave=False,
        test=_at_least("count", lambda facts: facts.same_claims, SAME_CLAIMS),
    ),
    Doubt(
        "entered-twice",
        _("The same debt under two contract numbers"),
        _(
            "An earlier claim of this creditor against this person has the same product and "
            "principal, and its days are at most a month away. One paper may have been entered "
            "twice: compare both."
        ),
        grave=True,
        test=_when(lambda facts: facts.entered_twice),
    ),
    Doubt(
        "round-amount",
        _("Round amount"),
        _("The principal is a large round sum. Look for the proof that it was paid out."),
        grave=False,
        test=_when(_round),
    ),
    Doubt(
        "burst",
        _("Many claims of a private person at once"),
        _("This private creditor sent {count} claims within one day."),
        grave=False,
        test=_at_least("count", lambda facts: facts.burst, BURST),
    ),
    Doubt(
        "pile-up",
        _("Many private creditors at once"),
        _("{count} private creditors named this person within thirty days."),
        grave=False,
        test=_at_least("count", lambda facts: facts.private_creditors, PRIVATE_CREDITORS),
    ),
    Doubt(
        "mutual",
        _("Each claims money from the other"),
        _("The debtor is a creditor here and claims money from this creditor. Look at set-off."),
        grave=False,
        test=_when(lambda facts: facts.mutual),
    ),
    Doubt(
        "unlicensed",
        _("No licence on the day of the contract"),
        _("None of the creditor's lending licences covers the day of the contract."),
        grave=False,
        test=_when(lambda facts: facts.licensed_at_contract is False),
    ),
    Doubt(
        "name-differs",
        _("Another name for the same identity number"),
        _("This number is known here under another name. Compare both with the papers."),
        grave=True,
        test=_noted(IdentityCode.NAME_DIFFERS),
    ),
    Doubt(
        "under-age",
        _("Under age on the day of the contract"),
        _("By the identity number the debtor was not yet eighteen when the contract was signed."),
        grave=True,
        test=_noted(IdentityCode.UNDER_AGE),
    ),
    Doubt(
        "area-unknown",
        _("Unknown area in the identity number"),
        _("No province or city has the first digits of this number. Compare it with the papers."),
        grave=False,
        test=_noted(IdentityCode.AREA_UNKNOWN),
    ),
    Doubt(
        "died-before",
        _("The debtor had died before the contract"),
        _("The day of death on record lies before the day of the contract."),
        grave=True,
        test=_when(lambda facts: facts.died_before_contract),
    ),
    Doubt(
        "time-barred",
        _("Too old: the debtor may refuse to pay"),
        _(
            "As far as is on record the limitation is over. What is paid of one's own will is "
            "valid, but nobody may say that it must still be paid."
        ),
        grave=False,
        test=_when(lambda facts: facts.time_barred),
    ),
    Doubt(
        "limitation-act",
        _("Only the creditor says that it is not too old"),
        _(
            "The creditor recorded something that would move the limitation. Open its file: it "
            "counts only if you accept it."
        ),
        grave=False,
        test=_when(lambda facts: facts.time_barred and facts.acts_waiting),
    ),
)
BY_CODE: Final = {doubt.code: doubt for doubt in DOUBTS}


def doubts(facts: Facts) -> list[tuple[Doubt, Named]]:
    """Return every doubt that the facts raise, with what its sentence names."""
    found = [(doubt, doubt.test(facts)) for doubt in DOUBTS if doubt.test is not None]
    return [(doubt, named) for doubt, named in found if named is not None]

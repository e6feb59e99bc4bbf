"""
The way around the staff side: sections and items per role. Data only.

An item names its page by URL name. An item whose page is not in the URL table is left out.
`tab` puts it into the five tabs of a phone; `counts` names the queues whose length it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qinghe.kernel.actor import Role


@dataclass(frozen=True)
class Item:
    """One entry of the side bar."""

    label: str | Promise
    page: str
    icon: str
    tab: bool = False
    counts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Entries under a common heading; the first section has none."""

    items: tuple[Item, ...]
    title: str | Promise = ""


RULES = Section((Item(_("Rules in force"), "web:rules", "book"),), _("Rules"))
PROOF = Section(
    (
        Item(_("Rules in force"), "web:rules", "scale"),
        Item(_("Journal proof"), "web:journal", "key"),
    ),
    _("Rules and proof"),
)
COMPLAINTS = Item(_("Complaints"), "web:complaints", "speakerphone", counts=("complaints",))
TO_VERIFY = Item(
    _("Claims to verify"),
    "web:verify",
    "file-search",
    tab=True,
    counts=("verify", "objections"),
)
ORGANISATIONS = Item(
    _("Organisations"),
    "web:organisations",
    "building-bank",
    tab=True,
    counts=("organisations",),
)
HOUSE = Item(_("House rules"), "web:house-packs", "adjustments-horizontal")
STATEMENTS = Item(_("Statements"), "web:statements", "receipt")
PAYOUTS = Item(_("Payouts"), "web:own-payouts", "wallet", counts=("returned",))
STANDING = Item(_("Our standing"), "web:standing", "shield-check", counts=("standing",))
HEARINGS = Item(_("Questions to us"), "web:hearings", "message", counts=("hearings", "lowered"))
IDENTITY_DESK = Item(_("Identity desk"), "web:parties-desk", "id-badge", counts=("parties",))
RATINGS = Item(_("Ratings"), "web:ratings", "star")
INTRODUCTIONS = Item(_("Introductions"), "web:introductions", "users")
WORDS = Item(_("Try a sentence"), "web:words", "message")

NAVIGATION: dict[Role, tuple[Section, ...]] = {
    Role.CREDITOR: (
        Section(
            (
                Item(
                    _("Overview"),
                    "web:creditor-home",
                    "chart-line",
                    tab=True,
                    counts=("plans", "hardships", "untold", "asked"),
                ),
                Item(_("Batches"), "web:batches", "upload", tab=True),
                Item(_("Claims"), "web:claims", "file-text", tab=True),
                Item(_("Listings"), "web:listings", "layout-grid"),
                Item(_("Packages"), "web:own-packages", "package"),
                Item(_("Sealed bids"), "web:boxes", "gavel"),
                Item(_("Quotations"), "web:quotes", "report-money"),
                INTRODUCTIONS,
                Item(_("Mandates"), "web:mandates", "file-check", tab=True),
                Item(_("Came back"), "web:back", "arrow-back-up"),
                Item(_("Offered to you"), "web:assignments", "arrows-exchange"),
            )
        ),
        Section(
            (
                Item(_("Payments"), "web:payments", "coin", tab=True),
                Item(_("Commission"), "web:commission", "report-money"),
                Item(_("Commission plans"), "web:plans", "adjustments-horizontal"),
                PAYOUTS,
                Item(_("Who may offer less"), "web:offer-authority", "scale"),
                STATEMENTS,
            ),
            _("Money"),
        ),
        Section((STANDING, HEARINGS, COMPLAINTS, RATINGS), _("Supervision")),
        RULES,
    ),
    Role.COLLECTOR: (
        Section(
            (
                Item(_("Order hall"), "web:hall", "layout-grid", tab=True, counts=("searches",)),
                Item(_("Packages"), "web:packages", "package"),
                Item(_("My bids"), "web:my-bids", "gavel"),
                Item(_("Offers to you"), "web:offers", "inbox"),
                Item(_("Quotations"), "web:quotes-asked", "report-money"),
                INTRODUCTIONS,
                Item(_("Directory entry"), "web:directory-entry", "building-bank"),
                Item(_("My orders"), "web:orders", "list-check", tab=True, counts=("orders",)),
                Item(_("Workbench"), "web:workbench", "command", tab=True),
                Item(_("Team"), "web:team", "users"),
                Item(
                    _("Promises"),
                    "web:promises",
                    "calendar-event",
                    tab=True,
                    counts=("promises",),
                ),
            )
        ),
        Section(
            (
                Item(_("Earnings"), "web:earnings", "coin", tab=True),
                Item(_("Commission"), "web:commission", "report-money"),
                PAYOUTS,
                STATEMENTS,
                Item(_("Quality record"), "web:quality", "trophy"),
                Item(_("Grade"), "web:grade", "scale"),
                RATINGS,
                STANDING,
                HEARINGS,
                Item(_("Certificate"), "web:certificate", "id-badge"),
                COMPLAINTS,
                WORDS,
            ),
            _("Results"),
        ),
        RULES,
    ),
    Role.REVIEWER: (
        Section(
            (
                TO_VERIFY,
                IDENTITY_DESK,
                Item(_("All claims"), "web:claims", "file-text", tab=True),
                Item(
                    _("Organisations"),
                    "web:organisations",
                    "building-bank",
                    tab=True,
                    counts=("organisations",),
                ),
            )
        ),
        RULES,
    ),
    Role.COMPLIANCE: (
        Section(
            (
                Item(
                    _("Complaints"),
                    "web:complaints",
                    "speakerphone",
                    tab=True,
                    counts=("complaints",),
                ),
                Item(_("Disputes"), "web:disputes", "hand-stop", tab=True, counts=("disputes",)),
                TO_VERIFY,
                Item(_("Refused contacts"), "web:refusals", "ban", tab=True),
                Item(_("Appeals"), "web:appeals", "gavel", counts=("appeals",)),
                Item(_("Where to listen"), "web:listening", "microphone"),
                Item(_("Urgent notices"), "web:overrides", "mail"),
                Item(_("Integrity"), "web:integrity", "scale", counts=("integrity", "lowered")),
                Item(_("Invented claims"), "web:inventions", "flag"),
                Item(_("After introductions"), "web:introduction-complaints", "users"),
                Item(_("Automatic releases"), "web:auto-releases", "shield-check"),
                HOUSE,
                WORDS,
            )
        ),
        Section(
            (
                Item(_("All claims"), "web:claims", "file-text"),
                IDENTITY_DESK,
                ORGANISATIONS,
                Item(_("Figures"), "web:regulator-home", "chart-bar"),
            ),
            _("Files"),
        ),
        PROOF,
    ),
    Role.OPERATOR: (
        Section(
            (
                Item(_("Overview"), "web:operator-home", "chart-line", tab=True),
                ORGANISATIONS,
                Item(_("All claims"), "web:claims", "file-text"),
                Item(_("Listings"), "web:listings", "layout-grid"),
                Item(_("Packages"), "web:own-packages", "package"),
                Item(_("Sealed bids"), "web:boxes", "gavel"),
                Item(_("Mandates"), "web:mandates", "file-check"),
            )
        ),
        Section(
            (
                Item(
                    _("Payouts"), "web:payouts", "wallet", tab=True, counts=("payouts", "came-back")
                ),
                Item(_("Money in transit"), "web:money", "arrows-exchange", tab=True),
                Item(_("Payments"), "web:payments", "coin", counts=("undoings",)),
                Item(_("Direct debits"), "web:debits", "calendar-event"),
                Item(_("Suspense"), "web:suspense", "hourglass", counts=("suspense",)),
                Item(_("Reconciliation"), "web:reconciliation", "file-check"),
                Item(
                    _("Objections"),
                    "web:line-objections",
                    "flag",
                    counts=("line-objections",),
                ),
                Item(_("Refunds"), "web:refunds", "arrow-back-up"),
                Item(_("Month close"), "web:months", "calendar-event"),
                Item(_("Small transfers"), "web:party-transfers", "send"),
                Item(_("Called deposits"), "web:deposit-calls", "wallet"),
                INTRODUCTIONS,
            ),
            _("Money"),
        ),
        Section(
            (
                Item(_("Letters to print"), "web:letters", "printer", counts=("letters",)),
                Item(_("What ends soon"), "web:party-ending", "calendar-event"),
                HOUSE,
                Item(_("Dispatch windows"), "web:windows", "route"),
                Item(_("Jobs and health"), "web:jobs", "server", tab=True),
                Item(_("Figures"), "web:regulator-home", "chart-bar"),
            ),
            _("Running it"),
        ),
        PROOF,
    ),
    Role.REGULATOR: (
        Section(
            (
                Item(_("Figures"), "web:regulator-home", "chart-bar", tab=True),
                Item(_("Definitions"), "web:definitions", "book", tab=True),
                Item(_("Journal proof"), "web:journal", "key", tab=True),
            )
        ),
        RULES,
    ),
}

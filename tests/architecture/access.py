"""
Who gets what answer at which address, for the debtor's door and the machines' door; one line each.

Statuses are those of a well-formed request about a thing that does not exist: 403 means that the
role may not do it at all, 404 that it may, but not with this. The staff side keeps its own table in
`qinghe/web/access.py`, because its pages are drawn from it.
"""

from __future__ import annotations

from qinghe.kernel.actor import Role

STAFF = (
    Role.CREDITOR,
    Role.COLLECTOR,
    Role.REVIEWER,
    Role.COMPLIANCE,
    Role.OPERATOR,
    Role.REGULATOR,
)
CREDITOR, COLLECTOR = (Role.CREDITOR,), (Role.COLLECTOR,)
PLACING = (Role.CREDITOR, Role.OPERATOR)
MONEY = (Role.CREDITOR, Role.COLLECTOR, Role.OPERATOR)
COMPLAINING = (Role.CREDITOR, Role.COLLECTOR)


def only(roles: tuple[Role, ...], status: int) -> dict[str, int]:
    """Return a line in which some roles get a status and the others 403; without a key 401."""
    return {role: status if role in roles else 403 for role in STAFF} | {"nobody": 401}


def everybody(status: int) -> dict[str, int]:
    """Return a line in which every key gets the same status."""
    return dict.fromkeys(STAFF, status) | {"nobody": 401}


# Behind the debtor's door: the person, and how everybody else is sent away.
DEBTOR = {"debtor": 200, "nobody": 302, **dict.fromkeys(STAFF, 302)}
DEBTOR_THING = {**DEBTOR, "debtor": 404}
OPEN = {"debtor": 200, "nobody": 200, **dict.fromkeys(STAFF, 200)}

PORTAL: dict[str, dict[str, int]] = {
    "door": {**OPEN, "debtor": 302},
    "leave": {**DEBTOR, "debtor": 302},
    "left": OPEN,
    "awake": {**DEBTOR, "debtor": 204},
    "home": DEBTOR,
    "claim": DEBTOR_THING,
    "lines": DEBTOR_THING,
    "evidence": DEBTOR_THING,
    "pay": DEBTOR_THING,
    "plan": DEBTOR_THING,
    "plan-check": DEBTOR_THING,
    "plan-send": DEBTOR_THING,
    "plan-back": DEBTOR_THING,
    "contest-back": DEBTOR_THING,
    "debit": DEBTOR_THING,
    "debit-cancel": DEBTOR_THING,
    "early": DEBTOR_THING,
    "hardship": DEBTOR_THING,
    "contest": DEBTOR_THING,
    "paper": DEBTOR_THING,
    "sent": DEBTOR_THING,
    "pay-on": DEBTOR_THING,
    "receipt": DEBTOR_THING,
    "payment": DEBTOR_THING,
    "wishes": DEBTOR,
    "wish-withdraw": DEBTOR_THING,
    "contacts": DEBTOR,
    "contacts-file": DEBTOR,
    "complain": DEBTOR,
    "complaint": DEBTOR_THING,
    "complaint-back": DEBTOR_THING,
    "felt": DEBTOR_THING,
    "papers": DEBTOR,
    "copy": DEBTOR_THING,
    "erasure": DEBTOR,
}
# Addresses that take only POST.
POSTS = {
    "leave",
    "debit-cancel",
    "plan-check",
    "plan-send",
    "plan-back",
    "contest-back",
    "wish-withdraw",
    "copy",
    "complaint-back",
    "felt",
}

API: dict[str, dict[str, int]] = {
    "POST screening": only(COLLECTOR, 200),
    "GET batches": everybody(200),
    "POST batches": only(CREDITOR, 409),
    "GET batch": everybody(404),
    "GET errors": everybody(404),
    "GET error-file": everybody(404),
    "POST accept": only(CREDITOR, 404),
    "POST refuse": only(CREDITOR, 404),
    "POST cancel": only(CREDITOR, 404),
    "GET papers": everybody(200),
    "POST papers": only(CREDITOR, 201),
    "GET bundle": everybody(404),
    "GET bundle-files": everybody(404),
    "GET bundle-report": everybody(404),
    "POST bundle-accept": only(CREDITOR, 404),
    "POST bundle-cancel": only(CREDITOR, 404),
    "GET claims": everybody(200),
    "POST claims": only(CREDITOR, 422),
    "GET claim": everybody(404),
    "GET verification": everybody(404),
    "POST contract": only(CREDITOR, 404),
    "POST interest-stops": only(CREDITOR, 404),
    "POST calculations": everybody(422),
    "GET offer-authority": only(CREDITOR, 200),
    "POST offer-authority": only(CREDITOR, 200),
    "GET early-offers": everybody(404),
    "POST early-offers": only(COMPLAINING, 404),
    "POST early-consent": only(CREDITOR, 404),
    "GET listings": everybody(200),
    "GET listing": everybody(404),
    "GET listing-map": everybody(200),
    "GET searches": everybody(200),
    "POST keep-search": only(COLLECTOR, 201),
    "POST change-search": only(COLLECTOR, 404),
    "POST open-search": only(COLLECTOR, 404),
    "POST drop-search": only(COLLECTOR, 404),
    "GET packages": everybody(200),
    "GET package": everybody(404),
    "POST make-packages": only(PLACING, 201),
    "POST withdraw-package": only(PLACING, 404),
    "POST take-package": only(COLLECTOR, 404),
    "POST listing-preview": only(PLACING, 200),
    "POST publish": only(PLACING, 404),
    "POST unpublish": only(PLACING, 404),
    "POST take": only(COLLECTOR, 404),
    "GET invitation": everybody(404),
    "GET bid": everybody(404),
    "POST hand-in": only(COLLECTOR, 404),
    "POST withdraw-bid": only(COLLECTOR, 404),
    "GET box": everybody(404),
    "GET bids": everybody(200),
    "GET offers": everybody(200),
    "POST accept-offer": only(COLLECTOR, 404),
    "POST decline-offer": only(COLLECTOR, 404),
    "GET directory": everybody(200),
    "POST ask-quotes": only(CREDITOR, 409),
    "GET quotes-asked": only(COLLECTOR, 200),
    "GET quotes-request": only(PLACING, 404),
    "POST hand-in-quote": only(COLLECTOR, 404),
    "POST refuse-quote": only(COLLECTOR, 404),
    "POST withdraw-quote": only(COLLECTOR, 404),
    "GET mandates": everybody(200),
    "POST give-back": only(COLLECTOR, 404),
    "POST confirm-return": only(PLACING, 404),
    "POST refuse-return": only(PLACING, 404),
    # A collector who leads no team is refused like everybody else.
    "GET team": only((), 0),
    "GET team-cases": only((), 0),
    "POST distribute": only((), 0),
    "POST move-debtor": only((), 0),
    "POST add-member": only((), 0),
    "POST set-member": only((), 0),
    "POST leave-team": only((), 0),
    "POST make-queue": only((), 0),
    "POST end-queue": only((), 0),
    "POST recall": only(PLACING, 404),
    "POST relist": only(PLACING, 404),
    "GET mandate-document": everybody(404),
    "POST mandate-reports": only(COLLECTOR, 404),
    "GET commission-plans": everybody(200),
    "POST commission-plans": only(PLACING, 422),
    "GET plan-simulation": everybody(404),
    "POST plan-retirement": only(PLACING, 404),
    "POST contact": only(COLLECTOR, 404),
    "GET contacts": everybody(200),
    "GET budget": everybody(404),
    "GET explanation": everybody(404),
    "POST outcome": only(COLLECTOR, 404),
    "POST mailing-preview": only(COLLECTOR, 200),
    "POST mailings": only(COLLECTOR, 409),
    "GET mailing": everybody(404),
    "POST mailing-stop": only(COLLECTOR, 404),
    "GET payments": everybody(200),
    "POST pay": only(CREDITOR, 404),
    "POST payments": only(CREDITOR, 404),
    "GET statement": only(MONEY, 200),
    "GET standing": everybody(404),
    "GET complaints": everybody(200),
    "POST complain": only(COMPLAINING, 404),
    "GET complaint": everybody(404),
    # Signed by the cashier instead of keyed: a notice without a signature is refused.
    "POST cashier-notice": {**everybody(403), "nobody": 403},
    "POST provider-notice": {**everybody(403), "nobody": 403},
    "GET refunds": only((Role.OPERATOR,), 200),
}

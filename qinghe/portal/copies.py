"""A copy of what is held about one person, opened for that person and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from qinghe.claims.days import day_of
from qinghe.claims.queries import ClaimView, claim_for
from qinghe.claims.queries.sent import PaperRow, papers_sent
from qinghe.claims.queries.titles import Chain, chain_of
from qinghe.contact.queries import attempts_of_person, message_copies, wishes
from qinghe.kernel.actor import Actor
from qinghe.parties.queries import contact_points, vault_items
from qinghe.parties.services import reveal
from qinghe.parties.terms import Purpose, Secret
from qinghe.portal.arrangements import arrangements_of, parts_of, with_words
from qinghe.portal.claims import my_claim
from qinghe.portal.contacts import MOST, contacts_of
from qinghe.portal.debit_words import ended, told
from qinghe.portal.doors import DebtorRequest
from qinghe.portal.home import my_claims
from qinghe.portal.plans import about_plan
from qinghe.portal.wishes import wish_words
from qinghe.quality.queries import complaints
from qinghe.settlement.queries import PaymentRow, payments
from qinghe.settlement.queries.back import money_back
from qinghe.settlement.queries.debits import my_debits

IDENTITY = (
    Secret.NAME,
    Secret.ID_NUMBER,
    Secret.PHONE,
    Secret.EMAIL,
    Secret.ADDRESS,
    Secret.ACCOUNT,
)
# Of a payment: how creditor, collector and platform divide it among them is not about the person.
PAYMENT = (
    "id", "claim_id", "claim_number", "creditor_name", "source", "reference", "amount", "excess",
    "currency", "paid_on", "received_at", "state", "parts",
)  # fmt: skip
# Of a step from one creditor to the next: its file stands among the papers.
STEP = ("step", "from_name", "to_name", "on", "notice_reached_on")
Row = dict[str, Any]


def copy_of(person_id: UUID, actor: Actor, at: datetime) -> dict[str, Any]:
    """
    Return what is held about a debtor, unmasked; each secret opened is on record.

    Names of parts and fields stay English, so that programs can rely on them; what was
    arranged has words beside its codes. The page of papers says what is given on request only.
    """
    views = [claim_for(claim_id=row.id, actor=actor) for row in my_claims(actor)]
    attempts = attempts_of_person(person_id=person_id, actor=actor, limit=MOST)
    parts, texts = _arranged(person_id, views, actor, at)
    return {
        "made_at": at.isoformat(),
        "identity": list(_identity(person_id, actor, at)),
        "contact_points": [asdict(row) for row in contact_points(person_id)],
        "claims": [_claim(view, actor, at) for view in views],
        **parts,
        "contacts": [asdict(row) for row in attempts],
        "wishes": [asdict(row) for row in wishes(person_id=person_id)],
        "payments": [_paid(row) for row in payments(actor=actor, limit=MOST)],
        "papers_sent": [asdict(paper) for _view, paper in _papers(views, actor)],
        "direct_debits": [asdict(row) for row in my_debits(actor=actor)],
        "complaints": [asdict(row) for row in complaints(actor=actor)],
        "texts": texts,
    }


def copy_to_read(request: DebtorRequest, at: datetime) -> dict[str, Any]:
    """Return the same for the person's own eyes: words instead of codes, amounts with a unit."""
    person_id, actor = request.person_id, request.actor
    views = [claim_for(claim_id=row.id, actor=actor) for row in my_claims(actor)]
    parts, texts = _arranged(person_id, views, actor, at)
    backs = {
        payment_id: back
        for view in views
        for payment_id, back in money_back(claim_id=view.id, actor=actor).items()
    }
    return {
        "made_at": at,
        "site": request.build_absolute_uri("/").rstrip("/"),
        "zone": request.zone,
        "identity": [
            (Secret(row["kind"]).label, row["value"]) for row in _identity(person_id, actor, at)
        ],
        "claims": [_with_plan(view, actor, at) for view in views],
        "payments": [(row, backs.get(row.id)) for row in payments(actor=actor, limit=MOST)],
        "papers": _papers(views, actor),
        "debits": [(each, ended(each), told(each.rows)) for each in my_debits(actor=actor)],
        "contacts": contacts_of(request),
        "wishes": [(wish_words(row), row.at) for row in wishes(person_id=person_id)],
        "complaints": complaints(actor=actor),
        "arranged": parts,
        "texts": texts,
    }


def _with_plan(view: ClaimView, actor: Actor, at: datetime) -> dict[str, Any]:
    claim = my_claim(view, day_of(at))
    told = {"claim": claim, "disputes": view.disputes, "chain": _chain(view)}
    return {**told, **about_plan(claim, actor)}


def _arranged(
    person_id: UUID, views: list[ClaimView], actor: Actor, at: datetime
) -> tuple[dict[str, list[Row]], list[Row]]:
    """Return what was agreed and asked for, with its words, and every other text."""
    found = arrangements_of(person_id, actor)
    texts, words = with_words(_texts(person_id, actor, at), found)
    return parts_of(found, words, {view.id: view.number for view in views}), texts


def _paid(row: PaymentRow) -> Row:
    return {name: getattr(row, name) for name in PAYMENT}


def _papers(views: list[ClaimView], actor: Actor) -> list[tuple[ClaimView, PaperRow]]:
    """Return what the person sent with disputes; each file opens by an address of its own."""
    return [
        (view, paper)
        for view in views
        for dispute in view.disputes
        for paper in papers_sent(dispute_id=dispute.id, actor=actor)
    ]


def _identity(person_id: UUID, actor: Actor, at: datetime) -> Iterator[Row]:
    for kind in IDENTITY:
        for item in vault_items(person_id=person_id, kind=kind):
            value = _open(item.pk, actor, at)
            yield {"kind": str(kind), "value": value, "kept_since": item.created_at}


def _texts(person_id: UUID, actor: Actor, at: datetime) -> Iterator[Row]:
    """Yield every text by or about the person; what was sent to them stands under contacts."""
    sent = message_copies(person_id=person_id)
    for item in vault_items(person_id=person_id, kind=Secret.TEXT):
        if item.pk not in sent:
            yield {"id": item.pk, "value": _open(item.pk, actor, at), "kept_since": item.created_at}


def _chain(view: ClaimView) -> Chain:
    return chain_of(view.id, view.creditor_name, view.lender_kind)


def _claim(view: ClaimView, actor: Actor, at: datetime) -> Row:
    chain = _chain(view)
    steps = [{name: getattr(each, name) for name in STEP} for each in chain.steps]
    row = asdict(view) | {"came_by": steps, "first_lender_unnamed": chain.unnamed}
    for dispute in row["disputes"]:
        said = dispute.pop("statement_id")
        dispute["statement"] = _open(said, actor, at) if said else ""
    return row


def _open(item_id: UUID, actor: Actor, at: datetime) -> str:
    return reveal(item_id=item_id, purpose=Purpose.DATA_COPY, actor=actor, at=at)

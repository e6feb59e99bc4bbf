"""Contact: ask the gate, say what came of a call, see what a person's day still allows."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.contact.queries import BudgetView, Explanation, attempts_of_claim, budget, explain
from qinghe.contact.services import insist, record_outcome, request_contact
from qinghe.contact.terms import ContactPurpose, Mode, Outcome
from qinghe.kernel import clock
from qinghe.parties.terms import Channel

router = Router(tags=["contacts"])


class ContactIn(Schema):
    """How to reach the person. The text is an approved wording, named by its code."""

    channel: Channel
    template: str
    purpose: ContactPurpose = ContactPurpose.COLLECT
    mode: Mode | None = None


class ContactOut(Schema):
    """One contact, permitted or refused. No address is ever given out."""

    id: UUID
    claim_id: UUID
    channel: str
    mode: str
    purpose: str
    template: str
    at: datetime
    state: str
    rules: list[str]
    next_allowed_at: datetime | None = None
    sent_at: datetime | None = None
    outcome: str | None = None
    outcome_at: datetime | None = None
    # Of a letter: waiting, printed, posted or void; only what was posted has left the house.
    letter: str = ""
    letter_at: datetime | None = None


class RuleOut(Schema):
    """One rule that decided."""

    id: str
    title: str
    sentence: str
    citation: str
    level: str
    until: datetime | None = None
    changed: bool = False


class HoldOut(Schema):
    """A hold that stood when a contact was decided."""

    kind: str
    since: datetime
    until: datetime | None


class WishOut(Schema):
    """A wish that stood when a contact was decided; `window` in the person's local hours."""

    kind: str
    channels: list[str]
    window: tuple[time, time] | None


class SeenOut(Schema):
    """What the gate looked at besides the counters; `hours` are those open that day."""

    zones: list[str]
    hours: list[tuple[datetime, datetime]]
    holds: list[HoldOut]
    wishes: list[WishOut]


class SealOut(Schema):
    """The seal a journal entry lies under."""

    batch_id: int
    root: str
    sealed_at: datetime


class HappeningOut(Schema):
    """One journal entry about a contact; `seal` is null until the next seal."""

    entry_id: int
    at: datetime
    kind: str
    by: str
    reason: str
    outcome: str
    seal: SealOut | None


class PackChangeOut(Schema):
    """A rule pack that reads otherwise today than when it decided."""

    then: str
    now: str
    kept: bool


class ExplanationOut(Schema):
    """Why a contact was permitted or refused, with all it was decided on and what came of it."""

    attempt_id: UUID
    claim_id: UUID
    channel: str
    purpose: str
    template: str
    state: str
    at: datetime
    sent_at: datetime | None
    outcome: str | None
    rules: list[RuleOut]
    stopped_by: list[RuleOut]
    pack: str
    changes: list[PackChangeOut]
    counters: dict[str, int]
    seen: SeenOut
    next_allowed_at: datetime | None
    must_end_by: datetime | None
    history: list[HappeningOut]


class AllowanceOut(Schema):
    """One counter of a person's day; `limit` null where none applies."""

    name: str
    rule: str
    used: int
    limit: int | None
    remaining: int | None


class ReasonOut(Schema):
    """One rule that says no, or warns; `until` when it lapses by itself."""

    rule: str
    level: str
    sentence: str
    until: datetime | None


class ChannelOut(Schema):
    """
    Whether one channel may be used now; if not, why and from when.

    `remaining` is how many more the person's day permits, in `hours`; `limited_by` says why not
    one more.
    """

    channel: str
    allowed: bool
    reachable: bool
    next_allowed_at: datetime | None
    must_end_by: datetime | None
    reasons: list[ReasonOut]
    remaining: int
    hours: list[tuple[datetime, datetime]]
    limited_by: ReasonOut | None


class BudgetOut(Schema):
    """What may still be done with the debtor of a claim today."""

    at: datetime
    zone: str
    local_day: date | None
    allowances: list[AllowanceOut]
    channels: list[ChannelOut]
    holds: list[str]
    pack: str


class OutcomeIn(Schema):
    """What came of a call."""

    outcome: Outcome


@router.post("/claims/{uuid:claim_id}/contacts", response={201: ContactOut}, url_name="contact")
def create_contact(request: HttpRequest, claim_id: UUID, body: ContactIn) -> Status[ContactOut]:
    """Ask to reach the debtor of a claim. A refusal answers 409, names its rule, and is kept."""
    attempt = request_contact(
        claim_id=claim_id,
        channel=body.channel,
        template=body.template,
        purpose=body.purpose,
        mode=body.mode,
        actor=writer_of(request),
        at=clock.now(),
    )
    return Status(201, ContactOut.model_validate(insist(attempt), from_attributes=True))


@router.get("/claims/{uuid:claim_id}/contacts", response=list[ContactOut], url_name="contacts")
def list_contacts(request: HttpRequest, claim_id: UUID) -> list[ContactOut]:
    """Return every contact about a claim that your organisation may see, refused ones too."""
    rows = attempts_of_claim(claim_id=claim_id, actor=actor_of(request))
    return [ContactOut.model_validate(row, from_attributes=True) for row in rows]


@router.get("/claims/{uuid:claim_id}/budget", response=BudgetOut, url_name="budget")
def get_budget(request: HttpRequest, claim_id: UUID) -> BudgetView:
    """Return what may be done now with the debtor of a claim, and why not."""
    return budget(claim_id=claim_id, actor=actor_of(request), at=clock.now())


@router.get("/contacts/{uuid:contact_id}", response=ExplanationOut, url_name="explanation")
def get_explanation(request: HttpRequest, contact_id: UUID) -> Explanation:
    """Return why a contact was decided as it was."""
    return explain(attempt_id=contact_id, actor=actor_of(request))


@router.post("/contacts/{uuid:contact_id}/outcome", response=ContactOut, url_name="outcome")
def create_outcome(request: HttpRequest, contact_id: UUID, body: OutcomeIn) -> ContactOut:
    """Record what came of a call, once."""
    attempt = record_outcome(
        attempt_id=contact_id, outcome=body.outcome, actor=writer_of(request), at=clock.now()
    )
    return ContactOut.model_validate(attempt, from_attributes=True)

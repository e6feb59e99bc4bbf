"""Messages to many: look first who would be skipped and why, start, watch, stop."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from qinghe.api.auth import actor_of, writer_of
from qinghe.contact.queries.mailings import (
    MailingPreview,
    MailingView,
    mailing_view,
    preview_mailing,
)
from qinghe.contact.services import start_mailing, stop_mailing
from qinghe.kernel import clock
from qinghe.parties.terms import Channel

router = Router(tags=["mailings"])


class MailingIn(Schema):
    """Which cases get which approved wording. Calls and visits are refused."""

    claim_ids: list[UUID]
    channel: Channel
    template: str


class SkippedOut(Schema):
    """How many are left out for one rule or refusal, and the first moment any of them could go."""

    reason: str
    count: int
    next_allowed_at: datetime | None


class PreviewOut(Schema):
    """What starting it now would do."""

    asked: int
    permitted: list[UUID]
    skipped: list[SkippedOut]


class MailingCaseOut(Schema):
    """One case: the state of its contact, or `waiting` or `skipped`, and why it got no message."""

    claim_id: UUID
    claim_number: str
    state: str
    reason: str
    next_allowed_at: datetime | None
    attempt_id: UUID | None


class MailingOut(Schema):
    """A mailing: how far it is and what became of every case."""

    id: UUID
    channel: str
    template: str
    state: str
    at: datetime
    ended_at: datetime | None
    skipped: list[SkippedOut]
    rows: list[MailingCaseOut]


@router.post("/mailings/preview", response=PreviewOut, url_name="mailing-preview")
def create_preview(request: HttpRequest, body: MailingIn) -> MailingPreview:
    """Return who would get a message now and how many would be skipped, by reason."""
    return preview_mailing(**body.dict(), actor=actor_of(request), at=clock.now())


@router.post("/mailings", response={201: MailingOut}, url_name="mailings")
def create_mailing(request: HttpRequest, body: MailingIn) -> Status[MailingView]:
    """Start it: every case goes through the gate alone, in the order given."""
    actor = writer_of(request)
    started = start_mailing(**body.dict(), actor=actor, at=clock.now())
    return Status(201, mailing_view(mailing_id=started.pk, actor=actor))


@router.get("/mailings/{uuid:mailing_id}", response=MailingOut, url_name="mailing")
def get_mailing(request: HttpRequest, mailing_id: UUID) -> MailingView:
    """Return how far a mailing of yours is, and every case with its state and reason."""
    return mailing_view(mailing_id=mailing_id, actor=actor_of(request))


@router.post("/mailings/{uuid:mailing_id}/stop", response=MailingOut, url_name="mailing-stop")
def create_stop(request: HttpRequest, mailing_id: UUID) -> MailingView:
    """Stop a mailing: cases that wait get no message."""
    actor = writer_of(request)
    stop_mailing(mailing_id=mailing_id, actor=actor, at=clock.now())
    return mailing_view(mailing_id=mailing_id, actor=actor)

"""Screening: may a sentence be said, which words not, by which rule, and how instead."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from qinghe.api.auth import actor_of
from qinghe.parties.roles import Permission, require
from qinghe.parties.terms import Channel
from qinghe.rules.screen.reading import screening_row
from qinghe.rules.screen.terms import Utterance
from qinghe.rules.screen.verdict import screen

router = Router(tags=["screenings"])
LONGEST = 4000


class SentenceIn(Schema):
    """What would be said, to whom, where. Nothing of it is kept."""

    text: str = Field(max_length=LONGEST)
    role: Literal[
        "debtor", "guarantor", "spouse", "agreed_contact", "other_contact", "employer",
        "colleague", "stranger", "attorney", "executor",
    ] = "debtor"  # fmt: skip
    channel: Channel = Channel.SMS
    surface: Literal["message", "voicemail", "envelope"] = "message"
    identity_verified: bool = False


class SayOut(Schema):
    """A lawful way to say it."""

    zh: str
    en: str


class FindingOut(Schema):
    """One forbidden act; `start` and `end` count characters of the text, half-open."""

    act: str
    start: int
    end: int
    rule: str
    rules: list[str]
    say: SayOut


class ScreeningOut(Schema):
    """Whether the text may leave, and everything that forbids it."""

    decision: Literal["allow", "deny"]
    rules: list[str]
    findings: list[FindingOut]


@router.post("/screenings", response=ScreeningOut, url_name="screening")
def screening(request: HttpRequest, sentence: SentenceIn) -> dict[str, object]:
    """Judge one sentence by the rules of China and of the platform; writes nothing."""
    require(actor_of(request), Permission.CONTACT_DEBTORS)
    answer = screen(
        Utterance(
            sentence.text,
            role=sentence.role,
            channel=sentence.channel,
            surface=sentence.surface,
            identity_verified=sentence.identity_verified,
        )
    )
    return screening_row(answer)

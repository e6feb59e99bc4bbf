"""Every contact ever asked for: by person and by claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import get_language

from qinghe.contact.models import Attempt, Delivery
from qinghe.contact.queries.letters import letter_states
from qinghe.contact.refusals import NoSuchAttempt
from qinghe.contact.terms import SILENT, AttemptState, ContactPurpose, LetterState, Outcome
from qinghe.contact.wording import wording
from qinghe.kernel.actor import Actor, Role
from qinghe.market.queries.teams import in_own_hands
from qinghe.market.terms import LIVE
from qinghe.parties.models import VaultItem
from qinghe.parties.roles import OVERSIGHT
from qinghe.parties.services import unseal
from qinghe.parties.terms import Channel

PAGE = 200


@dataclass(frozen=True)
class AttemptRow:
    """One contact as shown. `text` is filled for the person it was sent to, and for nobody else."""

    id: UUID
    claim_id: UUID
    claim_number: str
    collector_id: UUID | None
    collector_name: str
    creditor_name: str
    channel: str
    mode: str
    purpose: str
    template: str
    title: str
    at: datetime
    state: str
    rules: tuple[str, ...]
    next_allowed_at: datetime | None
    must_end_by: datetime | None
    ended_at: datetime | None
    sent_at: datetime | None
    outcome: str | None
    outcome_at: datetime | None
    masked_address: str
    # What forbade it, when asked for or when it was to be sent; nothing when it went out.
    denied_by: tuple[str, ...]
    pack: str
    counters: Mapping[str, int]
    # When such contacts were open on that day (UTC), as far as it was kept.
    hours: tuple[tuple[datetime, datetime], ...]
    # Platform rules that two persons set aside for this one notice, and why.
    set_aside: tuple[str, ...] = ()
    set_aside_for: str = ""
    text: str = ""
    # How far a typeset letter is, and since when; empty for everything else.
    letter: str = ""
    letter_at: datetime | None = None

    @property
    def came(self) -> str:
        """Return in words what came of it: of a letter how far it is, else outcome or state."""
        if self.letter:
            return str(LetterState(self.letter).label)
        return str(Outcome(self.outcome).label if self.outcome else AttemptState(self.state).label)

    @property
    def refused(self) -> bool:
        """Tell whether a rule refused it."""
        return self.state == AttemptState.REFUSED

    @property
    def how(self) -> str:
        """Return the channel in words; one that nobody knows was refused and stands for itself."""
        known = self.channel in Channel.values
        return str(Channel(self.channel).label) if known else self.channel


FIELDS = (
    "id",
    "claim_id",
    "claim__number",
    "collector_id",
    "collector__name",
    "claim__creditor__name",
    "channel",
    "mode",
    "purpose",
    "template",
    "at",
    "state",
    "rules",
    "next_allowed_at",
    "must_end_by",
    "ended_at",
    "sent_at",
    "outcome",
    "outcome_at",
    "point__address__masked",
    "override__rules",
    "override__reason",
    "findings",
    "pack",
    "counters",
    "seen__hours",
)


def attempts_of_person(*, person_id: UUID, actor: Actor, limit: int = PAGE) -> list[AttemptRow]:
    """
    Return every contact about a person, newest first; the person reads the texts too.

    Two queries, and one for letters. Empty for whoever is neither the person nor the platform.
    """
    if actor.role == Role.DEBTOR and actor.person_id != person_id:
        return []
    if actor.role != Role.DEBTOR and actor.role not in OVERSIGHT:
        return []
    rows = _rows(Attempt.objects.filter(person=person_id), limit)
    texts = _texts(rows) if actor.role == Role.DEBTOR else {}
    return _views(rows, texts)


def attempts_of_claim(*, claim_id: UUID, actor: Actor, limit: int = PAGE) -> list[AttemptRow]:
    """Return the contacts about one claim an actor may see, newest first, without texts."""
    return _views(_rows(_visible(actor).filter(claim=claim_id), limit), {})


def visible_attempt(*, attempt_id: UUID, actor: Actor) -> Attempt:
    """
    Return an attempt an actor may see.

    :raises NoSuchAttempt: unknown, or not for this actor's eyes
    """
    found = _visible(actor).filter(pk=attempt_id).first()
    if found is None:
        raise NoSuchAttempt
    return found


def _visible(actor: Actor) -> QuerySet[Attempt]:
    """Narrow to the actor: a collector sees its own work while its mandate lives."""
    rows = Attempt.objects.all()
    if actor.role in OVERSIGHT:
        return rows
    if actor.role == Role.DEBTOR:
        return rows.filter(person=actor.person_id)
    if actor.role == Role.CREDITOR:
        return rows.filter(claim__creditor=actor.org_id)
    if actor.role == Role.COLLECTOR:
        mine = in_own_hands(actor, "person")
        return rows.filter(mine, collector=actor.org_id, mandate__state__in=LIVE)
    return rows.none()


def _rows(attempts: QuerySet[Attempt], limit: int) -> list[dict[str, Any]]:
    return list(attempts.order_by("-at", "-id").values(*FIELDS)[:limit])


def noticed(*, claim_id: UUID) -> bool:
    """Tell whether a notice required by law about this very claim ever went out."""
    notices = Attempt.objects.filter(claim=claim_id, purpose=ContactPurpose.LEGAL_NOTICE)
    return notices.exclude(state__in=SILENT).exists()


def message_copies(*, person_id: UUID) -> frozenset[UUID]:
    """Return which sealed texts about a person are copies of messages sent to them."""
    kept = Delivery.objects.filter(attempt__person=person_id)
    return frozenset(kept.values_list("content_id", flat=True))


def _texts(rows: list[dict[str, Any]]) -> dict[UUID, str]:
    """Open what was sent to a person, for that person: the sealed copies are the person's own."""
    kept = Delivery.objects.filter(attempt__in=[row["id"] for row in rows])
    items = dict(kept.values_list("content_id", "attempt_id"))
    return {items[item.pk]: unseal(item) for item in VaultItem.objects.filter(pk__in=items)}


def _views(rows: list[dict[str, Any]], texts: Mapping[UUID, str]) -> list[AttemptRow]:
    written = [row["id"] for row in rows if row["channel"] == Channel.LETTER]
    letters = letter_states(written) if written else {}
    return [row_of(values, texts, letters) for values in rows]


def row_of(
    values: dict[str, Any],
    texts: Mapping[UUID, str],
    letters: Mapping[UUID, tuple[LetterState, datetime]] = MappingProxyType({}),
) -> AttemptRow:
    # A version that is no longer sent keeps its title.
    found = wording(values["template"].partition("@")[0])
    letter, letter_at = letters.get(values["id"], ("", None))
    return AttemptRow(
        id=values["id"],
        claim_id=values["claim_id"],
        claim_number=values["claim__number"],
        collector_id=values["collector_id"],
        collector_name=values["collector__name"] or "",
        creditor_name=values["claim__creditor__name"],
        channel=values["channel"],
        mode=values["mode"],
        purpose=values["purpose"],
        template=values["template"],
        title=found.title(get_language() or "en") if found else values["template"],
        at=values["at"],
        state=values["state"],
        rules=tuple(values["rules"]),
        next_allowed_at=values["next_allowed_at"],
        must_end_by=values["must_end_by"],
        ended_at=values["ended_at"],
        sent_at=values["sent_at"],
        outcome=values["outcome"],
        outcome_at=values["outcome_at"],
        masked_address=values["point__address__masked"] or "",
        set_aside=tuple(values["override__rules"] or ()),
        set_aside_for=values["override__reason"] or "",
        denied_by=_denied_by(values),
        pack=values["pack"],
        counters=values["counters"],
        hours=tuple(map(_span, values["seen__hours"] or ())),
        text=texts.get(values["id"], ""),
        letter=letter,
        letter_at=letter_at,
    )


def _denied_by(values: dict[str, Any]) -> tuple[str, ...]:
    """Return the rules that said no; an attempt older than findings is kept names them all."""
    if values["state"] == AttemptState.CANCELLED:
        return tuple(values["rules"])
    if values["state"] != AttemptState.REFUSED:
        return ()
    found = [row["rule"] for row in values["findings"] if row["level"] == "deny"]
    return tuple(found or values["rules"])


def _span(pair: list[str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(pair[0]), datetime.fromisoformat(pair[1])

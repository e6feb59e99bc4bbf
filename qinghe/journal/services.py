"""Write evidence, seal it, and run a write at most once per idempotency key."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, Final, ParamSpec, TypeVar, cast
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal import answers, seals
from qinghe.journal.models import Answer, Batch, Entry, Leaf
from qinghe.journal.queries import head, unsealed
from qinghe.kernel import prepared
from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError
from qinghe.kernel.redaction import redact

P = ParamSpec("P")
R = TypeVar("R")

_inside: ContextVar[bool] = ContextVar("qinghe_inside_verb", default=False)


# Whatever is not JSON is told by its text.
ENCODER: Final = json.JSONEncoder(default=str)
# Facts that people type: everything else is made by the product.
TYPED = frozenset({"reason", "note"})
# Entries under one root; proofs stay short and one batch fits in memory.
BATCH = 10_000
# Every verb appends; the columns not named have their defaults in the table.
APPEND: Final = """
    INSERT INTO journal_entry (at, kind, subject, actor, person_id, rules, pack, facts)
    VALUES (%(at)s, %(kind)s, %(subject)s, %(actor)s, %(person_id)s::uuid, %(rules)s::text[],
        %(pack)s, %(facts)s::jsonb)
    RETURNING id
"""
# One sealer at a time (any constant of our own does).
SEALING = 0x51696E67
# A retry that comes later counts as a new request.
KEEP_ANSWERS = timedelta(days=30)


class KeyReused(DomainError):
    code = "journal.key-reused"
    text = _("This request key was used before for something else. Reload the page and try again.")


def record(
    *,
    kind: str,
    subject: str,
    actor: Actor,
    at: datetime,
    person_id: UUID | None = None,
    rules: Iterable[str] = (),
    pack: str = "",
    **facts: object,
) -> Entry:
    """
    Append one evidence row; it commits or rolls back with the act it describes.

    `facts` must be plain JSON values without personal data.
    """
    text = _text(facts)
    entry = Entry(
        kind=kind,
        subject=subject,
        actor=actor.label,
        at=at,
        person_id=person_id,
        rules=list(rules),
        pack=pack,
        facts=json.loads(text),
    )
    named = {"at": at, "person_id": person_id, "rules": prepared.array(entry.rules), "facts": text}
    texts = {"kind": kind, "subject": subject, "actor": entry.actor, "pack": pack}
    ((entry.pk,),) = prepared.execute(APPEND, {**named, **texts})
    entry._state.adding = False
    return entry


def note(
    *,
    kind: str,
    subject: str,
    actor: Actor,
    at: datetime,
    person_id: UUID | None = None,
    **facts: object,
) -> None:
    """
    Append the same row as `record`, for who needs nothing back: it may go with other statements.
    """
    texts = {"kind": kind, "subject": subject, "actor": actor.label, "pack": "", "rules": "{}"}
    named = {"at": at, "person_id": person_id, "facts": _text(facts)}
    prepared.later(APPEND, {**texts, **named})


def record_many(
    *,
    kind: str,
    rows: Sequence[tuple[str, UUID | None, dict[str, object]]],
    actor: Actor,
    at: datetime,
) -> None:
    """
    Append evidence of one kind about many subjects, each as (subject, person, facts).
    """
    Entry.objects.bulk_create(
        [
            Entry(
                kind=kind,
                subject=subject,
                actor=actor.label,
                at=at,
                person_id=person_id,
                facts=json.loads(_text(facts)),
            )
            for subject, person_id, facts in rows
        ],
        batch_size=2_000,
    )


def _text(facts: dict[str, object]) -> str:
    """Return facts as JSON; what people typed loses what looks like a number or an address."""
    typed = {key: redact(str(facts[key])) for key in TYPED & facts.keys()}
    return ENCODER.encode({**facts, **typed})


def seal(*, at: datetime) -> list[Batch]:
    """
    Seal everything recorded since the last seal; return the new batches, oldest first.

    Each batch is one transaction. An entry that commits late is sealed by a later run.
    """
    sealed = []
    while batch := _seal_one(at):
        sealed.append(batch)
    return sealed


@transaction.atomic
def _seal_one(at: datetime) -> Batch | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALING])
    last, previous = head()
    rows = unsealed(last_entry=last, limit=BATCH)
    if not rows:
        return None
    batch = Batch.objects.create(
        size=len(rows),
        root=seals.root(seals.leaf(row) for row in rows),
        previous=previous,
        last_entry=max(last, rows[-1][0]),
        sealed_at=at,
    )
    leaves = (Leaf(entry_id=row[0], batch=batch, place=place) for place, row in enumerate(rows))
    Leaf.objects.bulk_create(leaves, batch_size=5_000)
    return batch


def forget_answers(*, at: datetime) -> int:
    """Delete stored answers that no retry will ask for; return how many."""
    return Answer.objects.filter(at__lt=at - KEEP_ANSWERS).delete()[0]


def answered_before(actor: Actor) -> bool:
    """Tell whether a request with this actor's key was answered: it asks for that answer again."""
    key = actor.request_key
    return key is not None and Answer.objects.filter(actor=actor.label, key=key).exists()


def verb(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Make a service one transaction and, when its actor carries a request key, run it once.

    The same key with the same arguments returns the stored answer; services called inside another
    join its transaction and need no key of their own.

    :raises KeyReused: the key was used with another verb or other arguments
    """

    def decorate(service: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(service)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with transaction.atomic():
                actor = cast("Actor | None", kwargs.get("actor"))
                if _inside.get() or actor is None or actor.request_key is None:
                    return service(*args, **kwargs)
                answer = _claim_key(name, actor, kwargs)
                if answer is None:
                    return cast("R", _stored(name, actor, kwargs))
                token = _inside.set(True)
                try:
                    result = service(*args, **kwargs)
                finally:
                    _inside.reset(token)
                _keep(answer, result)
                return result

        return run

    return decorate


def _claim_key(name: str, actor: Actor, kwargs: dict[str, Any]) -> Answer | None:
    """Write the row of a key first; a second request with it waits here, then reads the answer."""
    body = _fingerprint(name, kwargs)
    try:
        with transaction.atomic():
            return Answer.objects.create(
                actor=actor.label,
                key=actor.request_key or "",
                verb=name,
                body=body,
                at=kwargs["at"],
            )
    except IntegrityError:
        return None


def _fingerprint(name: str, kwargs: dict[str, Any]) -> bytes:
    asked = {key: value for key, value in kwargs.items() if key not in ("actor", "at")}
    text = json.dumps([name, asked], sort_keys=True, default=str)
    # Keyed: arguments may be a password or an id number, which a plain hash would let be guessed.
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256)


def _stored(name: str, actor: Actor, kwargs: dict[str, Any]) -> object:
    answer = Answer.objects.get(actor=actor.label, key=actor.request_key)
    if answer.verb != name or bytes(answer.body) != _fingerprint(name, kwargs):
        raise KeyReused
    if answer.model:
        return apps.get_model(answer.model)._default_manager.get(pk=answer.row)
    return answers.unpack(answer.value)


def _keep(answer: Answer, result: object) -> None:
    if isinstance(result, models.Model):
        answer.model, answer.row = result._meta.label, str(result.pk)
    else:
        answer.value = answers.pack(result)
    answer.save(update_fields=["model", "row", "value"])

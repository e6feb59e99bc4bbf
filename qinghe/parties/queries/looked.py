"""What a reviewer has opened of an application: the journal has each look at paper and datum."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from qinghe.journal.queries import recorded_about
from qinghe.kernel.actor import Actor
from qinghe.parties.models import Application
from qinghe.parties.queries.onboarding import Declared
from qinghe.parties.terms import Purpose

FILE = "file:"
VAULT = "vault:"


@dataclass(frozen=True)
class Paper:
    """One paper of an application: what it is, its hash, and whether the actor has opened it."""

    words: str
    sha256: str
    opened: bool
    counts: bool = True


@dataclass(frozen=True)
class Looked:
    """What one reviewer has seen of an application since it was handed in."""

    papers: tuple[Paper, ...]
    identity: bool

    @property
    def unopened(self) -> tuple[str, ...]:
        """Return what must be opened before a decision and was not, by name."""
        papers = [each.words for each in self.papers if each.counts and not each.opened]
        names = [] if self.identity else [_("names and numbers")]
        return tuple(dict.fromkeys([*names, *papers]))


def looked_at(found: Declared, *, application: Application, actor: Actor, today: date) -> Looked:
    """
    Return what an actor has opened of an application. Two queries.

    The same paper of another application was another look, and one before it was handed in anew
    does not count. A licence that has ended proves nothing, so nobody must open it.
    """
    told = [(each.get_acts_as_display(), each.paper, True) for each in found.people]
    told += [
        (f"{each.get_kind_display()} {each.number}", each.scan, each.ends_on > today)
        for each in found.licences
    ]
    told = [each for each in told if each[1]]
    opened = _opened_papers([sha for _words, sha, _counts in told], application, actor)
    papers = tuple(Paper(words, sha, sha in opened, counts) for words, sha, counts in told)
    items = [item for each in found.people for item in (each.name_id, each.number_id)]
    return Looked(papers, _all_opened(items, application, actor))


def _opened_papers(hashes: list[str], application: Application, actor: Actor) -> set[str]:
    found = recorded_about(
        kind="parties.file-opened",
        by=actor.label,
        subjects=[f"{FILE}{each}" for each in hashes],
        facts={"application": str(application.pk)},
        since=application.submitted_at,
    )
    return {each.removeprefix(FILE) for each in found}


def _all_opened(items: list[UUID], application: Application, actor: Actor) -> bool:
    subjects = [f"{VAULT}{each}" for each in items]
    found = recorded_about(
        kind="parties.revealed",
        by=actor.label,
        subjects=subjects,
        facts={"purpose": str(Purpose.VERIFY_IDENTITY)},
        since=application.submitted_at,
    )
    return len(found) == len(set(subjects))

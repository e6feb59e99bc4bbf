"""
Calls services as people and machines do: with request keys, sometimes twice, or into a crash.

A refusal is an answer and is counted; whatever else a service raises ends the simulation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, TypeVar

from django.db import transaction

from qinghe.kernel.actor import Actor
from qinghe.kernel.errors import DomainError

R = TypeVar("R")
CRASH_RATE = 0.04
REPEAT_RATE = 0.04


class Crash(Exception):
    """The process dies after a service returned and before its transaction commits."""


@dataclass
class Doer:
    """Calls services; with `faults` some calls crash before the commit or are repeated after it."""

    random: Random
    faults: bool
    # A request key makes a call happen once; a market that is only counted does without.
    keyed: bool = True
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)
    calls: int = 0

    def do(
        self, service: Callable[..., R], *, actor: Actor, at: datetime, **kwargs: Any
    ) -> R | None:
        """Call a service once, as its actor; return its answer, or None when it refused."""
        self.calls += 1
        if self.keyed:
            actor = actor.with_key(f"simulation-{self.calls}")
        name = f"{service.__module__.split('.')[1]}.{service.__name__}"
        if self.faults and self.random.random() < CRASH_RATE:
            self._crash(service, actor=actor, at=at, **kwargs)
        try:
            answer = service(actor=actor, at=at, **kwargs)
            if self.faults and self.random.random() < REPEAT_RATE:
                self.injected["repeated"] += 1
                service(actor=actor, at=at, **kwargs)
        except DomainError as refusal:
            self.refused[refusal.code] += 1
            return None
        self.done[name] += 1
        return answer

    def _crash(self, service: Callable[..., object], **kwargs: Any) -> None:
        self.injected["crashed"] += 1
        with suppress(Crash, DomainError), transaction.atomic():
            service(**kwargs)
            raise Crash

"""What a table knows about people, and for how long: declared on every model, tested for all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Privacy:
    """
    The declaration a model makes as its class attribute `privacy`.

    `personal` names the fields that hold or point to personal data; `keep` says how long rows
    stay and why, in one sentence.
    """

    keep: str
    personal: tuple[str, ...] = ()

"""Refusals: expected answers of a service that name a rule, never a bug."""

from __future__ import annotations

from typing import ClassVar

from django_stubs_ext import StrPromise


class DomainError(Exception):
    """
    A refusal the caller should expect, with words a person can act on.

    Subclasses live beside the service that raises them. `facts` fill the sentence and travel to
    API clients unchanged, so no secret and no personal datum may enter them.
    """

    code: ClassVar[str]
    text: ClassVar[StrPromise]
    status: ClassVar[int] = 409
    # What is not there was there a moment ago, for whoever may see the list it stood on: a page
    # says so on that list, and not that the address is wrong.
    stale: ClassVar[bool] = False

    def __init__(self, **facts: object) -> None:
        super().__init__(self.code, facts)
        self.facts = facts

    @property
    def user_message(self) -> str:
        """Return the sentence in the active language, filled with the facts."""
        return str(self.text).format(**self.facts)

    def __str__(self) -> str:
        return f"{self.code}: {self.user_message}"

"""How tests are shared out among workers, so that one installation serves all its journeys."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadFileScheduling

JOURNEYS: Final = "tests/journeys/"


class JourneysTogether(LoadFileScheduling):  # type: ignore[misc]
    """A file is one worker's, and so are all journeys: an installation takes minutes to make."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid.split("::", 1)[0]

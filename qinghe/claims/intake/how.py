"""How one file is to be read: what nobody said is found out from its content. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final


@dataclass(frozen=True)
class How:
    """The encoding and the delimiter of a text file, or the sheet of a workbook."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> How:
        """Return it from the formats of a stored mapping."""
        return cls(*(str(stored.get(name) or "") for name in ("encoding", "delimiter", "sheet")))

    def as_json(self) -> dict[str, str]:
        """Return what was said, for the formats of a stored mapping."""
        return {name: value for name, value in asdict(self).items() if value}


AS_IT_IS: Final = How()

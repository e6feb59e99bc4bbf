"""What was found in a file of evidence, in words: what it may set off, and each signature. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

ACTIVE: Final[dict[str, StrPromise]] = {
    "javascript": _("It runs a program (JavaScript)."),
    "launch": _("It tries to start another program."),
    "sends": _("It can send what is typed into it over the network."),
    "embedded": _("Other files are embedded in it."),
    "media": _("It plays sound or film."),
    "form": _("It holds a form that can change its own look (XFA)."),
}
# The mark of a PDF no page of which shows anything: it proves nothing.
EMPTY: Final = "empty"
EMPTY_PAGES: Final = _(
    "This file shows empty pages, so it does not count. Open it on your device; add the one that "
    "shows the paper."
)
# Verdict: how it looks, and its sentence.
VERDICTS: Final[dict[str, tuple[str, StrPromise]]] = {
    "valid": ("ok", _("Signed by somebody whom a known authority vouches for.")),
    "unknown-signer": (
        "warn",
        _("The signature is intact, but no authority known here vouches for the signer."),
    ),
    "modified": ("bad", _("The file was changed after it was signed.")),
    "invalid": ("bad", _("The signature does not belong to this content.")),
    "unreadable": ("warn", _("There is a signature, but it cannot be read.")),
}
CHANGES: Final[dict[str, StrPromise]] = {
    "none": _("Nothing was changed since."),
    "archive": _("Since then only proofs for keeping it long were added."),
    "form": _("Since then only form fields or further signatures were added."),
    "notes": _("Since then notes were added."),
    "other": _("What was changed since is more than a signature allows."),
}


@dataclass(frozen=True)
class Signed:
    """One signature as a reader is told of it; the signer's name only where the report was read."""

    tone: str
    verdict: str
    sentences: tuple[str, ...]
    signer: str = ""
    issuer: str = ""
    at: datetime | None = None
    stamped: bool = False


def warnings_of(findings: dict[str, Any]) -> list[str]:
    """Return a sentence for empty pages, and for all that a file may set off when it is opened."""
    empty = [str(EMPTY_PAGES)] if findings.get(EMPTY) else []
    return empty + [str(ACTIVE[code]) for code in findings.get("active", ()) if code in ACTIVE]


def signatures_of(findings: dict[str, Any]) -> list[Signed]:
    """Return the signatures of a file in words; of a row's findings, without names."""
    return [told(each) for each in findings.get("signatures", ())]


def told(signature: dict[str, Any]) -> Signed:
    """Return one signature, kept as plain facts, in words."""
    tone, verdict = VERDICTS.get(signature["verdict"], VERDICTS["unreadable"])
    sentences = (_coverage(signature), str(CHANGES.get(signature.get("changes", ""), "")))
    names = (signature.get("signer", ""), signature.get("organisation", ""))
    at = signature.get("signed_at")
    return Signed(
        tone=tone,
        verdict=str(verdict),
        sentences=tuple(filter(None, sentences)),
        signer=", ".join(filter(None, dict.fromkeys(names))),
        issuer=signature.get("issuer", ""),
        at=datetime.fromisoformat(at) if at else None,
        stamped=bool(signature.get("stamped")),
    )


def _coverage(signature: dict[str, Any]) -> str:
    if signature.get("whole"):
        return now_("It covers the whole file.")
    if not signature.get("revision"):
        return ""
    words = {"n": signature["revision"], "all": signature["revisions"]}
    return now_("It covers version %(n)d of the %(all)d in this file.") % words

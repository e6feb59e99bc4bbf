"""
Look into a PDF in a child process with little time and little memory.

A PDF is a program's worth of formats; whoever sends one may mean harm. So nobody parses it here:
a child without the house's environment reads it from a pipe, may use so many seconds and bytes,
writes no file, and answers in one line. Whatever goes wrong there is an answer in words.

This package must not import Django: the child pays for every import.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from qinghe.claims.gateways.pdf.plain import plain_pages, shows

# Seconds of the clock, and of the processor; megabytes of address space.
SECONDS: Final = 10
CPU_SECONDS: Final = 8
MEMORY_MB: Final = 480
CHILD: Final = "qinghe.claims.gateways.pdf.child"

ENCRYPTED, DAMAGED, HEAVY, LONG = "encrypted", "damaged", "heavy", "long"


@dataclass(frozen=True)
class Signature:
    """
    One signature: who, when, what it covers, and whether it holds.

    `verdict`: valid, unknown-signer, modified, invalid or unreadable. `changes` since it was made:
    none, archive, form, notes or other. `revision` of `revisions` is what it covers.
    """

    verdict: str
    signer: str = ""
    organisation: str = ""
    issuer: str = ""
    signed_at: str = ""
    stamped: bool = False
    whole: bool = False
    revision: int = 0
    revisions: int = 0
    changes: str = ""
    why: str = ""


@dataclass(frozen=True)
class PdfFacts:
    """
    What a PDF is: a fault, or pages, what it may set off when opened, and its signatures.

    `empty` says that no page shows anything.
    """

    fault: str = ""
    pages: int = 0
    active: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = field(default=())
    empty: bool = False


def examine(content: bytes, *, trust: Path, most_pages: int) -> PdfFacts:
    """
    Return what a PDF is; takes ten seconds at most and never raises for what is in it.

    :param trust: a folder of CA certificates (PEM or DER); missing or empty, no signer is known
    """
    pages = plain_pages(content)
    if pages and shows(content):
        return PdfFacts(LONG) if pages > most_pages else PdfFacts(pages=pages)
    try:
        done = subprocess.run(  # noqa: S603  fixed arguments; the file goes through the pipe
            [sys.executable, "-I", "-m", CHILD, str(trust), str(most_pages)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            # No key and no password of the house reaches the child.
            env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
        )
    except subprocess.TimeoutExpired:
        return PdfFacts(HEAVY)
    if done.returncode != 0:
        return PdfFacts(HEAVY)
    return _facts(done.stdout)


def _facts(answer: bytes) -> PdfFacts:
    try:
        told = json.loads(answer)
        signatures = tuple(Signature(**each) for each in told.pop("signatures", ()))
        return PdfFacts(**{**told, "active": tuple(told.get("active", ()))}, signatures=signatures)
    except (ValueError, TypeError):
        return PdfFacts(DAMAGED)

"""
Reads every file of a folder as intake does, in a process of its own:
`python -m tests.claims.reader FOLDER`. One JSON line per file: what came out, seconds, peak memory.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.place import ROOT


@dataclass(frozen=True)
class Outcome:
    """What became of one file; `read` is the number of rows, -1 when it was refused."""

    file: str
    read: int
    words: str
    code: str
    seconds: float
    megabytes: int


def outcomes(folder: Path, language: str = "en") -> dict[str, Outcome]:
    """Read the files of a folder in a child process; a crash of the child is an error here."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.claims.reader", str(folder), language],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]
    return {each.file: each for each in found}


def _one(path: Path, name: str) -> Outcome:
    from qinghe.claims.intake.read import header_of, how_read, read_table
    from qinghe.kernel.errors import DomainError

    started, content = time.monotonic(), path.read_bytes()
    try:
        table = read_table(content)
        way, sheets = how_read(content)
        said = way.sheet or f"{way.encoding} {way.delimiter!r}"
        more = f" of {len(sheets)} sheets" if len(sheets) > 1 else ""
        words = f"read: {table.height} rows, {len(header_of(table))} columns ({said}{more})"
        rows, code = table.height, ""
    except DomainError as refusal:
        rows, words, code = -1, str(refusal.user_message), refusal.code
    return Outcome(name, rows, words, code, round(time.monotonic() - started, 2), _peak())


def _peak() -> int:
    # The figure of getrusage begins with that of the parent, who may have been larger.
    told = Path("/proc/self/status")
    if not told.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    (line,) = [each for each in told.read_text().splitlines() if each.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def main(folder: str, language: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.utils import translation

    with translation.override(language):
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                print(json.dumps(vars(_one(path, str(path.relative_to(folder))))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

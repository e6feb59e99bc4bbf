"""
Situations a lawyer can read, with the answer that is expected: the tests run them.

One JSON line each: `id`, `kind`, `packs`, `settings`, `input`, `expect`, `why` and `origin`.
"""

from collections.abc import Iterator
from importlib.resources import files


def lines() -> Iterator[tuple[str, str]]:
    """Yield (name of the file without its ending, line) of every situation, in order."""
    folder = files(__name__)
    for name in sorted(each.name for each in folder.iterdir() if each.name.endswith(".jsonl")):
        for line in folder.joinpath(name).read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield name.removesuffix(".jsonl"), line

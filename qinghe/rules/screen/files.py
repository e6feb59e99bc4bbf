"""Read the package's own data: nothing else is ever read."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_bytes(name: str) -> bytes:
    """Return the content of a data file."""
    return _folder().joinpath(name).read_bytes()


def read_rows(name: str) -> list[str]:
    """Return the lines of a table, without its comments."""
    lines = read_bytes(name).decode("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def read_words(name: str) -> dict[str, str]:
    """Return a mapping of names to texts."""
    found: dict[str, str] = _yaml(read_bytes(name))
    return found


def read_acts() -> Iterator[dict[str, Any]]:
    """Return what the files of the acts say, by file name."""
    folder = _folder().joinpath("acts")
    for name in sorted(each.name for each in folder.iterdir() if each.name.endswith(".yaml")):
        yield _yaml(folder.joinpath(name).read_bytes())


def _folder() -> Traversable:
    return files(__package__).joinpath("data")


def _yaml(raw: bytes) -> Any:
    return yaml.load(raw, Loader=_LOADER)  # noqa: S506 - a safe loader

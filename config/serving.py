"""What runs in a data folder, known from files in its `run` folder; how to end it."""

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from config import var
from config.children import end_leftovers
from config.errors import CannotStart
from config.processes import Identity, read_identity, wait_until, write_identity

GRACE_SECONDS: Final = 20
LEFTOVER_SECONDS: Final = 5
STOP_SECONDS: Final = 180


def server() -> Identity | None:
    """
    Return the running supervisor of this data folder.
    """
    identity = read_identity(_file("server"))
    return identity if identity is not None and identity.alive() else None


def address() -> str | None:
    """
    Return the address that the running supervisor serves.
    """
    with suppress(FileNotFoundError):
        return _file("address").read_text().strip()
    return None


def announce(identity: Identity, web_address: str) -> None:
    """
    Let other commands find this supervisor.
    """
    _file("address").write_text(web_address)
    write_identity(_file("server"), identity)


def announce_children(children: dict[str, Identity]) -> None:
    """
    Note the children, so that they can be ended even when the supervisor was killed.
    """
    text = json.dumps({name: asdict(identity) for name, identity in children.items()})
    partial = _file("children.new")
    partial.write_text(text)
    partial.replace(_file("children"))


def children() -> dict[str, Identity]:
    """
    Return the children as they were noted last, dead or alive.
    """
    try:
        noted = json.loads(_file("children").read_text())
        return {name: Identity(**identity) for name, identity in noted.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def clear() -> None:
    """
    End what a killed supervisor left running, and forget it.
    """
    end_leftovers(list(children().values()), seconds=LEFTOVER_SECONDS)
    for name in ("children", "address", "server"):
        _file(name).unlink(missing_ok=True)


def stop() -> bool:
    """
    End the supervisor of this data folder, or what a killed one left; say if there was any.

    :raises CannotStart: it would not end
    """
    if not var.root().exists():
        return False
    serving = server()
    if serving is not None:
        _end(serving)
    left = any(identity.alive() for identity in children().values())
    clear()
    return serving is not None or left


def _end(serving: Identity) -> None:
    process = serving.process()
    if process is not None:
        process.terminate()
    if not wait_until(lambda: not serving.alive(), seconds=STOP_SECONDS):
        raise CannotStart(
            f"Process {serving.pid} does not end. See {var.root() / 'log'}; "
            f"as a last resort: kill -9 {serving.pid}"
        )


def _file(name: str) -> Path:
    return var.folder("run") / f"{name}.json"

"""
Ask a register whether a name and a number belong together. Only `parties.services` may.

A gateway answers match, no match or unknown, with the register's own reference; it keeps nothing.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings

from qinghe.parties.gateways.realname import manual, sandbox
from qinghe.parties.gateways.realname.answer import Answer, RealName, Unreachable

__all__ = ["Answer", "RealName", "Unreachable", "realname"]

GATEWAYS: Final[dict[str, RealName]] = {
    "manual": manual.Manual(),
    "sandbox": sandbox.Sandbox(),
}


def realname(name: str = "") -> RealName:
    """Return the gateway of a name; without one, the one this installation has chosen."""
    return GATEWAYS[name or settings.REALNAME_GATEWAY]

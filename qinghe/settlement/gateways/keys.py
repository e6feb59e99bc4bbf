"""
Names and keys of the platform's accounts at providers.

Names come from the settings, keys from files of mode 0600 in the data folder; none is ever logged.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from qinghe.settlement.provider_refusals import ProviderNotReady

READABLE_BY_OTHERS = 0o077


def name(provider: str, what: str) -> str:
    """
    Return a name the provider gave us, as the settings have it.

    :raises ProviderNotReady: it is not set
    """
    value = str(settings.PAY_NAMES.get(f"{provider}_{what}", "")).strip()
    if not value:
        raise ProviderNotReady(provider=provider, missing=f"QINGHE_{provider}_{what}".upper())
    return value


def optional(provider: str, what: str) -> str:
    """Return a name, or an empty text where none is set."""
    return str(settings.PAY_NAMES.get(f"{provider}_{what}", "")).strip()


def key(provider: str, what: str) -> str:
    """
    Return the text of a key file, `pay/<provider>-<what>` in the data folder.

    :raises ProviderNotReady: no such file, empty, or readable by other users of the machine
    """
    path = folder() / f"{provider}-{what}"
    try:
        text = path.read_text().strip()
        shared = path.stat().st_mode & READABLE_BY_OTHERS
    except (OSError, UnicodeDecodeError):
        text, shared = "", 0
    if not text:
        raise ProviderNotReady(provider=provider, missing=f"pay/{path.name}")
    if shared:
        raise ProviderNotReady(provider=provider, missing=f"pay/{path.name} (chmod 600)")
    return text


def has_key(provider: str, what: str) -> bool:
    """Tell whether there is such a key file."""
    return (folder() / f"{provider}-{what}").exists()


def folder() -> Path:
    """Return the folder of the key files."""
    return Path(settings.PAY_KEYS)

"""
Reading e-mail that came back: delivery status notifications of RFC 3464, as mail servers send them.

Only what bears a Message-ID signed by us counts, and only a lasting failure (status 5.x.x, RFC
3463): who never had the message cannot report that it came back. Nothing else of the report is
looked at or kept, for it may quote addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer

OURS: Final = re.compile(r"<([0-9a-f-]{36}\.[\w-]{20,64})@[\w.-]+>")
SIGNER: Final = Signer(salt="contact.returned", sep=".")
LASTING: Final = re.compile(r"^5\.\d{1,3}\.\d{1,3}$")
MOST: Final = 1_000_000


@dataclass(frozen=True)
class CameBack:
    """One message that came back for good: which attempt it was, and the code of the failure."""

    attempt_id: UUID
    status: str


def message_id(attempt_id: str) -> str:
    """Return the name under which a message leaves: it tells nothing to who does not send it."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<{SIGNER.sign(attempt_id)}@{domain}>"


def read(content: bytes) -> CameBack | None:
    """Return what a report says of a message of ours; nothing for all other mail."""
    if len(content) > MOST:
        return None
    mail = message_from_bytes(content, policy=policy.default)
    if mail.get_content_type() != "multipart/report":
        return None
    status = original = ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            status = status or _status(part)
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            original = original or _named(part)
    return CameBack(UUID(original), status) if status and original else None


def _status(part: Message) -> str:
    """Return the code of the first recipient whose delivery failed for good."""
    groups = part.get_payload()
    for group in groups if isinstance(groups, list) else ():
        if not isinstance(group, Message):
            continue
        code = str(group.get("Status", "")).split(" ")[0].strip()
        failed = str(group.get("Action", "")).strip().lower() == "failed"
        if failed and LASTING.match(code):
            return code
    return ""


def _named(part: Message) -> str:
    inner = part.get_payload()
    head = inner[0] if isinstance(inner, list) and inner else None
    text = str(head.get("Message-ID", "")) if isinstance(head, Message) else str(inner)
    found = OURS.search(text)
    if found is None:
        return ""
    try:
        return SIGNER.unsign(found.group(1))
    except BadSignature:
        return ""

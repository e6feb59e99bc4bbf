"""
The debtor's door: a code from a letter plus one question only the person can answer.

Whatever is wrong, the answer is the same refusal after the same work, so that a stranger learns
nothing: not even whether a code exists.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from qinghe.journal.services import record, verb
from qinghe.kernel.actor import Actor, Role
from qinghe.kernel.errors import DomainError
from qinghe.kernel.ids import digits
from qinghe.parties.identity import last_four
from qinghe.parties.models import DoorCode, DoorTry, Person, VaultItem
from qinghe.parties.queries import NoSuchPerson
from qinghe.parties.roles import Permission, require
from qinghe.parties.services.secrets import unseal
from qinghe.parties.terms import Secret
from qinghe.parties.vault import ring

# No 0, 1, I, L, O. Thirty-one signs: with a prime, the check sign catches every single mistake
# and every exchange of neighbours.
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
FREE_SIGNS: Final = 9
RANDOM_DIGITS: Final = 18

# Telephones share addresses: many people stand behind one, and only wrong tries count.
FAILURES_PER_ORIGIN: Final = 30
ORIGIN_WINDOW: Final = timedelta(minutes=15)
FAILURES_PER_CODE: Final = 5
LOCKED_FOR: Final = timedelta(hours=1)
# A code that rested so often is void: five tries an hour for three months would find every answer.
MOST_LOCKS: Final = 4
# A household or a rented server gets so many bits of IPv6 at least.
SUBNET: Final = 64
NOBODY: Final = UUID(int=0)
KEEP_TRIES: Final = timedelta(days=7)
KEEP_CODES: Final = timedelta(days=90)


class DoorClosed(DomainError):
    code = "parties.door-closed"
    status = 403
    text = _(
        "The code and the answer do not fit together, or the code rests after too many wrong "
        "answers. Check both. If they are right, try again in an hour; nothing of yours is lost."
    )


class DoorShut(DomainError):
    code = "parties.door-shut"
    status = 429
    text = _(
        "Too many wrong tries came from your connection just now; other people may share it. "
        "Wait {minutes} minutes, or use another connection. Trying meanwhile does not prolong it."
    )


@verb("parties.issue_door_code")
def _issue(*, person_id: UUID, actor: Actor, at: datetime, days: int) -> str:
    require(actor, Permission.MANAGE_DEBTOR_ACCESS)
    if not Person.objects.filter(pk=person_id).exists():
        raise NoSuchPerson
    number = int(digits(RANDOM_DIGITS)) % len(ALPHABET) ** FREE_SIGNS
    code = with_check(_signs(number))
    DoorCode.objects.create(
        person_id=person_id,
        digest=digest_of(code),
        issued_at=at,
        expires_at=at + timedelta(days=days),
    )
    record(
        kind="parties.door-code-issued",
        subject=f"person:{person_id}",
        actor=actor,
        at=at,
        person_id=person_id,
        days=days,
    )
    return code


def issue_door_code(*, person_id: UUID, actor: Actor, at: datetime, days: int = 90) -> str:
    """
    Return a new code of ten signs for a person's door; it is shown once and kept as a hash.

    :raises NotPermitted: the actor may not manage debtors' access
    :raises NoSuchPerson: unknown person
    """
    # A stored answer would keep the code in the clear: every call makes a new one.
    return _issue(person_id=person_id, actor=actor.with_key(None), at=at, days=days)


def open_door(*, code: str, answer: str, origin: str, at: datetime) -> Actor:
    """
    Let a debtor in: the code, and the last four signs of the id number (or else of the phone).

    :raises DoorClosed: anything is wrong, or the code rests after wrong answers
    :raises DoorShut: too many wrong tries from one origin, whatever is tried now
    """
    with transaction.atomic(durable=True):
        person_id = _try(tidy(code), answer.strip().upper(), origin, at)
    if person_id is None:
        raise DoorClosed
    return Actor(role=Role.DEBTOR, person_id=person_id)


def forget_tries(*, at: datetime) -> int:
    """Delete what the rate limit no longer needs and codes long expired; return how many rows."""
    tries, _by_model = DoorTry.objects.filter(at__lt=at - KEEP_TRIES).delete()
    codes, _by_model = DoorCode.objects.filter(expires_at__lt=at - KEEP_CODES).delete()
    return tries + codes


def tidy(code: str) -> str:
    """Return a code as it was printed: upper-case, without spaces and dashes."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def with_check(signs: str) -> str:
    """Return nine signs followed by their check sign."""
    total = sum(ALPHABET.index(sign) * (place + 2) for place, sign in enumerate(signs))
    return signs + ALPHABET[total % len(ALPHABET)]


def well_formed(code: str) -> bool:
    """Tell whether a tidy code has ten known signs and its check sign is right."""
    return (
        len(code) == FREE_SIGNS + 1
        and all(sign in ALPHABET for sign in code)
        and with_check(code[:-1]) == code
    )


def _try(code: str, answer: str, origin: str, at: datetime) -> UUID | None:
    if not origin_is_free(origin, at):
        # Told without a look at the code: it says something of the connection and nothing else.
        raise DoorShut(minutes=ORIGIN_WINDOW // timedelta(minutes=1))
    row = DoorCode.objects.select_for_update().filter(digest=digest_of(code)).first()
    expected = _expected_answer(row.person_id if row else NOBODY)
    usable = row is not None and _is_open(row, at)
    right = hmac.compare_digest(expected.encode(), answer.encode()) and expected != ""
    failures = _failures_after(row, right, at) if usable and row else None
    DoorCode.objects.filter(pk=row.pk if row else NOBODY).update(**(failures or _unchanged(row)))
    entered = row if usable and right else None
    if entered is None:
        count_against(origin, at)
        return None
    _note(entered, at)
    return entered.person_id


def origin_is_free(
    origin: str, at: datetime, *, what: str = "door", most: int = FAILURES_PER_ORIGIN
) -> bool:
    """Tell whether fewer than `most` tries count against an origin lately; counts none itself."""
    digest = _digest_of_origin(origin, what)
    with connection.cursor() as cursor:
        # Tries from one origin go one after the other, or all of them would count too few.
        lock = int.from_bytes(digest[:8], "big", signed=True)
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
    return DoorTry.objects.filter(origin=digest, at__gt=at - ORIGIN_WINDOW).count() < most


def count_against(origin: str, at: datetime, *, what: str = "door") -> None:
    """Count one try against an origin; a shut one is never counted, so that it opens again."""
    DoorTry.objects.create(origin=_digest_of_origin(origin, what), at=at)


def _digest_of_origin(origin: str, what: str) -> bytes:
    return ring().blind("origin" if what == "door" else f"origin:{what}", network_of(origin))


def network_of(origin: str) -> str:
    """Return what one visitor can have at will: an address, and of IPv6 the whole network of it."""
    try:
        address = ip_address(origin)
    except ValueError:
        return origin
    if isinstance(address, IPv6Address):
        short = address.ipv4_mapped or ip_network((address, SUBNET), strict=False)
        return str(short)
    return str(address)


def _is_open(row: DoorCode, at: datetime) -> bool:
    return at < row.expires_at and (row.locked_until is None or at >= row.locked_until)


def _expected_answer(person_id: UUID) -> str:
    items = VaultItem.objects.filter(
        person_id=person_id, kind__in=[Secret.ID_NUMBER, Secret.PHONE]
    ).order_by("kind", "-created_at", "id")
    item = items.first()
    if item is None:
        # The same work as for somebody we know.
        keys = ring()
        keys.open(*keys.seal(b"nobody", context=b"door"), context=b"door")
        return ""
    return last_four(unseal(item))


def _failures_after(row: DoorCode, right: bool, at: datetime) -> dict[str, object]:
    failures = 0 if right else row.failures + 1
    locked = failures >= FAILURES_PER_CODE
    locks = 0 if right else row.locks + locked
    return {
        "failures": 0 if locked else failures,
        "locked_until": at + LOCKED_FOR if locked else None,
        "locks": locks,
        "expires_at": at if locks >= MOST_LOCKS else row.expires_at,
    }


def _unchanged(row: DoorCode | None) -> dict[str, object]:
    return {"failures": row.failures if row else 0}


def _note(row: DoorCode, at: datetime) -> None:
    record(
        kind="parties.door-opened",
        subject=f"person:{row.person_id}",
        actor=Actor(role=Role.DEBTOR, person_id=row.person_id),
        at=at,
        person_id=row.person_id,
    )


def _signs(number: int) -> str:
    signs = []
    for _place in range(FREE_SIGNS):
        number, sign = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[sign])
    return "".join(signs)


def digest_of(code: str) -> bytes:
    return ring().blind("door", code)

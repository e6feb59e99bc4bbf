"""
Check, normalise and mask what identifies a person. Pure.

A demonstration also accepts identities nobody can own: id numbers of region 99 with a wrong
checksum, and +86 100 phone numbers.
"""

from __future__ import annotations

import re
from typing import Final

import phonenumbers
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2

from qinghe.parties.terms import PersonKind, Secret

WIDE_STAR: Final = "＊"
_ID_SHAPE: Final = re.compile(r"\d{17}[\dX]")
_BIRTH: Final = re.compile(r"(18|19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
# First digits of residents' numbers; permanent residents from abroad have a 9 before them.
_PROVINCES: Final = re.compile(r"9?(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])")
_DEMO_ID: Final = re.compile(r"99\d{15}[\dX]")
_DEMO_PHONE: Final = re.compile(r"(?:\+?86)?(100\d{8})")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_CITY_END: Final = re.compile(r".*?(?:市|自治州|地区|盟)")
_COMPANY_END: Final = ("股份有限公司", "有限责任公司", "有限公司", "公司", "Ltd", "Inc", "GmbH")


class Malformed(ValueError):
    """A datum that cannot be what it claims to be; the message names the kind, never the value."""


def normalise(kind: str, value: str, *, demo: bool = False) -> str:
    """
    Return the one spelling under which a datum is stored and matched.

    :raises Malformed: it cannot be of this kind
    """
    value = value.strip()
    if not value:
        raise Malformed(kind)
    match kind:
        case Secret.ID_NUMBER | Secret.PARTY_NUMBER:
            return value.upper().replace(" ", "")
        case Secret.PHONE:
            return phone(value, demo=demo)
        case Secret.EMAIL:
            return email(value)
        case Secret.ACCOUNT:
            return re.sub(r"[\s-]", "", value).upper()
        case Secret.ADDRESS:
            return re.sub(r"\s+", " ", value)
        case _:
            return value


def phone(value: str, *, demo: bool = False) -> str:
    """
    Return a telephone number in E.164; numbers without a country code are Chinese.

    :raises Malformed: no such number can exist
    """
    compact = re.sub(r"[\s()-]", "", value)
    if demo and (match := _DEMO_PHONE.fullmatch(compact)):
        return f"+86{match[1]}"
    try:
        parsed = phonenumbers.parse(compact, "CN")
    except phonenumbers.NumberParseException:
        raise Malformed(Secret.PHONE) from None
    if not phonenumbers.is_valid_number(parsed):
        raise Malformed(Secret.PHONE)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def email(value: str) -> str:
    """
    Return an e-mail address in lower case.

    :raises Malformed: it has not the shape of one
    """
    lowered = value.lower()
    if len(lowered) > 254 or not _EMAIL.fullmatch(lowered):
        raise Malformed(Secret.EMAIL)
    return lowered


def id_number(value: str, *, kind: str = PersonKind.NATURAL, demo: bool = False) -> str:
    """
    Return the identity number of a resident, or the credit code of a business, upper-case.

    The checksum and the province are hard; the county is not judged, since registers change.

    :raises Malformed: wrong length, birth date or checksum
    """
    number = value.strip().upper().replace(" ", "")
    if demo and is_demo_id(number):
        return number
    if not (_valid_credit_code(number) if kind == PersonKind.BUSINESS else _valid_resident(number)):
        raise Malformed(Secret.ID_NUMBER)
    return number


def area_is_known(number: str) -> bool:
    """
    Tell whether the list of areas has the first six digits of a resident's number.

    Areas are renamed and merged, so an unknown one is a reason to look, never to refuse.
    """
    try:
        ric.get_birth_place(number)
    except ValidationError:
        return False
    return True


def is_demo_id(number: str) -> bool:
    """Tell whether an id number belongs to nobody: region 99, checksum wrong on purpose."""
    return bool(_DEMO_ID.fullmatch(number)) and not mod_11_2.is_valid(number)


def _valid_resident(number: str) -> bool:
    return (
        bool(_ID_SHAPE.fullmatch(number))
        and bool(_PROVINCES.match(number))
        and bool(_BIRTH.fullmatch(number[6:14]))
        and bool(mod_11_2.is_valid(number))
    )


def _valid_credit_code(number: str) -> bool:
    try:
        uscc.validate(number)
    except ValidationError:
        return False
    return True


def mask(kind: str, value: str) -> str:
    """Return all that a page may show of a datum; never enough to use it."""
    match kind:
        case Secret.PHONE:
            return mask_phone(value)
        case Secret.ID_NUMBER | Secret.PARTY_NUMBER:
            # The last four digits answer the question at the debtor's door.
            return value[:4] + "*" * max(len(value) - 4, 4) if len(value) > 8 else "****"
        case Secret.EMAIL:
            return f"{value[:1]}***@{value.rpartition('@')[2]}"
        case Secret.NAME:
            return mask_name(value)
        case Secret.ADDRESS:
            return mask_address(value)
        case Secret.ACCOUNT:
            return "****" + value[-4:] if len(value) > 8 else "****"
        case _:
            return "***"


def mask_phone(value: str) -> str:
    """Return `138****0000` of a number in E.164; short numbers keep only two digits."""
    national = value.removeprefix("+86")
    if len(national) < 9:
        return "****" + national[-2:]
    return f"{national[:3]}****{national[-4:]}"


def mask_name(value: str) -> str:
    """Return `陈＊＊` of a Chinese name and `J*** D***` of one in letters."""
    value = value.strip()
    if not value:
        return ""
    if value.isascii():
        return " ".join(f"{part[0]}***" for part in value.split())
    return value[0] + WIDE_STAR * min(max(len(value) - 1, 1), 2)


def mask_business(value: str) -> str:
    """Return the first two characters of a firm's name and its legal form."""
    value = value.strip()
    form = next((end for end in _COMPANY_END if value.endswith(end)), "")
    stem = value.removesuffix(form).strip()
    return f"{stem[: min(2, len(stem) // 2)]}****{form}"


def mask_address(value: str) -> str:
    """Return an address down to its city."""
    match = _CITY_END.match(value)
    return (match[0] if match else "") + WIDE_STAR * 3


def last_four(value: str) -> str:
    """Return the last four characters of a number, as the identity question asks for them."""
    return value[-4:].upper()

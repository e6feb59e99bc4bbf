"""
Synthetic debtors that cannot be anybody: identity numbers fail their checksum and begin with a
region that does not exist (99), phones begin with a prefix that was never allocated (100), mail
goes to example.com.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = "安平和顺清宁嘉文博远思敏佳怡晨曦子涵若水明德致知"
CITIES = (
    "110100", "310100", "320100", "320500", "330100", "330200", "340100", "350100", "350200",
    "370100", "370200", "410100", "420100", "430100", "440100", "440300", "440600", "500100",
    "510100", "610100",
)  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


@dataclass(frozen=True)
class Synthetic:
    """One made-up person; every datum goes into the vault like a real one."""

    name: str
    id_number: str
    phone: str
    email: str
    address: str
    region: str


def wrong_checksum(digits17: str) -> str:
    """Return an 18-character identity number whose last character is certainly wrong (GB 11643)."""
    total = sum(int(d) * w for d, w in zip(digits17, WEIGHTS, strict=True))
    right = CHECKS[total % 11]
    return digits17 + ("0" if right != "0" else "1")


def make(random: Random) -> Synthetic:
    """Return the next synthetic person of a seeded source."""
    region = random.choice(CITIES)
    born = f"{random.randint(1965, 2003)}{random.randint(1, 12):02}{random.randint(1, 28):02}"
    serial = f"{random.randrange(1000):03}"
    number = random.randrange(10**8)
    name = random.choice(SURNAMES) + "".join(random.sample(GIVEN, random.choice((1, 2))))
    return Synthetic(
        name=name,
        id_number=wrong_checksum(f"99{region[2:]}{born}{serial}"),
        phone=f"+86100{number:08}",
        email=f"d{number:08}{serial}@example.com",
        address=f"{region} 示例路 {random.randint(1, 999)} 号",
        region=region,
    )

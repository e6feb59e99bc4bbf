"""Write ISO 20022: elements of one namespace, and what both kinds of file need."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from stdnum import iban

# What XML cannot carry at all; everything else is escaped by the library.
NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LONGEST: Final = 140
UNKNOWN: Final = "NOTPROVIDED"


class Tree:
    """A document whose elements are all of one namespace."""

    def __init__(self, space: str) -> None:
        self.space = space
        self.root = etree.Element(f"{{{space}}}Document", nsmap={None: space})

    def add(
        self, parent: etree._Element, path: str, text: object = None, **attributes: str
    ) -> etree._Element:
        """Add elements one below the other; the last has the text."""
        for name in path.split("/"):
            parent = etree.SubElement(parent, f"{{{self.space}}}{name}")
        for name, value in attributes.items():
            parent.set(name, value)
        if text is not None:
            parent.text = str(text)
        return parent


def tidy(words: str) -> str:
    """Return what XML can carry of a text, no longer than the formats allow."""
    return NO_XML.sub("", words)[:LONGEST]


def put_account(tree: Tree, parent: etree._Element, number: str) -> None:
    """Add an account number: as an IBAN where it is one."""
    if iban.is_valid(number):
        tree.add(parent, "Id/IBAN", iban.compact(number))
    else:
        tree.add(parent, "Id/Othr/Id", number)


def put_agent(tree: Tree, agent: etree._Element, clearing: str, name: str) -> None:
    """Add what is known of a bank: its number in China's clearing system, its name."""
    if clearing:
        member = tree.add(agent, "ClrSysMmbId")
        tree.add(member, "ClrSysId/Cd", "CNAPS")
        tree.add(member, "MmbId", clearing)
    if name:
        tree.add(agent, "Nm", name)
    if not clearing and not name:
        tree.add(agent, "Othr/Id", UNKNOWN)

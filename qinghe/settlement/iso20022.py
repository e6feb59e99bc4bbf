"""The XML of banks, read so that no file can make the reader fetch, resolve or unfold anything."""

from __future__ import annotations

from typing import Any

from lxml import etree

Element = Any


class NotXml(ValueError):
    """It is broken, or unfolds without end; `line` is where the reader gave up."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class HasDocumentType(ValueError):
    """It declares a document type; no message of a bank does."""


def root_of(content: bytes) -> Element:
    """
    Return the root of a message.

    :raises NotXml: broken, or given up
    :raises HasDocumentType: it declares one
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as fault:
        # The words of libxml2 may quote the file.
        raise NotXml(fault.lineno or 1) from None
    if root.getroottree().docinfo.doctype:
        raise HasDocumentType
    return root

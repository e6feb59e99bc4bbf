"""Walk through a PDF: how many pages, and what it may set off when somebody opens it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from qinghe.claims.gateways.pdf import DAMAGED, ENCRYPTED, HEAVY, LONG
from qinghe.claims.gateways.pdf.blank import blank

MOST_OBJECTS = 300_000
ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "sends",
    "/ImportData": "sends",
    "/GoToE": "embedded",
    "/Rendition": "media",
    "/RichMediaExecute": "media",
}
ANNOTATIONS = {
    "/FileAttachment": "embedded",
    "/RichMedia": "media",
    "/Movie": "media",
    "/Screen": "media",
}


class Fault(Exception):
    """Why a file is not looked into any further."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def look(stream: BytesIO, most_pages: int) -> tuple[PdfFileReader, dict[str, Any]]:
    """
    Return a reader of the file, and its pages and active parts as plain facts.

    :raises Fault: encrypted, damaged, too many pages, or too many objects
    """
    reader = PdfFileReader(stream, strict=False)
    if reader.encrypted or "/Encrypt" in reader.trailer:
        raise Fault(ENCRYPTED)
    pages = _pages(reader.root, most_pages)
    facts = {"pages": len(pages), "active": sorted(_active(reader.root)), "empty": blank(pages)}
    return reader, facts


def _pages(root: Any, most: int) -> list[Any]:
    """Return the leaves of the page tree; what the tree says of itself is not believed."""
    waiting: list[Any] = [root.raw_get("/Pages")]
    branches: set[tuple[int, int]] = set()
    pages: list[Any] = []
    while waiting:
        place, node = _resolved(waiting.pop())
        if "/Kids" in node:
            # A leaf may stand twice in a tree; a branch that is its own child never ends.
            if place in branches:
                raise Fault(DAMAGED)
            if place:
                branches.add(place)
            waiting.extend(_raw(node["/Kids"]))
        elif node:
            pages.append(node)
        if len(pages) + len(waiting) > 2 * most:
            raise Fault(LONG)
    if not pages or len(pages) > most:
        raise Fault(LONG if pages else DAMAGED)
    return pages


def _resolved(node: Any) -> tuple[tuple[int, int] | None, Any]:
    """Return where a node of the page tree stands, and the node; nothing when it is none."""
    place = None
    if isinstance(node, generic.IndirectObject):
        place = (node.idnum, node.generation)
        node = node.get_object()  # type: ignore[no-untyped-call]
    return place, node if isinstance(node, dict) else {}


def _active(root: Any) -> set[str]:
    """Return what any object that can be reached may do."""
    found: set[str] = set()
    for count, node in enumerate(_reached(root)):
        if count > MOST_OBJECTS:
            raise Fault(HEAVY)
        if isinstance(node, dict):
            found |= _told(node)
    return found


def _reached(root: Any) -> Iterator[Any]:
    waiting: list[Any] = [root]
    seen: set[tuple[int, int]] = set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, generic.IndirectObject):
            place = (node.idnum, node.generation)
            if place in seen:
                continue
            seen.add(place)
            node = node.get_object()  # type: ignore[no-untyped-call]
        if isinstance(node, generic.DictionaryObject):
            waiting.extend(node.raw_get(key) for key in node)
        elif isinstance(node, list):
            waiting.extend(_raw(node))
        yield node


def _raw(items: Any) -> list[Any]:
    return [items.raw_get(place) for place in range(len(items))]


def _told(node: Any) -> set[str]:
    found = set()
    kind, subtype = str(node.get("/S", "")), str(node.get("/Subtype", ""))
    if kind in ACTIONS:
        found.add(ACTIONS[kind])
    if subtype in ANNOTATIONS:
        found.add(ANNOTATIONS[subtype])
    if "/JS" in node:
        found.add("javascript")
    if "/EF" in node or "/EmbeddedFiles" in node:
        found.add("embedded")
    if "/XFA" in node:
        found.add("form")
    return found

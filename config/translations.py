"""
The words of the interface, from source to catalogue, without the GNU gettext programs.

`python -m config.translations update` puts new sentences into the catalogues, `check` fails on a
sentence without a translation, `compile` makes what Django reads.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import template as django_template

ROOT: Final = Path(__file__).resolve().parent.parent
LOCALE: Final = ROOT / "locale"
SOURCE: Final = "en"
LANGUAGES: Final = ("zh_Hans", SOURCE)
Words = str | tuple[str, ...]
KEYWORDS: Final = {
    **DEFAULT_KEYWORDS,
    **{f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext")},
    "npgettext_lazy": DEFAULT_KEYWORDS["npgettext"],
    "gettext_noop": None,
}
# `from ... import gettext as now_`: another name for the same thing.
ALIAS: Final = re.compile(r"\b(\w*gettext(?:_lazy)?) as (\w+)")
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|\{\w*[^{}]*\}|%[sd]")


def compile_stale() -> list[Path]:
    """
    Write the catalogues whose text is newer than what Django reads; return those written.
    """
    written = []
    for language in LANGUAGES:
        text, binary = _paths(language)
        if not text.exists():
            continue
        if binary.exists() and binary.stat().st_mtime_ns >= text.stat().st_mtime_ns:
            continue
        out = BytesIO()
        write_mo(out, _read(language))
        binary.write_bytes(out.getvalue())
        written.append(binary)
    return written


def update() -> None:
    """
    Bring every catalogue to the sentences of the source; new ones wait for a translation.
    """
    for language in LANGUAGES:
        catalogue = _read(language)
        catalogue.update(_source(), no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()
        with _paths(language)[0].open("wb") as out:
            write_po(out, catalogue, width=100, sort_by_file=True, omit_header=False)


def faults() -> list[str]:
    """
    Return what is missing, doubtful or broken in the catalogues, a line each.
    """
    wanted = _source()
    return [fault for language in LANGUAGES for fault in _faults_of(language, wanted)]


def _faults_of(language: str, wanted: Catalog) -> Iterator[str]:
    catalogue = _read(language)
    for message in wanted:
        if not message.id:
            continue
        found = catalogue.get(message.id, message.context)
        fault = _fault(found, language)
        if fault:
            where = ":".join(str(part) for part in message.locations[0])
            yield f"{language}: {fault}: {_first(message.id)!r} ({where})"


def _fault(message: Message | None, language: str) -> str | None:
    own_words = language == SOURCE
    if message is None or not _all_filled(message):
        # The source speaks for itself; its catalogue holds only what differs.
        return None if own_words else "not translated"
    if message.fuzzy:
        return "doubtful (fuzzy)"
    if not own_words and _placeholders(message.id) != _placeholders(message.string):
        return "other placeholders than the source"
    return None


def _all_filled(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return all(strings)


def _placeholders(words: object) -> set[str]:
    many = words if isinstance(words, (list, tuple)) else [words]
    return {each for text in many for each in PLACEHOLDER.findall(str(text))}


def _first(words: object) -> str:
    return str(words[0] if isinstance(words, (list, tuple)) else words)


def _source() -> Catalog:
    catalogue = Catalog(project="qinghe", charset="utf-8")
    for path in sorted(_source_files()):
        where = path.relative_to(ROOT).as_posix()
        for line, words, comments, context in _sentences(path):
            catalogue.add(words, locations=[(where, line)], auto_comments=comments, context=context)
    return catalogue


def _source_files() -> Iterator[Path]:
    for package in ("qinghe", "config"):
        for kind in ("*.py", "*.html", "*.txt"):
            for path in (ROOT / package).rglob(kind):
                if not {"migrations", "static", "node_modules"} & set(path.parts):
                    yield path


def _sentences(path: Path) -> Iterator[tuple[int, Words, list[str], str | None]]:
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        text = _as_python(text, str(path))
    keywords = KEYWORDS | {alias: KEYWORDS.get(name) for name, alias in ALIAS.findall(text)}
    source = BytesIO(text.encode())
    for line, words, comments, context in extract(
        "python", source, keywords=keywords, comment_tags=["Translators:"], strip_comment_tags=True
    ):
        if _first(words):
            yield line, words, list(comments), context


def _as_python(template: str, origin: str) -> str:
    # Django turns a template into something like Python; only the calls in it matter, and an
    # indentation that means nothing would stop Python's tokeniser.
    lines = django_template.templatize(template, origin=origin).splitlines()
    return "\n".join(line.strip() for line in lines) + "\n"


def _paths(language: str) -> tuple[Path, Path]:
    folder = LOCALE / language / "LC_MESSAGES"
    return folder / "django.po", folder / "django.mo"


def _read(language: str) -> Catalog:
    text = _paths(language)[0]
    if not text.exists():
        text.parent.mkdir(parents=True, exist_ok=True)
        return Catalog(locale=language, project="qinghe", charset="utf-8", fuzzy=False)
    with text.open("rb") as source:
        return read_po(source, locale=language, charset="utf-8")


def main(words: list[str]) -> int:
    """
    Do one of `update`, `check`, `compile`; return the exit code.
    """
    if not settings.configured:
        settings.configure(USE_I18N=True)
    what = words[0] if words else "check"
    if what == "update":
        update()
    if what in {"update", "compile"}:
        compile_stale()
        return 0
    found = faults()
    print("\n".join(found) or "Every sentence is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""
One rule for blanks in Chinese: around digits and Latin letters, never between two Chinese words.

A day (`2026 年 11 月 5 日`) and an amount (`800.00 元`) begin with a digit and end in a Chinese
word: a blank before, none after. A name is a Chinese word. Every other value is digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.template import NodeList, engines
from django.template.backends.django import DjangoTemplates
from django.template.base import FilterExpression
from django.template.library import SimpleNode
from django.templatetags.i18n import BlockTranslateNode

ROOT = Path(__file__).resolve().parent.parent.parent
HAN = "\u4e00-\u9fff"
# What a value begins and ends with, by the tag or filter that writes it.
DAYS = {"warm_day", "warm_date", "warm_money"}
DIGITS = {
    "bare_money", "count", "date", "day", "floatformat", "length", "moment", "money",
    "money_short", "percent", "time_of_day", "warm_moment", "when",
}  # fmt: skip
NAMES = re.compile(
    r"\b(creditor_name|collector_name|from_name|to_name|(worker|press|cashier)\.name)$"
)
NUMBERS = re.compile(r"(^|\.)(counter|place|score)$")
WANTED = {"day": (True, False), "digits": (True, True), "name": (False, False)}


def kind_of(written: FilterExpression | str | None) -> str | None:
    """Return what a value reads like; None where a template does not tell."""
    if isinstance(written, FilterExpression):
        last = written.filters[0][0].__name__ if written.filters else ""
        if last:
            return kind_of(last)
        said = str(written.var)
        return "name" if NAMES.search(said) else "digits" if NUMBERS.search(said) else None
    return "day" if written in DAYS else "digits" if written in DIGITS else None


def faults_in(text: str, name: str, kind: str) -> Iterator[str]:
    """Yield where the blanks around a placeholder are not as what it holds wants them."""
    before, after = WANTED[kind]
    place = rf"%\({name}\)[sd]"
    wrong = [
        rf"[{HAN}]{place}" if before else rf"[{HAN}][ \u00a0]{place}",
        rf"{place}[{HAN}]" if after else rf"{place}[ \u00a0][{HAN}]",
    ]
    yield from (found[0] for each in wrong for found in re.finditer(each, text))


def values_of(nodes: NodeList) -> Iterator[tuple[str | tuple[str, str], dict[str, str]]]:
    """Yield the sentences of a template with what each placeholder that it tells of holds."""
    named = {
        node.target_var: node.func.__name__
        for node in nodes.get_nodes_by_type(SimpleNode)
        if isinstance(node, SimpleNode) and node.target_var
    }
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        assert isinstance(node, BlockTranslateNode)
        written: dict[str, FilterExpression | str] = {**named}
        written.update(node.extra_context or {})
        if node.countervar:
            written[node.countervar] = "count"
        msgid, _names = node.render_token_list(node.singular)
        names = re.findall(r"%\((\w+)\)[sd]", msgid)
        kinds = {name: kind for name in names if (kind := kind_of(written.get(name)))}
        yield msgid, kinds


def strings(catalogue: Catalog, msgid: str | tuple[str, ...] | list[str]) -> list[str]:
    message = catalogue.get(msgid)
    found = message.string if message is not None else None
    return [found] if isinstance(found, str) else list(found or ())


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    with (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as source:
        return read_po(source, locale="zh_Hans", charset="utf-8")


def test_blanks_stand_around_digits_and_never_between_chinese_words(chinese: Catalog) -> None:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    seen, wrong = 0, []
    for path in sorted((ROOT / "qinghe").rglob("templates/**/*.html")):
        for msgid, kinds in values_of(engine.engine.from_string(path.read_text("utf-8")).nodelist):
            for text in strings(chinese, msgid):
                for name, kind in kinds.items():
                    seen += 1
                    wrong += [f"{path.name}: {each!r}" for each in faults_in(text, name, kind)]
    assert seen > 300
    assert wrong == [], "\n".join(wrong)


def test_no_sentence_has_a_blank_between_two_chinese_characters(chinese: Catalog) -> None:
    found = [
        text
        for message in chinese
        if message.id
        for text in strings(chinese, message.id)
        if re.search(rf"[{HAN}）”] +[{HAN}（“]", text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "kind", "wrong"),
    [
        ("请在 %(v)s前付清", "day", []),
        ("请在 %(v)s 前付清", "day", ["%(v)s 前"]),
        ("请在%(v)s前付清", "day", ["在%(v)s"]),
        ("共 %(v)s 笔", "digits", []),
        ("共 %(v)s笔", "digits", ["%(v)s笔"]),
        ("向%(v)s还款", "name", []),
        ("%(v)s 称还有", "name", ["%(v)s 称"]),
        ("（%(v)s）", "name", []),
    ],
)
def test_the_check_sees_what_it_is_for(text: str, kind: str, wrong: list[str]) -> None:
    assert list(faults_in(text, "v", kind)) == wrong

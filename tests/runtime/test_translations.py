from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from config import translations

PAGE = """
{% load i18n %}<p>{% translate "Kept" %}</p>
{% blocktranslate count n=days %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}
  {% translate "May" context "month" %}
"""
MODULE = """
from django.utils.translation import gettext_lazy as _
TEXT = _("Refused by {rule}")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "qinghe").mkdir()
    (tmp_path / "config").mkdir()
    (tmp_path / "qinghe" / "page.html").write_text(PAGE)
    (tmp_path / "qinghe" / "module.py").write_text(MODULE)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "locale")
    return tmp_path


def fill(project: Path, **words: str) -> None:
    catalogue = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    catalogue.add("Kept", words.get("kept", "已履行"))
    catalogue.add(("%(n)s day", "%(n)s days"), ["%(n)s 天"])
    catalogue.add("May", "五月", context="month")
    catalogue.add("Refused by {rule}", words.get("refused", "规则 {rule} 不允许"))
    path = project / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        write_po(out, catalogue)


def test_every_sentence_of_pages_and_modules_is_asked_for(project: Path) -> None:
    faults = translations.faults()

    assert len(faults) == 4
    assert any("'Kept'" in fault and "qinghe/page.html:2" in fault for fault in faults)
    assert any("'Refused by {rule}'" in fault for fault in faults)


def test_a_full_catalogue_has_no_fault(project: Path) -> None:
    fill(project)

    assert translations.faults() == []


def test_a_lost_placeholder_is_a_fault(project: Path) -> None:
    fill(project, refused="规则不允许")

    assert [fault for fault in translations.faults() if "placeholders" in fault]


def test_a_doubtful_translation_is_a_fault(project: Path) -> None:
    fill(project)
    path = project / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Kept"', '#, fuzzy\nmsgid "Kept"'))

    assert [fault for fault in translations.faults() if "fuzzy" in fault]


def test_an_update_adds_what_is_new_and_keeps_what_is_there(project: Path) -> None:
    fill(project)
    (project / "qinghe" / "more.py").write_text('_("New")\n')

    translations.update()

    assert len(translations.faults()) == 1
    assert "'New'" in translations.faults()[0]


def test_django_reads_what_is_compiled_and_nothing_is_compiled_twice(project: Path) -> None:
    fill(project)

    assert len(translations.compile_stale()) == 1
    assert translations.compile_stale() == []
    chinese = gettext.translation("django", project / "locale", ["zh_Hans"])
    assert chinese.gettext("Kept") == "已履行"
    assert chinese.ngettext("%(n)s day", "%(n)s days", 3) == "%(n)s 天"
    assert chinese.pgettext("month", "May") == "五月"

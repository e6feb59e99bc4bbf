"""What is drawn once is the same for everybody; what is one reader's own is only filled in."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.http import QueryDict
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.safestring import SafeString
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qinghe.market.queries.filters import HallFilters
from qinghe.web import stencils
from qinghe.web.collector.hallfilters import HANDS, NAMES, RATES, choices, filters_of
from qinghe.web.collector.hallform import form_of

TAKING = "web/collector/taking.html"
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(href=TEXTS, number=TEXTS)
def test_a_filled_stencil_is_the_template_drawn_with_its_values(href: str, number: str) -> None:
    shown: dict[str, Any] = {"takeable": True, "mode": "grab", "why_not": ""}
    template: Any = get_template(TAKING)
    source = template.template.source.replace('{% gap "href" %}', "{{ href }}").replace(
        '{% gap "number" %}', "{{ number }}"
    )
    plain = Template(source).render(Context({**shown, "href": href, "number": number}))
    assert stencils.stencil(TAKING, **shown).filled({"href": href, "number": number}) == plain


def test_what_is_known_safe_is_not_escaped_again_and_a_gap_without_a_value_is_empty() -> None:
    shape = stencils.Stencil("a", (("x", "b"), ("y", "c")))
    assert shape.filled({"x": SafeString("<i>")}) == "a<i>bc"
    assert shape.filled({"y": "<i>"}) == "ab&lt;i&gt;c"


def test_languages_and_values_are_kept_apart() -> None:
    drawn = set()
    for language in ("en", "zh-hans"):
        with override(language):
            for why_not in ("", "first", "second"):
                shown = {"takeable": False, "mode": "grab", "why_not": why_not}
                drawn.add(str(stencils.drawn(TAKING, **shown)))
    assert len(drawn) == 6


def test_a_stencil_sees_nothing_of_a_request() -> None:
    context = Context({"request": RequestFactory().get("/?q=secret"), "why_not": "secret"})
    for _turn in range(2):
        drawn = Template(f'{{% drawn "{TAKING}" takeable=False mode="grab" %}}').render(context)
        assert "secret" not in drawn


def _asked() -> st.SearchStrategy[HallFilters]:
    offered = choices()
    many = {
        "region": [code for code, _name in offered["provinces"]] + ["0", "330100"],
        "stage": [code for code, _name in offered["stages"]],
        "product": [code for code, _name in offered["products"]],
        "band": [index for index, _words in offered["bands"]],
    }
    one = {
        "kind": [code for code, _name in offered["kinds"]],
        "hand": HANDS,
        "rate": RATES,
        "currency": offered["currencies"],
        "order": [code for code, _words in offered["orders"]],
        "mode": [code for code, _words in offered["modes"]],
    }
    parts = {
        name: st.lists(st.sampled_from(each), max_size=3, unique=True)
        for name, each in many.items()
    }
    parts |= {name: st.lists(st.sampled_from(each), max_size=1) for name, each in one.items()}
    return st.fixed_dictionaries(parts).map(_read)


def _read(asked: dict[str, list[object]]) -> HallFilters:
    query = QueryDict(mutable=True)
    for name, values in asked.items():
        query.setlist(name, [str(value) for value in values])
    return filters_of(query)


# The first draw of a process reads the catalogues.
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(filters=_asked())
def test_the_form_comes_back_as_it_was_sent(filters: HallFilters) -> None:
    sent = _sent(form_of(filters))
    # A city is chosen on the map alone, and has no box.
    offered = {code for code, _name in choices()["provinces"]} | {"0"}
    wanted = {
        "region": {code for code in filters.regions if code in offered},
        "stage": set(filters.stages),
        "product": set(filters.products),
        "band": {str(index) for index in filters.bands},
        "kind": set(filters.kinds),
        "hand": {str(hand) for hand in filters.hands},
        "rate": {str(filters.min_commission)} if filters.min_commission else set(),
        "currency": {filters.currency} - {""},
        "order": {filters.order},
        "mode": {filters.mode} - {""},
    }
    assert {name: sent.get(name, set()) for name in NAMES} == wanted


def _sent(html: str) -> dict[str, set[str]]:
    """Return what a browser would send of a form, as far as something was chosen."""
    reader = _Reader()
    reader.feed(html)
    return reader.sent


class _Reader(HTMLParser):
    """Remembers chosen boxes and options, and hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, set[str]] = {}
        self.list_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.list_name = told.get("name") or "" if tag == "select" else self.list_name
        name = self.list_name if tag == "option" else told.get("name") or ""
        if "checked" in told or "selected" in told or told.get("type") == "hidden":
            self.sent.setdefault(name, set()).add(told.get("value") or "")

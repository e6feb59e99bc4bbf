"""The tags of `{% load qinghe %}` write what pages rely on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.translation import override

from qinghe.claims.terms import ClaimState
from qinghe.kernel import clock
from qinghe.web.badges import STATES
from qinghe.web.icons import ICONS
from qinghe.web.words import label

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load qinghe %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("stage", "drawn"),
    [("M3", '<span class="stg m3">M3</span>'), (9, '<span class="stg m7">M7+</span>')],
)
def test_a_stage_keeps_its_letters_and_its_step(stage: str | int, drawn: str) -> None:
    assert draw("{% stage_badge s %}", s=stage) == drawn


def test_an_icon_is_hidden_and_its_label_is_not() -> None:
    drawn = draw('{% icon "phone" "Call" %}')
    assert 'aria-hidden="true"' in drawn
    assert "icons.svg#phone" in drawn
    assert '<span class="vh">Call</span>' in drawn


def test_an_unknown_icon_is_an_error_not_a_gap() -> None:
    with pytest.raises(ValueError, match="unheard-of"):
        draw('{% icon "unheard-of" %}')


def test_a_notice_that_was_sent_is_not_called_by_the_head_of_a_column() -> None:
    with override("zh-hans"):
        assert label("used", "override") == "已发送"


def test_labels_are_escaped() -> None:
    assert "&lt;b&gt;" in draw("{% badge label %}", label="<b>")


def test_a_state_brings_its_own_words_tone_and_icon() -> None:
    with override("en"):
        drawn = draw("{% status_badge state %}", state=ClaimState.REJECTED)
    assert 'class="bdg bad"' in drawn
    assert "icons.svg#ban" in drawn
    assert "Rejected" in drawn


def test_every_look_uses_a_known_tone_and_icon() -> None:
    tones = {"", "ok", "warn", "bad", "acc", "line"}
    assert {look.tone for look in STATES.values()} <= tones
    assert {look.icon for look in STATES.values() if look.icon} <= set(ICONS)


def test_a_lifted_hold_turns_quiet_and_stays() -> None:
    assert 'class="bdg line"' in draw('{% hold "Dispute" lifted=True %}')


def test_an_absent_amount_moment_or_rate_is_a_dash() -> None:
    assert draw("{{ x|money }} {{ x|moment }} {{ x|day }} {{ x|percent }}", x=None) == "– – – –"


def test_money_is_a_tag_and_a_filter() -> None:
    assert draw('{% money 120 "USD" %} {{ 120|money:"USD" }}') == "$1.20 $1.20"


def test_when_carries_the_machine_time() -> None:
    with clock.at(NOON):
        drawn = draw("{% when at %}", at=NOON)
    assert drawn == '<time datetime="2026-11-23T04:00:00+00:00">11-23 12:00</time>'


def test_until_counts_to_the_second_and_never_below_zero() -> None:
    later = datetime(2026, 11, 23, 5, 2, 3, tzinfo=UTC)
    with clock.at(NOON):
        assert 'data-left="3723">01:02:03' in draw("{% until at %}", at=later)
    with clock.at(later):
        assert 'data-left="0">00:00:00' in draw("{% until at %}", at=NOON)


def test_query_changes_one_key_and_keeps_the_rest() -> None:
    request = RequestFactory().get("/hall/", {"stage": ["M1", "M2"], "page": "3", "sort": "age"})
    drawn = draw('{% query page=4 sort="" %}', request=request)
    assert drawn == "?stage=M1&amp;stage=M2&amp;page=4"


def test_pages_far_away_are_one_gap() -> None:
    drawn = draw(
        '{% include "components/pagination.html" %}',
        page=Paginator(range(500), 10).page(25),
        request=RequestFactory().get("/"),
    )
    assert drawn.count("…") == 2
    assert 'aria-current="page">25<' in drawn

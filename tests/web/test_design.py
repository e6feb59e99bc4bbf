"""The design's promises: contrast, weight, no inline style, icons that exist."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from config import assets
from qinghe.web.icons import ICONS

PACKAGE = Path(__file__).resolve().parents[2] / "qinghe"
CSS = "".join(f.read_text("utf-8") for f in sorted((PACKAGE / "web/static").glob("*.css")))
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
TOKEN = re.compile(r"--q-([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
GROUNDS = list(product(("office", "warm"), (0, 1)))
STYLED = set(re.findall(r"\.([a-zA-Z][\w-]*)", CSS))
# Beginnings of names that a number completes, and names that only say what a block is.
UNSTYLED = {"c", "m", "x", "hall", "bar"}
TEXT = 4.5
PAIRS = [
    *[("ink", on) for on in ("bg", "surface", "sunken", "t1", "t2", "t3", "t4", "t5")],
    *[("ink-2", on) for on in ("surface", "sunken", "accent-soft")],
    *[("ink-3", on) for on in ("bg", "surface", "sunken", "accent-soft")],
    *[("accent", on) for on in ("bg", "surface", "sunken")],
    ("accent-2", "accent-soft"),
    ("on-accent", "accent"),
    *[(tone, on) for tone in ("ok", "warn", "bad") for on in (f"{tone}-soft", "surface")],
    *[(series, "surface") for series in ("c2", "c3", "c4")],
    *[("m-lo", f"m{n}") for n in range(6)],
    *[("m-hi", "m6"), ("m-hi", "m7"), ("t-hi", "t6"), ("t-hi", "t7")],
]


def tokens() -> dict[str, dict[str, tuple[str, str]]]:
    start, warm = CSS.split(".warm {", 1)
    office = {name: (light, dark) for name, light, dark in TOKEN.findall(start)}
    own = {name: (light, dark) for name, light, dark in TOKEN.findall(warm.split("}", 1)[0])}
    return {"office": office, "warm": office | own}


COLOURS = tokens()


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(room: str, mode: int, one: str, other: str) -> float:
    lights = sorted(luminance(COLOURS[room][name][mode]) for name in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize(("room", "mode"), GROUNDS)
def test_every_text_is_readable_on_its_ground(room: str, mode: int) -> None:
    weak = {pair: round(contrast(room, mode, *pair), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < TEXT} == {}


@pytest.mark.parametrize(("room", "mode"), GROUNDS)
def test_borders_of_inputs_can_be_seen(room: str, mode: int) -> None:
    assert contrast(room, mode, "field", "surface") >= 3


def test_the_stylesheet_stays_light() -> None:
    assert len(CSS.encode()) <= 60_000


def test_no_colour_is_written_outside_the_tokens() -> None:
    rules = CSS.split("/* ---- 2.", 1)[1].split("/* ---- 10.", 1)[0]
    # A QR code is black on white in every theme, or cameras do not read it.
    found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules))
    assert found <= {"#fff"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_template_styles_or_scripts_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle=|<style\b|\son\w+=\"", text)
    scripts = re.findall(r"<script\b[^>]*>", text)
    assert all("src=" in tag or "application/json" in tag for tag in scripts)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_icon_named_in_a_template_is_in_the_sprite(path: Path) -> None:
    named = re.findall(r"{%\s*icon \"([^\"]+)\"|\bicon=\"([^\"]+)\"", path.read_text("utf-8"))
    assert {a or b for a, b in named} <= set(ICONS)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_class_a_template_names_is_in_the_stylesheet(path: Path) -> None:
    words = re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text("utf-8"), flags=re.DOTALL)
    named = {word for value in re.findall(r'class="([^"]*)"', words) for word in value.split()}
    assert named - STYLED - UNSTYLED == set()


def test_icons_are_listed_once_and_in_order() -> None:
    assert list(ICONS) == sorted(set(ICONS))


def test_the_sprite_holds_every_icon_without_colours_of_its_own() -> None:
    outline = assets.NODE / "@tabler" / "icons" / "icons" / "outline"
    if not outline.is_dir():
        pytest.skip("front-end packages are not installed")
    sprite = assets.sprite(ICONS, outline)
    assert re.findall(r'<symbol id="([^"]+)"', sprite) == list(ICONS)
    assert "stroke=" not in sprite
    assert len(sprite) <= 45_000


def test_a_symbol_loses_the_bounding_box_and_keeps_the_shape() -> None:
    source = (
        '<svg><path stroke="none" d="M0 0h24v24H0z" fill="none" />\n<path\n  d="M5 4h4" /></svg>'
    )
    assert assets.symbol("x", source) == (
        '<symbol id="x" viewBox="0 0 24 24"><path d="M5 4h4"/></symbol>'
    )

"""
Copies what pages need from `node_modules` into `qinghe/web/static/vendor/`; there is no bundler.

Run as `python -m config.assets`. The stylesheet is our own: of Tabler only the icons pay for
their weight (its full CSS is 635 kB, its icon font 507 kB; our sprite is under 45 kB).
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from qinghe.web.icons import ICONS

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "node_modules"
VENDOR = ROOT / "qinghe" / "web" / "static" / "vendor"

# The "common" build of ECharts has lines, bars, tooltips and limit lines: all that pages draw.
COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.common.min.js": "echarts.min.js",
}
SHAPE = re.compile(r"<(?:path|circle|line|rect|ellipse|polyline|polygon)\b[^>]*/>", re.DOTALL)
SPACE = re.compile(r"\s+")


def symbol(name: str, source: str) -> str:
    """Return one Tabler icon as a sprite symbol; colour and width come from the page's CSS."""
    shapes = [SPACE.sub(" ", s).replace(" />", "/>") for s in SHAPE.findall(source)]
    drawn = "".join(s for s in shapes if 'd="M0 0h24v24H0z"' not in s)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>'


def sprite(icons: tuple[str, ...], folder: Path) -> str:
    """
    Return the sprite of the icons named.

    :raises FileNotFoundError: a name that Tabler's outline set does not have
    """
    parts = [symbol(name, (folder / f"{name}.svg").read_text("utf-8")) for name in icons]
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>\n'


def build() -> list[Path]:
    """Write the vendor folder anew and return its files."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, name in COPIES.items():
        text = (NODE / source).read_text("utf-8")
        # Source maps are not shipped; a manifest storage would look for them.
        lines = [line for line in text.splitlines() if not line.startswith("//# sourceMappingURL")]
        (VENDOR / name).write_text("\n".join(lines) + "\n", "utf-8")
    outline = NODE / "@tabler" / "icons" / "icons" / "outline"
    (VENDOR / "icons.svg").write_text(sprite(ICONS, outline), "utf-8")
    for package, name in (
        ("@tabler/icons", "tabler"),
        ("htmx.org", "htmx"),
        ("echarts", "echarts"),
    ):
        shutil.copy(NODE / package / "LICENSE", VENDOR / f"{name}.LICENSE.txt")
    return sorted(VENDOR.iterdir())


def main() -> int:
    """Build, or say what to do first."""
    if not NODE.is_dir():
        print("node_modules is missing: run `make setup` first.", file=sys.stderr)
        return 2
    for path in build():
        print(f"{path.stat().st_size:>9,}  {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

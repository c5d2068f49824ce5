"""Draws the pictures of the documents: `docs/pictures/NAME.toml`, boxes on a grid and arrows, becomes `NAME.svg`.

A box has `at`, its column and row, `title`, `lines`, and `id`, the names that its parts have in the template. `span`
makes it larger, `kind` chooses its colour. An arrow goes straight from one box to another that is beside it or below
it; `says` stands at it, and what comes `back` at a second one. A `frame` is drawn around boxes, `heads` stand above
the columns.
"""

from __future__ import annotations

import tomllib
from html import escape
from typing import NamedTuple, NotRequired, TypedDict, cast

from workbench import ROOT

PICTURES = ROOT / "docs" / "pictures"
MARGIN = 24
# Both looks bring a ground of their own: a reader's system may be dark and the page around the picture light.
STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 14px }
.quiet { fill: #59636e }
.id { font: 11px ui-monospace, Menlo, Consolas, monospace; fill: #59636e }
rect { stroke-width: 1.5 }
.ground { fill: #fff; stroke: #d1d9e0 }
.frame { fill: none; stroke: #818b98; stroke-dasharray: 4 4 }
.people { fill: #f6f8fa; stroke: #818b98 }
.strangers { fill: #fff1e5; stroke: #bc4c00 }
.ours { fill: #ddf4ff; stroke: #0969da }
.place { fill: #dafbe1; stroke: #1a7f37 }
.line { stroke: #59636e; stroke-width: 1.5; fill: none }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.quiet, .id { fill: #9198a1 }
.ground { fill: #0d1117; stroke: #3d444d }
.frame { stroke: #9198a1 }
.people { fill: #212830; stroke: #9198a1 }
.strangers { fill: #3d1f0d; stroke: #db6d28 }
.ours { fill: #10294d; stroke: #4493f8 }
.place { fill: #0f2f1c; stroke: #3fb950 }
.line { stroke: #9198a1 }
}
"""
TIP = """<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path class="line" d="M1 1 7 4 1 7"/></marker>"""


class Area(NamedTuple):
    """A rectangle of the picture, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Where it ends below."""
        return self.y + self.height


class Box(TypedDict):
    """A box at a column and a row."""

    name: str
    kind: str
    title: str
    lines: list[str]
    at: list[int]
    span: NotRequired[list[int]]
    id: NotRequired[str]


class Frame(TypedDict):
    """A frame around boxes."""

    around: list[str]
    says: str


# An arrow from a box to another one, and what it says there and back
Arrow = TypedDict("Arrow", {"from": str, "to": str, "says": str | list[str], "back": NotRequired[str]})


class Picture(TypedDict):
    """A picture's text."""

    title: str
    about: str
    columns: list[int]
    rows: list[int]
    gap: list[int]
    heads: NotRequired[list[str]]
    frame: NotRequired[list[Frame]]
    box: list[Box]
    arrow: list[Arrow]


class Grid:
    """Where the columns and rows of a picture lie."""

    def __init__(self, picture: Picture) -> None:
        """Lay out the columns and rows with their gaps."""
        self._columns, self._rows = picture["columns"], picture["rows"]
        self._gap = picture["gap"]
        self._top = MARGIN + (24 if "heads" in picture or "frame" in picture else 0)
        whole = self.area([0, 0], [len(self._columns), len(self._rows)])
        self.size = whole.right + MARGIN, whole.bottom + MARGIN

    def area(self, at: list[int], span: list[int]) -> Area:
        """The area of a box at this column and row."""
        (x, width), (y, height) = (
            _stretch(sizes, gap, place, count)
            for sizes, gap, place, count in zip((self._columns, self._rows), self._gap, at, span, strict=True)
        )
        return Area(MARGIN + x, self._top + y, width, height)


def draw(source: str) -> str:
    """The SVG of a picture's text."""
    picture = cast("Picture", tomllib.loads(source))
    grid = Grid(picture)
    areas = {box["name"]: grid.area(box["at"], box.get("span", [1, 1])) for box in picture["box"]}
    width, height = grid.size
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" role="img">',
            f"<title>{escape(picture['title'])}</title>",
            f"<desc>{escape(picture['about'])}</desc>",
            f"<style>{STYLE}</style>",
            TIP,
            _rectangle(Area(0.5, 0.5, width - 1, height - 1), "ground"),
            *(_heads(picture["heads"], grid) if "heads" in picture else ()),
            *(part for frame in picture.get("frame", ()) for part in _frame(frame, areas)),
            *(part for box in picture["box"] for part in _box(box, areas[box["name"]])),
            *(part for arrow in picture["arrow"] for part in _arrow(arrow, areas)),
            "</svg>\n",
        ]
    )


def _stretch(sizes: list[int], gap: int, place: int, count: int) -> tuple[float, float]:
    begin = sum(sizes[:place]) + gap * place
    return begin, sum(sizes[place : place + count]) + gap * (count - 1)


def _heads(heads: list[str], grid: Grid) -> list[str]:
    areas = [grid.area([column, 0], [1, 1]) for column in range(len(heads))]
    return [_text(area.x + area.width / 2, MARGIN + 8, head, "quiet") for area, head in zip(areas, heads, strict=True)]


def _frame(frame: Frame, areas: dict[str, Area]) -> list[str]:
    inner = [areas[name] for name in frame["around"]]
    x, y = min(area.x for area in inner) - 12, min(area.y for area in inner) - 28
    area = Area(x, y, max(area.right for area in inner) + 12 - x, max(area.bottom for area in inner) + 12 - y)
    return [_rectangle(area, "frame"), _text(x + area.width / 2, y + 18, frame["says"], "quiet")]


def _box(box: Box, area: Area) -> list[str]:
    lines = [(box["title"], "title"), *((line, "quiet") for line in box["lines"])]
    lines += [(box["id"], "id")] if "id" in box else []
    first = area.y + area.height / 2 - 9 * (len(lines) - 1) + 5
    middle = area.x + area.width / 2
    return [
        _rectangle(area, box["kind"]),
        *(_text(middle, first + 18 * number, line, kind) for number, (line, kind) in enumerate(lines) if line),
    ]


def _arrow(arrow: Arrow, areas: dict[str, Area]) -> list[str]:
    one, other = areas[arrow["from"]], areas[arrow["to"]]
    says = arrow["says"] if isinstance(arrow["says"], list) else [arrow["says"]]
    if one.right < other.x:  # beside it
        y = (max(one.y, other.y) + min(one.bottom, other.bottom)) / 2
        middle = (one.right + other.x) / 2
        if "back" not in arrow:
            return [_line(one.right, y, other.x, y), _text(middle, y - 8, says[0], "quiet")]
        there = [_line(one.right, y - 12, other.x, y - 12), _text(middle, y - 20, says[0], "quiet")]
        return [*there, _line(other.x, y + 12, one.right, y + 12), _text(middle, y + 30, arrow["back"], "quiet")]
    x = (max(one.x, other.x) + min(one.right, other.right)) / 2
    first = (one.bottom + other.y) / 2 - 8 * (len(says) - 1) + 4
    texts = [_text(x + 10, first + 16 * number, word, "quiet", "start") for number, word in enumerate(says)]
    return [_line(x, one.bottom, x, other.y), *texts]


def _rectangle(area: Area, kind: str) -> str:
    place = f'x="{area.x:g}" y="{area.y:g}" width="{area.width:g}" height="{area.height:g}"'
    return f'<rect class="{kind}" {place} rx="8"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path class="line" d="M{x1:g} {y1:g} {x2:g} {y2:g}" marker-end="url(#tip)"/>'


def _text(x: float, y: float, words: str, kind: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def main() -> None:
    """Draw every picture anew."""
    for source in sorted(PICTURES.glob("*.toml")):
        source.with_suffix(".svg").write_text(draw(source.read_text()))


if __name__ == "__main__":
    main()

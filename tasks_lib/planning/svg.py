"""The dependency graph as one SVG file that needs nothing else: phases side by side, waves as columns."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape

from tasks_lib.backlog.figures import format_tokens
from tasks_lib.backlog.model import Backlog, Item, ItemId
from tasks_lib.planning.graph import COLOURS, edges
from tasks_lib.planning.order import layers_of, weights_of
from tasks_lib.planning.words import clipped, phase_title

_WIDTH, _HEIGHT = 216, 62
_COLUMN, _ROW = 268, 78
_MARGIN, _TOP = 24, 84

_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1b1f24 }
.title { font-size: 15px; font-weight: 600 }
.id { font-weight: 600 }
.small { font-size: 11px; fill: #4a5460 }
.band { fill: #8894a3; fill-opacity: .08 }
.edge { fill: none; stroke: #8894a3; stroke-width: 1.3; stroke-opacity: .75 }
.critical { stroke-width: 3 }
@media (prefers-color-scheme: dark) { .title, .key { fill: #e6eaef } }
"""

_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Place:
    """The upper left corner of an item's box, in pixels."""

    x: int
    y: int


@dataclass(frozen=True, slots=True)
class _Band:
    """A phase: its title, where it begins and how wide it is, in pixels."""

    title: str
    x: int
    width: int


def svg(backlog: Backlog, critical: Collection[ItemId] = ()) -> str:
    """Return the picture; the boxes of ``critical`` items have a thick border."""
    places, bands = _layout(backlog)
    right = max((band.x + band.width for band in bands), default=0)
    width = max(right + _MARGIN, _MARGIN + 150 * len(COLOURS))
    height = max((place.y for place in places.values()), default=_TOP) + _HEIGHT + 2 * _MARGIN
    emphasised = frozenset(critical)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"',
        f' viewBox="0 0 {width} {height}" role="img" aria-label="Dependencies of the items">',
        f"<style>{_STYLE}</style>",
        *_legend(),
        *(_band(band, height) for band in bands),
        *(_edge(places[ItemId(one)], places[ItemId(other)]) for one, other in edges(backlog)),
        *(_box(item, places[item.id], critical=item.id in emphasised) for item in backlog),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _layout(backlog: Backlog) -> tuple[dict[ItemId, _Place], list[_Band]]:
    places: dict[ItemId, _Place] = {}
    bands: list[_Band] = []
    left = _MARGIN
    for phase in backlog.phases:
        items = backlog.phase(phase.number)
        waves = layers_of(items, weights_of(items)).waves
        width = max(1, len(waves)) * _COLUMN
        bands.append(_Band(phase_title(phase.number, phase.title), left, width - _MARGIN))
        for column, wave in enumerate(waves):
            x = left + column * _COLUMN + (_COLUMN - _MARGIN - _WIDTH) // 2
            for row, item in enumerate(_untangled(backlog, wave, places)):
                places[item] = _Place(x, _TOP + _MARGIN + row * _ROW)
        left += width
    return places, bands


def _untangled(
    backlog: Backlog, wave: Collection[ItemId], places: dict[ItemId, _Place]
) -> Collection[ItemId]:
    """Sort a wave by the mean height of what its items depend on, so that fewer arrows cross."""

    def height(item: ItemId) -> float:
        heights = [places[other].y for other in backlog[item].depends_on if other in places]
        return sum(heights) / len(heights) if heights else float("inf")

    return sorted(wave, key=height)


def _legend() -> Iterator[str]:
    for number, (status, (fill, line)) in enumerate(COLOURS.items()):
        x = _MARGIN + number * 140
        yield f'<rect x="{x}" y="18" width="16" height="16" rx="4" fill="{fill}" stroke="{line}"/>'
        yield f'<text class="key" x="{x + 23}" y="31">{status}</text>'


def _band(band: _Band, height: int) -> str:
    return (
        f'<rect class="band" x="{band.x}" y="50" width="{band.width}" height="{height - 62}" rx="10"/>'
        f'<text class="title" x="{band.x + 14}" y="76">{_text(band.title)}</text>'
    )


def _edge(one: _Place, other: _Place) -> str:
    start, end = one.x + _WIDTH, other.x
    bend = max(24, (end - start) // 2)
    upper, lower = one.y + _HEIGHT // 2, other.y + _HEIGHT // 2
    return (
        f'<path class="edge" d="M{start} {upper}C{start + bend} {upper} {end - bend} {lower} {end} {lower}"/>'
    )


def _box(item: Item, place: _Place, *, critical: bool) -> str:
    fill, line = COLOURS[item.status]
    kind = ' class="critical"' if critical else ""
    estimate = f" · {format_tokens(item.estimate)}" if item.estimate else ""
    x = f"{place.x + 11}"
    return (
        f"<g><title>{_text(f'{item.id}: {item.description}')}</title>"
        f'<rect{kind} x="{place.x}" y="{place.y}" width="{_WIDTH}" height="{_HEIGHT}" rx="8" '
        f'fill="{fill}" stroke="{line}"/>'
        f'<text class="id" x="{x}" y="{place.y + 19}">{_text(item.id)}</text>'
        f'<text class="small" x="{x}" y="{place.y + 36}">{_text(clipped(item.description, 34))}</text>'
        f'<text class="small" x="{x}" y="{place.y + 52}">{item.status}{estimate}</text></g>'
    )


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))

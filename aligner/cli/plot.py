"""A reliability diagram as SVG: how sure the aligner was, against how often it was right."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from aligner.errors import UsageError

Plot = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Draw the confidence against the share that is right, as an .svg picture."),
]

# In pixels. The diagram is a square, the histogram below it as wide.
WIDTH, HEIGHT = 460, 570
LEFT, TOP, SIDE = 64, 64, 370
BASE, TALLEST = 518, 56

_HEAD = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" \
role="img" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="#24292f">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"""
_GRID, _AXIS, _FAINT, _MARK = "#e4e7eb", "#8b949e", "#57606a", "#0969da"


def check_plot(path: Path) -> None:
    """Raise UsageError for a suffix other than ``.svg``, OutputError if the file can't be written."""
    from aligner.exporting.files import check_writable

    if path.suffix.lower() != ".svg":
        raise UsageError(f"{path} can't be a plot. Give it the suffix .svg; any browser shows such a picture.")
    check_writable(path)


def write_plot(path: Path, judged: Sequence[tuple[float, bool]]) -> None:
    """Write the diagram of (confidence, right) judgements, whole or not at all."""
    from aligner.exporting.files import write_file

    picture = reliability_diagram(judged).encode()
    write_file(path, lambda stream: stream.write(picture))
    typer.echo(f"Wrote {path}", err=True)


def reliability_diagram(judged: Sequence[tuple[float, bool]]) -> str:
    """The SVG: for each bin of confidences the share of its beads that is right, and below, how many they are.

    The whiskers are 95% intervals, since a bin may hold few beads; of well calibrated ones most touch the diagonal.
    """
    from aligner.evaluation import CALIBRATION_BINS, calibration

    error, bins = calibration(judged)
    counts = Counter(min(int(confidence * CALIBRATION_BINS), CALIBRATION_BINS - 1) for confidence, _ in judged)
    parts = [_HEAD, *_title(error, len(judged)), *_axes()]
    for entry in bins:
        parts += _point(entry.confidence, entry.right, entry.count)
    return "\n".join([*parts, *_histogram(counts, CALIBRATION_BINS), "</svg>", ""])


def _title(error: float, count: int) -> Iterator[str]:
    title = f"Reliability: expected calibration error {error:.3f}"
    yield f"<title>{title}, {count:,} beads</title>"
    yield _text(20, 26, title, 'font-size="15" font-weight="600"')
    yield _text(20, 46, f"{count:,} beads in bins by confidence; lines are 95% intervals", f'fill="{_FAINT}"')


def _axes() -> Iterator[str]:
    """The grid with its figures, the diagonal, and what the axes mean."""
    for step in range(6):
        share = step / 5
        yield _line((_x(0), _y(share)), (_x(1), _y(share)), f'stroke="{_GRID}"')
        yield _line((_x(share), _y(0)), (_x(share), _y(1)), f'stroke="{_GRID}"')
        yield _text(LEFT - 8, _y(share) + 4, f"{share:.1f}", 'text-anchor="end"')
        yield _text(_x(share), BASE + 18, f"{share:.1f}", 'text-anchor="middle"')
    yield _line((_x(0), _y(0)), (_x(1), _y(1)), f'stroke="{_AXIS}" stroke-dasharray="5 4"')
    yield _line((LEFT, BASE), (LEFT + SIDE, BASE), f'stroke="{_AXIS}"')
    middle = TOP + SIDE / 2
    yield _text(20, middle, "share that is right", f'text-anchor="middle" transform="rotate(-90 20 {middle:g})"')
    yield _text(LEFT + SIDE / 2, BASE + 40, "confidence", 'text-anchor="middle"')
    middle = BASE - TALLEST / 2
    yield _text(20, middle, "beads", f'text-anchor="middle" transform="rotate(-90 20 {middle:g})"')


def _point(confidence: float, right: float, count: int) -> Iterator[str]:
    x = _x(confidence)
    low, high = _interval(right, count)
    yield _line((x, _y(low)), (x, _y(high)), f'stroke="{_MARK}" stroke-width="2" stroke-opacity=".4"')
    note = f"{count:,} beads, mean confidence {confidence:.3f}, {right:.3f} right"
    yield f'<circle cx="{x:.1f}" cy="{_y(right):.1f}" r="5" fill="{_MARK}"><title>{note}</title></circle>'


def _interval(share: float, count: int) -> tuple[float, float]:
    """The 95% score interval of a share (Wilson 1927), which holds for few beads and for shares of 0 and 1 too."""
    z = 1.96
    centre = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    scale = 1 + z * z / count
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def _histogram(counts: Mapping[int, int], bins: int) -> Iterator[str]:
    width = SIDE / bins
    for number, count in sorted(counts.items()):
        left, height = LEFT + number * width, max(1, TALLEST * count / max(counts.values()))
        size = f'width="{width - 4:.1f}" height="{height:.1f}"'
        yield f'<rect x="{left + 2:.1f}" y="{BASE - height:.1f}" {size} fill="{_MARK}" fill-opacity=".35"/>'
        yield _text(left + width / 2, BASE - height - 4, f"{count:,}", 'text-anchor="middle" font-size="11"')


def _x(confidence: float) -> float:
    return LEFT + SIDE * confidence


def _y(share: float) -> float:
    return TOP + SIDE * (1 - share)


def _line(start: tuple[float, float], end: tuple[float, float], style: str) -> str:
    return f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" {style}/>'


def _text(x: float, y: float, words: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{words}</text>'

"""Charts as HTML and inline SVG, which take their colours from the page; every chart has its figures as text too."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

WIDTH, HEIGHT = 420, 170  # of a histogram, in pixels
LEFT, RIGHT, TOP, BASE = 8, 8, 20, 140
COLOURS = 7
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")

Counts = Sequence[tuple[str, int]]


def escaped(text: object) -> str:
    r"""Any text as part of a page: markup is shown as it is, and what pages must not hold left out.

    >>> escaped("<b>1 & 2</b>\x00")
    '&lt;b&gt;1 &amp; 2&lt;/b&gt;'
    """
    return html.escape(_CONTROL.sub("", str(text)))


def share(count: int, total: int) -> str:
    """A share in words that don't round to a lie.

    >>> share(1, 2), share(1, 99999), share(99998, 99999), share(0, 0)
    ('50.0%', 'under 0.1%', 'over 99.9%', '0%')
    """
    if not total or not count:
        return "0%"
    percent = 100 * count / total
    if percent < 0.1:
        return "under 0.1%"
    return "over 99.9%" if 99.9 < percent < 100 else f"{percent:.1f}%" if percent < 100 else "100%"


def card(title: str, note: str, content: str, *, wide: bool = False) -> str:
    """A chart with its title and a sentence on what it shows."""
    kind = "card wide" if wide else "card"
    head = f"<figcaption><h3>{escaped(title)}</h3><p class='note'>{escaped(note)}</p></figcaption>"
    return f"<figure class='{kind}'>{head}{content}</figure>\n"


def strip(counts: Counts) -> str:
    """Parts of a whole as one bar; what is beyond the colours there are is drawn as one. The legend has the figures."""
    total = sum(count for _, count in counts)
    shown = [(name, count) for name, count in counts if count]
    if len(shown) > COLOURS:
        rest = sum(count for _, count in shown[COLOURS - 1 :])
        shown = [*shown[: COLOURS - 1], (f"{len(shown) - COLOURS + 1} others", rest)]
    parts = "".join(f"<i class='k{colour}' style='flex:{count} 1 0'></i>" for colour, (_, count) in enumerate(shown))
    legend = "".join(
        f"<li><i class='k{colour}'></i>{escaped(name)} <span>{count:,} ({share(count, total)})</span></li>"
        for colour, (name, count) in enumerate(shown)
    )
    return f"<div class='strip' aria-hidden='true'>{parts}</div><ul class='legend'>{legend}</ul>"


def bars(counts: Counts, total: int, heads: tuple[str, str], *, most: int = 12) -> str:
    """Names with bars and figures, the largest first; the shares are of ``total``."""
    largest = max((count for _, count in counts), default=1)
    rows = [
        f"<tr><td>{escaped(name)}<i aria-hidden='true' style='width:{100 * count / max(largest, 1):.1f}%'></i></td>"
        f"<td class='n'>{count:,}</td><td class='n count'>{share(count, total)}</td></tr>"
        for name, count in counts[:most]
    ]
    if len(counts) > most:
        rest = sum(count for _, count in counts[most:])
        name = f"{len(counts) - most:,} more"
        rows.append(f"<tr><td>{name}</td><td class='n'>{rest:,}</td><td class='n count'>{share(rest, total)}</td></tr>")
    head = "".join(f"<th scope='col' class='n'>{name}</th>" for name in (heads[1], "Share"))
    head = f"<thead><tr><th scope='col'>{heads[0]}</th>{head}</tr></thead>"
    return f"<table class='bars'>{head}<tbody>{''.join(rows)}</tbody></table>"


def histogram(counts: Sequence[int], edges: Sequence[float], ticks: Sequence[tuple[float, str]]) -> str:
    """Counts between edges as columns, ``ticks`` by place among the columns."""
    largest, width = max(*counts, 1), (WIDTH - LEFT - RIGHT) / len(counts)
    total = sum(counts)
    parts = []
    for place, count in enumerate(counts):
        if count:
            height = max(1.5, (BASE - TOP) * count / largest)
            label = f"{edges[place]:.3g} to {edges[place + 1]:.3g}: {count:,} ({share(count, total)})"
            parts.append(
                f"<rect class='bar' x='{LEFT + place * width + 1:.1f}' y='{BASE - height:.1f}' "
                f"width='{width - 2:.1f}' height='{height:.1f}'><title>{label}</title></rect>"
            )
    parts.append(f"<line class='axis' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{BASE}' y2='{BASE}'/>")
    for tick, name in ticks:
        x = LEFT + tick * width
        anchor = "start" if tick == 0 else "end" if tick == len(counts) else "middle"
        parts.append(f"<text x='{x:.1f}' y='{BASE + 18}' text-anchor='{anchor}'>{escaped(name)}</text>")
    peak = max(range(len(counts)), key=lambda place: counts[place])
    x = min(max(LEFT + (peak + 0.5) * width, LEFT + 30), WIDTH - RIGHT - 30)
    parts.append(f"<text class='value' x='{x:.1f}' y='{TOP - 6}' text-anchor='middle'>{counts[peak]:,}</text>")
    picture = f"<svg viewBox='0 0 {WIDTH} {HEIGHT - 4}' aria-hidden='true'>{''.join(parts)}</svg>"
    return picture + _as_table(counts, edges, total)


def _as_table(counts: Sequence[int], edges: Sequence[float], total: int) -> str:
    rows = "".join(
        f"<tr><td>{edges[place]:.3g} to {edges[place + 1]:.3g}</td><td class='n'>{count:,}</td>"
        f"<td class='n'>{share(count, total)}</td></tr>"
        for place, count in enumerate(counts)
        if count
    )
    return f"<details><summary>Figures</summary><table><tbody>{rows}</tbody></table></details>"

"""The report of a finished corpus: one page that needs nothing but a browser, and shows how good the corpus is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import resources
from string import Template
from typing import Any

from aligner.corpus.charts import bars, card, escaped, histogram, share, strip
from aligner.corpus.documents import ALIGNED
from aligner.corpus.duplicates import DUPLICATE, NEAR_DUPLICATE
from aligner.corpus.figures import (
    CONFIDENCE_EDGES,
    LENGTH_EDGES,
    RATIO_EDGES,
    Figures,
    Samples,
    gather,
)
from aligner.corpus.figures import histogram as inner

SURE = 0.95
SCRIPTS = {"zh-CN": "Simplified", "zh-TW": "Traditional"}


def report(directory: str) -> str:
    """The report page of a finished corpus folder, as HTML. The same corpus gives the same page.

    Raises InputError where the folder holds no finished corpus.
    """
    figures = gather(str(directory))
    template = resources.files("aligner.corpus").joinpath("assets/report.html").read_text("utf-8")
    return Template(template).substitute(title="Parallel corpus", body="\n".join(_body(figures)))


def _body(figures: Figures) -> Iterator[str]:
    yield _head(figures)
    yield "<h2>What became of the documents</h2>"
    yield _documents(figures)
    yield "<h2>What became of the pairs</h2>"
    yield _pairs(figures)
    if figures.pairs:
        yield "<h2>The corpus</h2>"
        yield "<div class='grid'>" + "".join(_charts(figures)) + "</div>"
        yield "<h2>Pairs to look at</h2><p class='lead'>Drawn evenly over the corpus.</p>"
        yield "".join(_samples(name, samples) for name, samples in figures.samples.items() if samples.rows)
    if figures.filtered_samples:
        yield "<h2>Pairs that were left out</h2>"
        yield _left_out(figures)
    if figures.lines:
        yield "<h2>Lines that are in no pair</h2>"
        yield "<p class='lead'>Sentences without a counterpart, menus, adverts, lists of headlines.</p>"
        yield f"<div class='card'>{bars(_ranked(figures.lines), figures.lines.total(), ('Reason', 'Lines'))}</div>"
    yield "<h2>How it was made</h2>"
    yield _settings(figures)


def _head(figures: Figures) -> str:
    sure = share(sum(inner(figures.confidences)[-1:]), figures.pairs)
    tiles = [
        (_short(figures.pairs), "pairs in the corpus"),
        (_short(figures.characters["en"]), "characters of English"),
        (_short(figures.characters["zh"]), "characters of Chinese"),
        (sure, f"of the pairs have a confidence of {SURE} or more"),
        (_short(figures.documents), "documents in the input"),
        (share(figures.outcomes[ALIGNED], figures.documents), "of them gave pairs"),
    ]
    items = "".join(f"<li><b>{escaped(value)}</b><span>{escaped(name)}</span></li>" for value, name in tiles)
    return (
        "<h1>English–Chinese parallel corpus</h1>"
        f"<p class='lead'>{_sentence(figures)}</p><ul class='tiles'>{items}</ul>"
    )


def _short(count: int) -> str:
    """A count that fits a tile.

    >>> _short(46176), _short(3986755), _short(2 * 10**9)
    ('46,176', '3.99 million', '2.00 billion')
    """
    for unit, size in (("billion", 10**9), ("million", 10**6)):
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count:,}"


def _sentence(figures: Figures) -> str:
    """The corpus in a sentence."""
    if not figures.documents:
        return "The input held no document."
    left = figures.filtered.total()
    return (
        f"{figures.outcomes[ALIGNED]:,} of {figures.documents:,} documents were aligned. Of their "
        f"{figures.pairs + left:,} pairs {figures.pairs:,} are in the corpus; the other {left:,} were left out, each "
        "with its reason."
    )


def _documents(figures: Figures) -> str:
    outcomes = sorted(figures.outcomes.items(), key=lambda entry: (entry[0] != ALIGNED, -entry[1], entry[0]))
    parts = [card("Documents by outcome", "Every document of the input is counted once.", strip(outcomes), wide=True)]
    if figures.matches:
        matches = _ranked(figures.matches)
        note = "Files in one language, matched with their translations by meaning and length; a match counts once."
        parts.append(card("Matching", note, strip(matches), wide=True))
    rows = "".join(
        f"<tr><td>{escaped(outcome)}</td><td>{escaped(row['document'])}</td><td>{escaped(row['detail'])}</td></tr>"
        for outcome, samples in sorted(figures.failures.items())
        for _, row in samples.rows
    )
    if rows:
        head = "<tr><th scope='col'>Outcome</th><th scope='col'>Document</th><th scope='col'>Message</th></tr>"
        table = f"<table class='outcomes'><thead>{head}</thead><tbody>{rows}</tbody></table>"
        parts.append(
            card("Documents without pairs", "Two of each outcome; the table of documents has all.", table, wide=True)
        )
    return f"<div class='grid'>{''.join(parts)}</div>"


def _pairs(figures: Figures) -> str:
    counts = [("kept", figures.pairs), *_ranked(figures.filtered)]
    equal, near = figures.filtered[DUPLICATE], figures.filtered[NEAR_DUPLICATE]
    note = f"{equal:,} equal a pair that stays, {near:,} are nearly the same as one." if equal or near else ""
    return f"<div class='grid'>{card('Pairs by what became of them', note, strip(counts), wide=True)}</div>"


def _charts(figures: Figures) -> Iterator[str]:
    confidences = inner(figures.confidences)
    first = next((place for place, count in enumerate(confidences) if count), 0) // 2 * 2
    edges = [float(edge) for edge in CONFIDENCE_EDGES[first:]]
    ticks: list[tuple[float, str]] = [(place, f"{edges[place]:.1f}") for place in range(0, len(edges), 2)]
    yield card(
        "Confidence",
        "The probability that a pair is right, as the aligner estimates it.",
        histogram(confidences[first:], edges, ticks),
    )
    ratio_edges = [float(edge) for edge in RATIO_EDGES]
    ticks = [(_place(ratio_edges, value), f"{value}") for value in (0.1, 0.2, 0.3, 0.5, 1.0, 2.0)]
    yield card(
        "Length ratio",
        "Characters of Chinese for one of English; about 0.3 is usual.",
        histogram(inner(figures.ratios), ratio_edges, ticks),
    )
    lengths = [float(edge) for edge in LENGTH_EDGES]
    ticks = [(place, f"{lengths[place]:.0f}") for place in range(0, len(lengths) - 1, 5)]
    yield card(
        "Length",
        "Characters of English; the last column has all longer ones.",
        histogram(inner(figures.lengths), lengths, ticks),
    )
    beads = bars(_ranked(figures.beads), figures.pairs, ("English–Chinese", "Pairs"), most=8)
    yield card("Bead types", "How many sentences of each language make up a pair.", beads)
    scripts = Counter({SCRIPTS.get(name, name): count for name, count in figures.scripts.items() if name})
    yield card(
        "Script",
        "Documents by how their Chinese is written.",
        bars(_ranked(scripts), scripts.total(), ("Script", "Documents")),
    )
    if figures.flags:
        flags = bars(_ranked(figures.flags), figures.pairs, ("Flag", "Pairs"))
        yield card("Flags", "What was noted of pairs that stay; a pair may have several.", flags)


def _place(edges: Sequence[float], value: float) -> float:
    """Where a value lies among columns whose edges grow by the same factor."""
    import math

    return math.log(value / edges[0]) / math.log(edges[-1] / edges[0]) * (len(edges) - 1)


def _samples(name: str, samples: Samples) -> str:
    rows = sorted((row for _, row in samples.rows), key=lambda row: -row["confidence"])
    items = "".join(_pair(row, "") for row in rows)
    return f"<section><h3>{escaped(name).capitalize()}</h3><ul class='pairs'>{items}</ul></section>"


def _pair(row: dict[str, Any], more: str) -> str:
    confidence = f"{row['confidence']:.2f}"
    place = f"{row['document']}:{row['position']}"
    return (
        f"<li><b title='confidence'>{confidence}</b><p lang='en'><bdi>{escaped(row['en'])}</bdi></p>"
        f"<p lang='zh'><bdi>{escaped(row['zh'])}</bdi></p><small>{escaped(place + more)}</small></li>"
    )


def _left_out(figures: Figures) -> str:
    parts: list[str] = []
    for reason, count in _ranked(figures.filtered):
        samples = figures.filtered_samples[reason]
        items = "".join(
            _pair(row, f" — instead of it {row['duplicate_of']} stays" if row["duplicate_of"] else "")
            for _, row in samples.rows
        )
        opened = " open" if len(parts) < 3 else ""
        pairs = "1 pair" if count == 1 else f"{count:,} pairs"
        summary = f"<summary><b>{escaped(reason)}</b> <span class='count'>{pairs}</span></summary>"
        parts.append(f"<details{opened}>{summary}<ul class='pairs'>{items}</ul></details>")
    return "".join(parts)


def _settings(figures: Figures) -> str:
    rows = "".join(
        f"<tr><th scope='row'>{escaped(name)}</th><td>{escaped(value)}</td></tr>"
        for name, value in _flat(figures.manifest.get("settings", {}))
    )
    note = "The same settings, version and input give the same corpus."
    return f"<div class='grid'>{card('Settings', note, f'<table><tbody>{rows}</tbody></table>', wide=True)}</div>"


def _flat(settings: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in sorted(settings.items()):
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            yield before + name, "none" if value is None else said


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(((name, count) for name, count in counts.items() if count), key=lambda entry: (-entry[1], entry[0]))

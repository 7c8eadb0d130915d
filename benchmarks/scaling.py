"""Measure time and memory by the length of the text, and draw them.

    python benchmarks/scaling.py PARAGRAPHS.tsv[.gz]... [--sizes 1000 5000 20000 100000] [--plot docs/scaling.svg]

The files hold paragraph pairs, English TAB Chinese, which are split into sentences, joined, and repeated where they are
not enough, until there are as many English sentences as a size. Each size is one whole run of ``aligner align``.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from speed import run

from aligner.segmentation import split_sentences

WIDTH, HEIGHT, LEFT, BASE, TOP = 560, 300, 64, 250, 40
COLOURS = {"microseconds of processor time a sentence": "#0969da", "largest memory in MB": "#bc4c00"}

Measured = tuple[int, float, float, float]
"""Sentences of both languages, wall seconds, processor seconds, megabytes."""


def paragraphs(paths: Sequence[Path]) -> Iterator[tuple[list[str], list[str]]]:
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            for line in file:
                english, chinese = line.rstrip("\n").split("\t")[:2]
                pair = _sentences(english, "en"), _sentences(chinese, "zh")
                if all(pair):
                    yield pair


def _sentences(text: str, language: str) -> list[str]:
    return [sentence.strip() for sentence in split_sentences(text, language) if sentence.strip()]


def measure(pairs: Sequence[tuple[list[str], list[str]]], size: int) -> Measured:
    english: list[str] = []
    chinese: list[str] = []
    for one, other in itertools.cycle(pairs):
        english += one
        chinese += other
        if len(english) >= size:
            break
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for suffix, lines in (("en", english), ("zh", chinese)):
            (folder / f"text.{suffix}").write_text("\n".join(lines) + "\n", "utf-8")
        command = ["align", "text.en", "text.zh", "--sentences", "--quiet", "-o", "beads.align"]
        wall, processor, memory = run([sys.executable, "-m", "aligner", *command], folder)
    return len(english) + len(chinese), wall, processor, memory


def plot(measured: Sequence[Measured]) -> str:
    """Both curves as SVG, over the length; each has its own scale, from nothing to its largest value."""
    curves = [[1e6 * cpu / count for count, _, cpu, _ in measured], [memory for *_, memory in measured]]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
    parts = [f'{head} font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>']
    step = (WIDTH - LEFT - 40) / max(1, len(measured) - 1)
    for place, (count, *_) in enumerate(measured):
        parts.append(f'<text x="{LEFT + step * place:.0f}" y="{BASE + 22}" text-anchor="middle">{count:,}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{BASE + 42}" text-anchor="middle">sentences of both languages</text>')
    for number, ((name, colour), values) in enumerate(zip(COLOURS.items(), curves, strict=True)):
        top = max(values)
        points = [(LEFT + step * place, BASE - (BASE - TOP - 30) * value / top) for place, value in enumerate(values)]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for (x, y), value in zip(points, values, strict=True):
            parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>')
            label = y - 8 + 26 * number  # above the one curve and below the other
            parts.append(f'<text x="{x:.0f}" y="{label:.0f}" text-anchor="middle" fill="{colour}">{value:,.0f}</text>')
        parts.append(f'<text x="{LEFT + 250 * number - 40}" y="20" fill="{colour}">{name}</text>')
    parts.append(f'<line x1="{LEFT - 20}" y1="{BASE}" x2="{WIDTH - 20}" y2="{BASE}" stroke="#8b949e"/></svg>')
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--sizes", nargs="+", type=int, default=[1000, 5000, 20_000, 100_000])
    parser.add_argument("--plot", type=Path)
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores\n{'sentences':>10}{'wall s':>9}{'cpu s':>9}{'sent./s':>9}{'MB':>7}")
    pairs, measured = list(paragraphs(arguments.paths)), []
    for size in arguments.sizes:
        count, wall, processor, memory = measure(pairs, size)
        measured.append((count, wall, processor, memory))
        print(f"{count:10}{wall:9.2f}{processor:9.2f}{count / wall:9.0f}{memory:7.0f}", flush=True)
    if arguments.plot:
        arguments.plot.write_text(plot(measured), "utf-8")


if __name__ == "__main__":
    main()

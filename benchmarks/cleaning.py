"""Measure alignment on noisy pages that are built from parallel articles: what is kept, what is right, what is lost.

    python benchmarks/cleaning.py FOLDER [--pages 200] [--worst 20] [--lines 300] [--layout NAME]

FOLDER holds articles line by line, ``NAME.en`` with ``NAME.zh`` (Simplified) and perhaps ``NAME.zh-TW`` (Traditional,
then used for every other page). Each page holds one article, or three, laid out in one of the ways and among the kinds
of noise of ``noisy_pages``. With ``--lines`` noise is added until each page has so many, most of it then; the layout
``unrelated`` puts the English of one article beside the Chinese of another, so that no pair is right.

- A kept pair is right if its English and its Chinese come from the same lines of one article, neighbours if several,
  and nothing in it is noise. Separators, numbers, names of speakers and stray marks count neither way.
- English covered: of the characters of article lines that stand in both languages, the share in right pairs. Second
  copies and glossary entries don't count.
- Noise kept: lines with noise of which a part is in a kept pair, per 100 pages. Article lines whose translation was
  taken away are counted apart, as unmatched kept.
- Lost: characters other than white space that are not in exactly one of pairs and dropped.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from noisy_pages import ALL_LAYOUTS, ALL_NOISE, Article, Page, Part, build_page, read_articles
from noisy_pages.origins import Origins, dense
from noisy_pages.page import row_text

import aligner
from aligner import Alignment, NoParallelTextError, Pair

UNMATCHED = ("extra paragraphs", "summary")
COUNTS = {"several articles": 3, "unrelated": 2}
MANY_KINDS = 10  # of noise on a page that is filled up with it


@dataclass
class Figures:
    """Counts over pages; the shares are 1 where there is nothing to count."""

    pages: int = 0
    pairs: int = 0
    right: int = 0
    characters: int = 0
    covered: int = 0
    noise_kept: int = 0
    unmatched_kept: int = 0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    @property
    def right_share(self) -> float:
        return self.right / self.pairs if self.pairs else 1.0

    @property
    def covered_share(self) -> float:
        return self.covered / self.characters if self.characters else 1.0

    def row(self) -> str:
        per_page = 100 / max(1, self.pages)
        return (
            f"{self.pages:5} {self.pairs:6} {self.right_share:7.4f} {self.covered_share:7.4f} "
            f"{self.noise_kept * per_page:10.1f} {self.unmatched_kept * per_page:14.1f} {self.lost:5}"
        )


HEAD = f"{'':34} pages  pairs   right covered noise kept unmatched kept  lost"


@dataclass
class Report:
    """Figures of all pages together, by layout, by kind of noise and by kind of mark on the page.

    ``kept`` counts, by kind of noise, the lines of which a part is in a pair, and ``seen`` all lines of that kind.
    """

    total: Figures = field(default_factory=Figures)
    groups: defaultdict[str, Figures] = field(default_factory=lambda: defaultdict(Figures))
    kept: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    def rows(self) -> Iterator[str]:
        yield HEAD
        yield f"{'all':34} {self.total.row()}"
        for name in sorted(self.groups):
            yield f"{name:34} {self.groups[name].row()}"
        yield "lines of noise in pairs, of all lines of that kind"
        for kind in sorted(self.seen, key=lambda kind: -self.kept[kind]):
            yield f"  {kind:32} {self.kept[kind]:5} of {self.seen[kind]}"


def measure(page: Page, alignment: Alignment) -> tuple[Figures, Counter[str], Counter[str]]:
    """Figures of one page, and the lines of noise in pairs and at all, by kind."""
    origins = Origins(page)
    sides = [origins.locate(alignment.source), origins.locate(alignment.target)]
    figures = Figures(pages=1, pairs=len(alignment.pairs), lost=_lost(page, alignment))
    noisy_rows: set[tuple[int, int, str]] = set()
    for pair in alignment.pairs:
        english, chinese = (
            [owner for index in chosen for owner in side[index]]
            for chosen, side in zip((pair.bead.source, pair.bead.target), sides, strict=True)
        )
        source = (alignment.source[pair.bead.source[0]].source, alignment.target[pair.bead.target[0]].source)
        for file, owners in zip(source, (english, chinese), strict=True):
            noisy_rows |= {(file, row, part.noise) for row, part in owners if part.noise}
        if _is_right([part for _, part in english], [part for _, part in chinese]):
            figures.right += 1
            figures.covered += sum(_counts(part) for _, part in english)
        else:
            figures.wrong.append(_describe(pair, page))
    figures.characters = _countable(page)
    kept = Counter(kind for _, _, kind in noisy_rows)
    seen = Counter(kind for row in page.gold for kind in {part.noise for part in row if part.noise})
    figures.unmatched_kept = sum(kept[kind] for kind in UNMATCHED)
    figures.noise_kept = kept.total() - figures.unmatched_kept
    return figures, kept, seen


def _is_right(english: Sequence[Part], chinese: Sequence[Part]) -> bool:
    if any(part.noise for part in (*english, *chinese)):
        return False
    units = []
    for side, parts in (("en", english), ("zh", chinese)):
        if any(part.unit and part.side != side for part in parts):
            return False
        units.append({part.unit for part in parts if part.unit})
    if not units[0] or units[0] != units[1]:
        return False
    first, last = min(units[0]), max(units[0])
    return first[0] == last[0] and last[1] - first[1] + 1 == len(units[0])


def _counts(part: Part) -> bool:
    return part.unit is not None and part.side == "en" and not part.extra


def _countable(page: Page) -> int:
    parts = [part for row in page.gold for part in row]
    chinese = {part.unit for part in parts if part.side == "zh"}
    return sum(len(dense(part.text)) for part in parts if _counts(part) and part.unit in chinese)


def _lost(page: Page, alignment: Alignment) -> int:
    before = Counter(dense("".join(row_text(row) for row in page.gold)))
    after: Counter[str] = Counter()
    for text in [text for pair in alignment.pairs for text in (pair.en, pair.zh)]:
        after.update(dense(text))
    for entry in alignment.dropped:
        after.update(dense(entry.text))
    return (before - after).total() + (after - before).total()


def _describe(pair: Pair, page: Page) -> str:
    return f"{page.layout} {pair.confidence:.2f}  {pair.en}  =  {pair.zh}"


def align_page(page: Page) -> Alignment:
    """Align a page as the public API does; a page without a pair has everything dropped."""
    return aligner.align_text(page.text) if len(page.files) == 1 else aligner.align_texts(*page.texts)


def pages(folder: Path, count: int, first_seed: int = 0, *, lines: int = 0, layout: str = "") -> Iterator[Page]:
    """Pages in all layouts in turn, or in one, Simplified and Traditional by turns, articles and noise at random.

    ``lines`` is how many each page is filled up to with noise of many kinds, 0 for the usual few.
    """
    scripts = [read_articles(folder)]
    if any(folder.glob("*.zh-TW")):
        scripts.append(read_articles(folder, "zh-TW"))
    for seed in range(first_seed, first_seed + count):
        name = layout or ALL_LAYOUTS[seed // len(scripts) % len(ALL_LAYOUTS)]
        articles: list[Article] = scripts[seed % len(scripts)][:]
        Random(seed // len(scripts)).shuffle(articles)
        chosen = _distinct(articles, COUNTS.get(name, 1))
        foreign = [article for article in articles if article not in chosen]
        noise = Random(seed).sample(ALL_NOISE, MANY_KINDS) if lines else None
        yield build_page(chosen, foreign, seed, layout=name, noise=noise, lines=lines)


def _distinct(articles: Sequence[Article], count: int) -> list[Article]:
    """The first articles that don't report the same news."""
    chosen: list[Article] = []
    for article in articles:
        if len(chosen) < count and not any(article.is_like(other) for other in chosen):
            chosen.append(article)
    return chosen


def evaluate(built: Iterable[Page], align: Callable[[Page], Alignment] = align_page) -> Report:
    """Align the pages and count, all together and by layout, noise and marks."""
    report = Report()
    for page in built:
        try:
            figures, kept, seen = measure(page, align(page))
        except NoParallelTextError:
            figures, kept, seen = Figures(pages=1, characters=_countable(page)), Counter(), Counter()
        report.total.add(figures)
        names = [f"layout: {page.layout}", *(f"with {kind}" for kind in page.noise)]
        for name in [*names, *(f"marks: {mark}" for mark in page.marks or ("none",))]:
            report.groups[name].add(figures)
        report.kept.update(kept)
        report.seen.update(seen)
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=180)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--lines", type=int, default=0, help="fill each page up with noise to so many lines")
    parser.add_argument("--layout", choices=(*ALL_LAYOUTS, "unrelated"), default="", help="pages in one layout only")
    parser.add_argument("--worst", type=int, default=0, help="print so many pairs that are wrong")
    options = parser.parse_args()
    start = time.perf_counter()
    built = pages(options.folder, options.pages, options.first_seed, lines=options.lines, layout=options.layout)
    report = evaluate(built)
    print("\n".join(report.rows()))
    print(*report.total.wrong[: options.worst], sep="\n")
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()

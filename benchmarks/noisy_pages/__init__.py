"""Builds noisy bilingual pages from parallel articles, and knows which of their characters belong together.

    from noisy_pages import build_page, read_articles

    page = build_page(articles[:1], articles[1:], seed=7)

``page.text`` is what a user might paste; ``page.gold`` says of every part of every line which line of an article it is,
in which language, or that it is noise of some kind. The same arguments give the same page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from noisy_pages.layouts import LAYOUTS, Files, Pair
from noisy_pages.marks import MARKS, disturb, wrap
from noisy_pages.noise import NOISE, Material, gather_material, make_noise
from noisy_pages.page import Article, Page, Part, Row, mark_noise, read_articles, read_headlines

__all__ = [
    "ALL_LAYOUTS",
    "ALL_MARKS",
    "ALL_NOISE",
    "Article",
    "Page",
    "Part",
    "build_page",
    "read_articles",
    "read_headlines",
]

SEVERAL, UNRELATED = "several articles", "unrelated"
EXTRA, SUMMARY = "extra paragraphs", "summary"
WRAPPED, REPEATED = "wrapped", "repeated caption"

ALL_LAYOUTS = (*LAYOUTS, SEVERAL)
"""``unrelated`` is known beside these: English and Chinese of two articles, nothing parallel."""

ALL_NOISE = (*NOISE, EXTRA, SUMMARY)
ALL_MARKS = (*MARKS, WRAPPED, REPEATED)

NARROWEST, WIDEST = 56, 96  # columns of wrapped lines
MANY_LINES = 50  # blocks of noise that are tried to fill a page


def build_page(
    articles: Sequence[Article],
    foreign: Sequence[Article],
    seed: int,
    *,
    layout: str | None = None,
    noise: Sequence[str] | None = None,
    marks: Sequence[str] | None = None,
    lines: int = 0,
) -> Page:
    """Build a page of all ``articles``, with noise made up or taken from ``foreign`` ones.

    ``layout`` is one of ALL_LAYOUTS or "unrelated"; ``noise`` and ``marks`` are kinds from ALL_NOISE and ALL_MARKS.
    What is None is chosen by the seed. Noise of the given kinds is added until the page has as many as ``lines``.
    """
    random = Random(f"{seed} {' '.join(article.name for article in articles)}")
    layout = layout or random.choice(ALL_LAYOUTS)
    kinds = _some(ALL_NOISE, (0, 2, 3, 4, 5, 6), random) if noise is None else list(noise)
    chosen = _some(ALL_MARKS, (0, 0, 0, 1, 2), random) if marks is None else list(marks)
    files = _lay_out(articles, layout, [*kinds, *chosen], random)
    material = gather_material(articles, foreign, random)
    for kind in kinds:
        _add_noise(files, kind, material)
    for _ in range(MANY_LINES * bool(kinds)):
        if sum(map(len, files)) < lines:
            _add_noise(files, random.choice(kinds), material)
    finished = (tuple(_finish(rows, chosen, random)) for rows in files)
    return Page(layout, tuple(kinds), tuple(chosen), tuple(finished))


def _some(names: Sequence[str], counts: Sequence[int], random: Random) -> list[str]:
    return random.sample(names, random.choice(counts))


def _lay_out(articles: Sequence[Article], layout: str, kinds: Sequence[str], random: Random) -> Files:
    texts = [_pairs(number, article) for number, article in enumerate(articles)]
    if layout == UNRELATED:
        (english, *_), (chinese, *_) = texts[:1], texts[1:2]
        return [[mark_noise(en, layout) for en, _ in english] + [mark_noise(zh, layout) for _, zh in chinese]]
    texts = [_repeat(_partial(pairs, kinds, random), kinds, random) for pairs in texts]
    single = [name for name in LAYOUTS if name != "two files"]
    files: Files = []
    for pairs in texts:
        name = random.choice(single) if layout == SEVERAL else layout
        new = LAYOUTS[name](pairs, random)
        files = [old + rows for old, rows in zip(files, new, strict=True)] if files else new
    return files


def _pairs(number: int, article: Article) -> list[Pair]:
    rows = zip(article.english, article.chinese, strict=True)
    return [
        ((Part(en, "en", (number, line)),), (Part(zh, "zh", (number, line)),))
        for line, (en, zh) in enumerate(rows)
        if en.strip() and zh.strip()
    ]


def _partial(pairs: list[Pair], kinds: Sequence[str], random: Random) -> list[Pair]:
    """Take one side away from some units, or from the latter half; what is left of them is noise."""
    side = random.randrange(2)
    if SUMMARY in kinds and len(pairs) > 3:
        first = len(pairs) // 2
        pairs = pairs[:first] + [_without(pair, side, SUMMARY) for pair in pairs[first:]]
    if EXTRA in kinds and len(pairs) > 3:
        for place in random.sample(range(1, len(pairs)), max(1, len(pairs) // 6)):
            if all(pairs[place]):
                pairs[place] = _without(pairs[place], random.randrange(2), EXTRA)
    return pairs


def _repeat(pairs: list[Pair], kinds: Sequence[str], random: Random) -> list[Pair]:
    """Let one unit stand a second time further down, in both languages, as captions do."""
    if REPEATED in kinds and len(pairs) > 3:
        first = random.randrange(1, len(pairs) - 1)
        copy = tuple(tuple(replace(part, extra=True) for part in row) for row in pairs[first])
        pairs.insert(random.randrange(first + 1, len(pairs) + 1), (copy[0], copy[1]))
    return pairs


def _without(pair: Pair, side: int, kind: str) -> Pair:
    return ((), mark_noise(pair[1], kind)) if side == 0 else (mark_noise(pair[0], kind), ())


def _add_noise(files: Files, kind: str, material: Material) -> None:
    """Put blocks of noise before, after or into the text."""
    if kind in (EXTRA, SUMMARY):
        return
    random = material.random
    for block in make_noise(kind, material):
        rows = random.choice(files)
        place = random.choice((0, len(rows), random.randrange(len(rows) + 1)))
        rows[place:place] = block


def _finish(rows: Sequence[Row], marks: Sequence[str], random: Random) -> list[Row]:
    """Disturb and wrap the rows, and put blank lines between them, or between some, or none."""
    width = random.randint(NARROWEST, WIDEST)
    share = random.choice((0.0, 0.3, 1.0))
    result: list[Row] = []
    for row in rows:
        for mark in marks:
            if mark in MARKS:
                row = disturb(row, mark, random)
        if result and random.random() < share:
            result.append(())
        result += wrap(row, width) if WRAPPED in marks else [row]
    return result

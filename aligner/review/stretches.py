"""Aligning a stretch of a project again, between what a person has settled, and finding where a row is best split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from aligner.data import Sentence
from aligner.errors import UsageError
from aligner.review.project import Project
from aligner.review.rows import RIGHT, SIDES, WRONG, Ids, Row

if TYPE_CHECKING:
    from aligner.arrays import Beads as BeadArrays
    from aligner.arrays import BoolArray, FloatArray
    from aligner.embedding import Encoder
    from aligner.scoring import Scorer, TextPair
    from aligner.search import Graph

# Sentences a side above or below a row, to stay well under a second: a stretch without anything settled in it is cut
# off here. A correction changes little beyond its tenth neighbour.
LONGEST_STRETCH = 30
CONTEXT = 15  # sentences beyond it that the features may look at, at the least
GRID = 32  # windows begin and end at English sentences with such numbers, so that neighbouring rows share one
WIDEST = 150  # rows above or below a row that are in its window at the most
MOST_NODES = 20_000  # English by Chinese sentences of a stretch; beyond it features would take seconds and much memory
PAIRS_KEPT = 4  # windows whose embeddings and features stay warm
FORBIDDEN = -1e4  # the score of a bead that must not be used; finite, so that a way through is left

Beads = list[tuple[Ids, Ids, float]]
Texts = tuple[Sentence, ...]


@dataclass(frozen=True)
class Window:
    """The English and Chinese sentences, by number, of a stretch and of its context; the stretch is in the middle."""

    english: Ids
    chinese: Ids
    first: tuple[int, int]
    last: tuple[int, int]


@dataclass(frozen=True)
class Scored:
    """All beads of a stretch, counted from its start, and their scores, which may be changed; ``ends`` is its size."""

    beads: BeadArrays
    scores: FloatArray
    opening: float
    ends: tuple[int, int]

    def graph(self) -> Graph:
        """The beads as steps of a search."""
        from aligner.search import Graph

        return Graph(self.beads, self.scores, self.opening, self.ends)

    def find(self, row: int, column: int, kind: tuple[int, int]) -> BoolArray:
        """Which bead is of a type and ends there: one at the most."""
        found: BoolArray = (self.beads.rows == row) & (self.beads.columns == column) & self.of_type(kind)
        return found

    def of_type(self, kind: tuple[int, int]) -> BoolArray:
        """Which beads take so many sentences."""
        found: BoolArray = (self.beads.sources == kind[0]) & (self.beads.targets == kind[1])
        return found


def stretches(rows: Sequence[Row], at: int) -> list[tuple[int, int]]:
    """The runs of unsettled rows, first and after the last, that touch the row at place ``at``, or hold it."""
    if rows[at].state != RIGHT:
        return [(_reach(rows, at, -1), _reach(rows, at, 1) + 1)]
    result = []
    if at and rows[at - 1].state != RIGHT:
        result.append((_reach(rows, at - 1, -1), at))
    if at + 1 < len(rows) and rows[at + 1].state != RIGHT:
        result.append((at + 1, _reach(rows, at + 1, 1) + 1))
    return result


def _reach(rows: Sequence[Row], at: int, step: int) -> int:
    """The last unsettled row in one direction, before the stretch becomes too long."""
    used = 0
    while 0 <= at + step < len(rows) and rows[at + step].state != RIGHT:
        used += max(len(rows[at + step].en), len(rows[at + step].zh))
        if used > LONGEST_STRETCH:
            break
        at += step
    return at


def window_around(rows: Sequence[Row], at: int, first: int, last: int) -> Window:
    """The window of the row at place ``at`` with the rows ``first`` to before ``last`` in it as the stretch to align.

    There is no context where other rows reach into the stretch.
    """
    low, high = _reach_of_window(rows, at)
    sides = []
    for side in SIDES:
        ranges = (min(low, first), first), (first, last), (last, max(high, last))
        sides.append([sorted(i for row in rows[start:end] for i in row.side(side)) for start, end in ranges])
    if any(list(_chain(parts)) != sorted(_chain(parts)) for parts in sides):
        sides = [[[], inside, []] for _, inside, _ in sides]
    starts, ends = ([sum(map(len, parts[:count])) for parts in sides] for count in (1, 2))
    english, chinese = (tuple(_chain(parts)) for parts in sides)
    return Window(english, chinese, (starts[0], starts[1]), (ends[0], ends[1]))


def _reach_of_window(rows: Sequence[Row], at: int) -> tuple[int, int]:
    """The first and after the last row of a row's window: to where English sentences on the grid begin."""
    here = next((row.en[0] for row in rows[at : at + WIDEST] if row.en), 0)
    reach = LONGEST_STRETCH + CONTEXT
    start, end = (here - reach) // GRID * GRID, ((here + reach) // GRID + 1) * GRID
    low = high = at
    while low and at - low < WIDEST and not (rows[low - 1].en and rows[low - 1].en[0] < start):
        low -= 1
    while high < len(rows) and high - at < WIDEST and not (rows[high].en and rows[high].en[0] >= end):
        high += 1
    return low, high


def _chain(parts: Iterable[Iterable[int]]) -> Iterable[int]:
    return (i for part in parts for i in part)


class Stretches:
    """An encoder and weights, kept for as long as the editor runs."""

    def __init__(self, model: str | None = None, weights: Path | None = None) -> None:
        self._model, self._weights_path = model, weights
        self._pair = lru_cache(maxsize=PAIRS_KEPT)(self._prepared)
        self._load = lru_cache(maxsize=1)(self._loaded)
        self._lock = Lock()  # so that what is being warmed up is not begun twice

    def _loaded(self) -> tuple[Encoder, Scorer]:
        from aligner.embedding import load_encoder
        from aligner.scoring import load_weights

        encoder, weights = load_encoder(self._model), load_weights(self._weights_path)
        weights.require(encoder.name, encoder.fingerprint)
        return encoder, weights.scorer

    def _prepared(self, english: Texts, chinese: Texts) -> TextPair:
        from aligner.pipeline import Settings, prepare_pair

        return prepare_pair(english, chinese, self._load()[0], Settings())[0]

    def _scored(self, project: Project, window: Window) -> Scored:
        from aligner.pipeline import score_stretch

        if (window.last[0] - window.first[0]) * (window.last[1] - window.first[1]) > MOST_NODES:
            raise UsageError("This holds too many sentences to be aligned at once. Undo what joined them.")
        texts = [
            tuple(replace(project.sentences[side][i], text=project.text(side, i)) for i in ids)
            for side, ids in zip(SIDES, (window.english, window.chinese), strict=True)
        ]
        with self._lock:
            pair, scorer = self._pair(*texts), self._load()[1]
            beads, scores = score_stretch(pair, scorer, window.first, window.last)
        size = (window.last[0] - window.first[0], window.last[1] - window.first[1])
        return Scored(beads, scores, scorer.opening, size)

    def warm(self, project: Project, at: int) -> None:
        """Load what aligning around a row would wait for: the encoder, the dictionaries, the window's features."""
        window = window_around(project.rows, at, at, at + 1)
        if window.english and window.chinese:
            self._scored(project, window)

    def align(self, project: Project, at: int, first: int, last: int) -> Beads:
        """New beads for the rows ``first`` to before ``last`` near the row at place ``at``.

        None that a person marked wrong is among them. Raises UsageError where a language is missing.
        """
        from aligner.pipeline import best_beads

        rows = project.rows
        window = window_around(rows, at, first, last)
        if window.first[0] == window.last[0] or window.first[1] == window.last[1]:
            raise UsageError("Only one language is left in this stretch: there is nothing to align.")
        scored = self._scored(project, window)
        wrong = {(row.en, row.zh) for row in rows[first:last] if row.state == WRONG} | project.rejected()
        for english, chinese in wrong:
            _forbid(scored, window, english, chinese)
        return [
            (
                tuple(window.english[window.first[0] + i] for i in bead.source),
                tuple(window.chinese[window.first[1] + j] for j in bead.target),
                round(bead.confidence, 4),
            )
            for bead in best_beads(scored.graph())
        ]

    def split(self, project: Project, at: int, side: str = "", count: int = 0) -> list[tuple[Ids, Ids]]:
        """The most probable parts of a row; with ``side`` in two, the first having ``count`` sentences of that side."""
        row = project.rows[at]
        if side and not 0 < count < len(row.side(side)):
            raise UsageError("A row is split between two of its sentences.")
        if not (row.en and row.zh):
            return [*(((i,), ()) for i in row.en), *(((), (j,)) for j in row.zh)]
        scored = self._scored(project, window_around(project.rows, at, at, at + 1))
        if not side:
            return _parts(scored, row)
        return _halves(scored, row, side, count)


def _forbid(scored: Scored, window: Window, english: Ids, chinese: Ids) -> None:
    """Take a bead out of the stretch, if it lies in it; a null bead wherever it could stand."""
    import numpy as np

    ends = []
    for ids, side, start, stop in zip(
        (window.english, window.chinese), (english, chinese), window.first, window.last, strict=True
    ):
        inside = ids[start:stop]
        if not {*side} <= {*inside}:
            return
        ends.append([inside.index(side[-1]) + 1] if side else list(range(len(inside) + 1)))
    there = np.isin(scored.beads.rows, ends[0]) & np.isin(scored.beads.columns, ends[1])
    scored.scores[there & scored.of_type((len(english), len(chinese)))] = FORBIDDEN


def _parts(scored: Scored, row: Row) -> list[tuple[Ids, Ids]]:
    """The best way through a row that is not the row itself; sentences without counterpart only where there must be."""
    from aligner.pipeline import best_beads

    scored.scores[scored.beads.is_null] = FORBIDDEN / 10
    size = (len(row.en), len(row.zh))
    scored.scores[scored.find(*size, size)] = FORBIDDEN
    return [
        (tuple(row.en[i] for i in b.source), tuple(row.zh[j] for j in b.target)) for b in best_beads(scored.graph())
    ]


def _halves(scored: Scored, row: Row, side: str, count: int) -> list[tuple[Ids, Ids]]:
    """Two parts, the boundary on one side given, on the other the one whose parts score best."""
    from aligner.search import BEAD_TYPES

    size = (len(row.en), len(row.zh))

    def score(english: int, chinese: int) -> float:
        rest = (size[0] - english, size[1] - chinese)
        return bead((english, chinese), (english, chinese)) + bead(size, rest)

    def bead(end: tuple[int, int], kind: tuple[int, int]) -> float:
        return float(scored.scores[scored.find(*end, kind)].sum()) if kind in BEAD_TYPES else FORBIDDEN

    other = row.zh if side == "en" else row.en
    choices = [(count, n) if side == "en" else (n, count) for n in range(len(other) + 1)]
    english, chinese = max(choices, key=lambda choice: score(*choice))
    return [(row.en[:english], row.zh[:chinese]), (row.en[english:], row.zh[chinese:])]

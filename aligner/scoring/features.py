"""The features of a bead: what the trained weights weigh.

Features are computed for rectangles of nodes at once: rows are boundaries between English sentences, columns boundaries
between Chinese ones, and entry [i, j] of a table for a bead type (a, b) speaks of the bead that ends there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aligner.arrays import AnyArray, BoolArray, DoubleArray, FloatArray, IntArray, SpanVectors
from aligner.scoring.coverage import Side
from aligner.scoring.solitude import Solitude
from aligner.scoring.surface import Surface
from aligner.scoring.timing import Timing

LONGEST_EXTENDED = 5  # beads up to this long on a side are also compared with the next longer one
NO_COSINE = -1.0

FEATURE_NAMES = (
    "1-1", "1-2", "2-1", "1-3", "3-1", "1-4+", "4+-1", "2-2", "2-3", "3-2", "larger", "sentences beyond 1-1",
    "cosine", "cosine squared", "cosine by size", "margin", "margin by size",
    "length", "length squared", "length by root", "length by size", "too little Chinese",
    "Chinese covered", "English covered", "least covered", "both covered",
    "covered mass", "Chinese uncovered mass", "English uncovered mass", "number mismatch",
    "question mismatch", "exclamation mismatch", "opening quote mismatch", "closing quote mismatch",
    "quotes unbalanced in one", "end mark mismatch", "quotation open in one", "quotation begins in one",
    "paragraph ends in one", "paragraph break inside",
    "company before", "company after", "most company", "most company squared",
    "more English: cosine", "more English: covered", "more English: own",
    "more Chinese: cosine", "more Chinese: covered", "more Chinese: own",
    "less English: cosine", "less English: covered", "less English: own",
    "less Chinese: cosine", "less Chinese: covered", "less Chinese: own",
    "1-0", "0-1", "null length", "null nearest", "null nearest squared", "null around", "null anchored",
    "null company", "null company squared", "null surplus", "null surplus, in company",
    "null in an anchored paragraph", "null looks like noise",
    "null noise, in company", "null noise nearest", "null run",
)  # fmt: skip
FEATURES = {name: number for number, name in enumerate(FEATURE_NAMES)}
OPENING = FEATURES["null run"]  # no bead has it: its weight is added where a run of null beads begins

Kind = tuple[int, int]


@dataclass(frozen=True)
class TextPair:
    """Everything that the features of one pair of texts are computed from.

    ``ratio`` is the usual number of English characters per Chinese character in these texts; ``mutual`` holds the
    English and Chinese indices of sentences that are each other's nearest, and by what margin; ``timing`` when they are
    heard, in subtitles.
    """

    english: SpanVectors
    chinese: SpanVectors
    english_side: Side
    chinese_side: Side
    english_numbers: Side
    chinese_numbers: Side
    english_surface: Surface
    chinese_surface: Surface
    english_solitude: Solitude
    chinese_solitude: Solitude
    ratio: float
    mutual: tuple[IntArray, IntArray, DoubleArray]
    timing: Timing | None = None


@dataclass(frozen=True)
class Block:
    """A rectangle of nodes: rows first_row..last_row-1 and columns first_column..last_column-1."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int

    def widened(self) -> Block:
        """The rectangle with one more node on every side, for looking at neighbours."""
        return Block(self.first_row - 1, self.last_row + 1, self.first_column - 1, self.last_column + 1)


def bead_features(pair: TextPair, block: Block, kinds: tuple[Kind, ...]) -> Iterator[tuple[Kind, FloatArray]]:
    """Yield for every bead type an array of features, shape (rows, columns, len(FEATURE_NAMES)).

    Entries of beads that would begin before the first sentence are meaningless.
    """
    tables = _Tables(pair, block.widened(), kinds)
    for kind in kinds:
        if kind == (1, 0):
            yield kind, _null_features(pair.english_surface, pair.english_solitude, block, rows=True)
        elif kind == (0, 1):
            yield kind, _null_features(pair.chinese_surface, pair.chinese_solitude, block, rows=False)
        else:
            yield kind, tables.features(kind)


class _Tables:
    """Cosines and covered masses of all bead types on a rectangle that is one node wider than asked for."""

    def __init__(self, pair: TextPair, wide: Block, kinds: tuple[Kind, ...]) -> None:
        self.pair, self.wide = pair, wide
        self.rows = np.arange(wide.first_row, wide.last_row)
        self.columns = np.arange(wide.first_column, wide.last_column)
        linked = [kind for kind in kinds if min(kind) > 0]
        longer = [(a + 1, b) for a, b in linked if max(a, b) < LONGEST_EXTENDED]
        longer += [(a, b + 1) for a, b in linked if max(a, b) < LONGEST_EXTENDED]
        self.kinds = sorted({*linked, *longer})
        longest_english = max((a for a, _ in self.kinds), default=1)
        longest_chinese = max((b for _, b in self.kinds), default=1)
        self.cosines = self._cosines(longest_english, longest_chinese)
        self._prepare_masses(longest_english, longest_chinese)
        self._prepare_company(longest_english, longest_chinese)

    def _prepare_company(self, longest_english: int, longest_chinese: int) -> None:
        """Best cosine of a small bead that ends at a node, and of one that begins there, on a wider rectangle."""
        reach = 3
        rows = np.arange(self.wide.first_row - longest_english - 1, self.wide.last_row + reach)
        columns = np.arange(self.wide.first_column - longest_chinese - 1, self.wide.last_column + reach)
        tables = {}
        for a, b in ((1, 1), (1, 2), (2, 1)):
            left, left_ok = _spans_ending(self.pair.english, a, rows)
            right, right_ok = _spans_ending(self.pair.chinese, b, columns)
            tables[a, b] = np.where(left_ok[:, None] & right_ok, left @ right.T, np.float32(0))
        self.ending = np.maximum.reduce(list(tables.values()))
        self.beginning = np.zeros_like(self.ending)
        for (a, b), table in tables.items():
            part = self.beginning[: len(rows) - a, : len(columns) - b]
            np.maximum(part, table[a:, b:], out=part)
        self.company_from = int(rows[0]), int(columns[0])

    def _company_features(self, result: FloatArray, kind: Kind, rows: IntArray, columns: IntArray) -> None:
        """How well the sentences just before and just after the bead go together: true beads come in company."""
        first_row, first_column = rows - self.company_from[0], columns - self.company_from[1]
        before = self.ending[(first_row - kind[0])[:, None], first_column - kind[1]]
        after = self.beginning[first_row[:, None], first_column]
        most = np.maximum(before, after)
        _put(result, "company before", before)
        _put(result, "company after", after)
        _put(result, "most company", most)
        _put(result, "most company squared", most**2)

    def _cosines(self, longest_english: int, longest_chinese: int) -> dict[Kind, FloatArray]:
        english = [_spans_ending(self.pair.english, a, self.rows) for a in range(1, longest_english + 1)]
        chinese = [_spans_ending(self.pair.chinese, b, self.columns) for b in range(1, longest_chinese + 1)]
        result = {}
        for a, b in self.kinds:
            (left, left_ok), (right, right_ok) = english[a - 1], chinese[b - 1]
            result[a, b] = np.where(left_ok[:, None] & right_ok, left @ right.T, np.float32(NO_COSINE))
        return result

    def _prepare_masses(self, longest_english: int, longest_chinese: int) -> None:
        pair = self.pair
        self.english_from = max(0, int(self.rows[0]) - longest_english)
        self.chinese_from = max(0, int(self.columns[0]) - longest_chinese)
        english = (self.english_from, min(len(pair.english), int(self.rows[-1])))
        chinese = (self.chinese_from, min(len(pair.chinese), int(self.columns[-1])))
        self.chinese_covered = _prefix_sums(pair.chinese_side.covered(*chinese, *english, longest_english))
        self.english_covered = _prefix_sums(pair.english_side.covered(*english, *chinese, longest_chinese))
        self.chinese_number_covered = _prefix_sums(pair.chinese_numbers.covered(*chinese, *english, longest_english))
        self.english_number_covered = _prefix_sums(pair.english_numbers.covered(*english, *chinese, longest_chinese))
        self.masses: dict[Kind, tuple[FloatArray, FloatArray]] = {kind: self._covered(kind) for kind in self.kinds}

    def _covered(self, kind: Kind) -> tuple[FloatArray, FloatArray]:
        """Covered mass of the bead's English and of its Chinese sentences, shape (rows, columns) each."""
        return self._sums(kind, self.english_covered, self.chinese_covered)

    def _sums(self, kind: Kind, english: list[FloatArray], chinese: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
        a, b = kind
        english_table, chinese_table = english[b - 1], chinese[a - 1]
        top = np.clip(self.rows - self.english_from, 0, len(english_table) - 1)
        bottom = np.clip(self.rows - a - self.english_from, 0, len(english_table) - 1)
        first = np.clip(self.columns - b - self.chinese_from, 0, max(0, english_table.shape[1] - 1))
        from_english = _take(english_table, top, first) - _take(english_table, bottom, first)
        top = np.clip(self.columns - self.chinese_from, 0, len(chinese_table) - 1)
        bottom = np.clip(self.columns - b - self.chinese_from, 0, len(chinese_table) - 1)
        first = np.clip(self.rows - a - self.english_from, 0, max(0, chinese_table.shape[1] - 1))
        from_chinese = (_take(chinese_table, top, first) - _take(chinese_table, bottom, first)).T
        return from_english, from_chinese

    def features(self, kind: Kind) -> FloatArray:
        inner = slice(1, -1)
        rows, columns = self.rows[inner], self.columns[inner]
        result = np.zeros((len(rows), len(columns), len(FEATURE_NAMES)), np.float32)
        english = self.pair.english_surface.spans(kind[0], rows)
        chinese = self.pair.chinese_surface.spans(kind[1], columns)
        _type_features(result, kind)
        self._embedding_features(result, kind, english, chinese)
        _length_features(result, english, chinese, self.pair.ratio, sum(kind) - 1)
        self._lexical_features(result, kind, rows, columns)
        _surface_features(result, english, chinese)
        _boundary_features(result, self.pair, kind, rows, columns)
        self._company_features(result, kind, rows, columns)
        self._longer(result, kind, rows, columns)
        self._shorter(result, kind, rows, columns)
        return result

    def _embedding_features(
        self, result: FloatArray, kind: Kind, english: dict[str, FloatArray], chinese: dict[str, FloatArray]
    ) -> None:
        cosine = self.cosines[kind][1:-1, 1:-1]
        size = sum(kind) - 1
        level = (english["level"] / kind[0])[:, None] + (chinese["level"] / kind[1])[None]
        margin = cosine - level / 2
        _put(result, "cosine", cosine)
        _put(result, "cosine squared", cosine * np.abs(cosine))
        _put(result, "cosine by size", cosine * size)
        _put(result, "margin", margin)
        _put(result, "margin by size", margin * size)

    def _lexical_features(self, result: FloatArray, kind: Kind, rows: IntArray, columns: IntArray) -> None:
        english, chinese = (table[1:-1, 1:-1] for table in self.masses[kind])
        english_mass = _span_sums(self.pair.english_side.mass, kind[0], rows)[:, None]
        chinese_mass = _span_sums(self.pair.chinese_side.mass, kind[1], columns)[None]
        english_share = english / np.maximum(english_mass, 0.1)
        chinese_share = chinese / np.maximum(chinese_mass, 0.1)
        _put(result, "Chinese covered", chinese_share)
        _put(result, "English covered", english_share)
        _put(result, "least covered", np.minimum(english_share, chinese_share))
        _put(result, "both covered", english_share * chinese_share)
        _put(result, "covered mass", (english + chinese) / 2)
        _put(result, "Chinese uncovered mass", chinese_mass - chinese)
        _put(result, "English uncovered mass", english_mass - english)
        found = self._sums(kind, self.english_number_covered, self.chinese_number_covered)
        present = _span_sums(self.pair.english_numbers.mass, kind[0], rows)[:, None]
        present = present + _span_sums(self.pair.chinese_numbers.mass, kind[1], columns)[None]
        _put(result, "number mismatch", present - (found[0] + found[1])[1:-1, 1:-1])

    def _longer(self, result: FloatArray, kind: Kind, rows: IntArray, columns: IntArray) -> None:
        """What one more sentence at either end would bring."""
        a, b = kind
        if (a + 1, b) in self.cosines:
            cosine, covered, own = self._gain(kind, (a + 1, b), rows_move=True)
            _put(result, "more English: cosine", cosine)
            _put(result, "more English: covered", covered)
            _put(result, "more English: own", own)
        if (a, b + 1) in self.cosines:
            cosine, covered, own = self._gain(kind, (a, b + 1), rows_move=False)
            _put(result, "more Chinese: cosine", cosine)
            _put(result, "more Chinese: covered", covered)
            _put(result, "more Chinese: own", own)

    def _gain(self, kind: Kind, longer: Kind, rows_move: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Best rise over both ends in cosine, in covered mass of the other side, and the added sentence's own share."""
        centre = np.s_[1:-1, 1:-1]
        after = np.s_[2:, 1:-1] if rows_move else np.s_[1:-1, 2:]
        side, other = (0, 1) if rows_move else (1, 0)
        cosine = np.maximum(self.cosines[longer][centre], self.cosines[longer][after]) - self.cosines[kind][centre]
        valid = [self.cosines[longer][place] > NO_COSINE for place in (centre, after)]
        rises = [self.masses[longer][other][place] - self.masses[kind][other][centre] for place in (centre, after)]
        covered = np.maximum.reduce([np.where(ok, rise, 0) for ok, rise in zip(valid, rises, strict=True)])
        gained = [self.masses[longer][side][place] - self.masses[kind][side][centre] for place in (centre, after)]
        own = np.maximum.reduce([np.where(ok, rise, 0) for ok, rise in zip(valid, gained, strict=True)])
        return np.maximum(cosine, 0), np.maximum(covered, 0), np.maximum(own, 0)

    def _shorter(self, result: FloatArray, kind: Kind, rows: IntArray, columns: IntArray) -> None:
        """What the first and the last sentence contribute; the lesser counts, since a bead needs both."""
        a, b = kind
        if a > 1:
            cosine, covered, own = self._loss(kind, (a - 1, b), rows_move=True)
            _put(result, "less English: cosine", cosine)
            _put(result, "less English: covered", covered)
            _put(result, "less English: own", own)
        if b > 1:
            cosine, covered, own = self._loss(kind, (a, b - 1), rows_move=False)
            _put(result, "less Chinese: cosine", cosine)
            _put(result, "less Chinese: covered", covered)
            _put(result, "less Chinese: own", own)

    def _loss(self, kind: Kind, shorter: Kind, rows_move: bool) -> tuple[FloatArray, FloatArray, FloatArray]:
        centre = np.s_[1:-1, 1:-1]
        before = np.s_[:-2, 1:-1] if rows_move else np.s_[1:-1, :-2]
        side, other = (0, 1) if rows_move else (1, 0)
        cosine = self.cosines[kind][centre] - np.maximum(self.cosines[shorter][centre], self.cosines[shorter][before])
        masses, whole = self.masses[shorter], self.masses[kind]
        covered = whole[other][centre] - np.maximum(masses[other][centre], masses[other][before])
        own = whole[side][centre] - np.maximum(masses[side][centre], masses[side][before])
        return cosine, covered, own


def _put(result: FloatArray, name: str, values: AnyArray) -> None:
    result[:, :, FEATURES[name]] = values


def _type_features(result: FloatArray, kind: Kind) -> None:
    a, b = kind
    name = f"{a}-{b}"
    if name not in FEATURES:
        name = "1-4+" if a == 1 else "4+-1" if b == 1 else "larger"
    result[:, :, FEATURES[name]] = 1
    result[:, :, FEATURES["sentences beyond 1-1"]] = a + b - 2


def _length_features(
    result: FloatArray, english: dict[str, FloatArray], chinese: dict[str, FloatArray], ratio: float, size: int
) -> None:
    """Log-ratio of the lengths, after Gale and Church (1993): also scaled by the root of the length."""
    expected = ratio * chinese["characters"][None] + 4
    actual = english["characters"][:, None] + 4
    difference = np.log(actual / expected)
    distance = np.abs(difference)
    _put(result, "length", distance)
    _put(result, "length squared", np.minimum(distance**2, 4))
    _put(result, "length by root", np.minimum(distance * np.sqrt((actual + expected) / 100), 6))
    _put(result, "length by size", distance * size)
    _put(result, "too little Chinese", difference)


def _surface_features(result: FloatArray, english: dict[str, FloatArray], chinese: dict[str, FloatArray]) -> None:
    for name, field in (("question mismatch", "questions"), ("exclamation mismatch", "exclamations")):
        _put(result, name, np.minimum(np.abs(english[field][:, None] - chinese[field][None]), 2))
    for name, field in (("opening quote mismatch", "opens"), ("closing quote mismatch", "closes")):
        _put(result, name, english[field][:, None] != chinese[field][None])
    unbalanced = (english["balance"] != 0)[:, None] != (chinese["balance"] != 0)[None]
    _put(result, "quotes unbalanced in one", unbalanced)
    _put(result, "end mark mismatch", english["end"][:, None] != chinese["end"][None])


def _boundary_features(result: FloatArray, pair: TextPair, kind: Kind, rows: IntArray, columns: IntArray) -> None:
    """Whether both texts agree about the place where the bead ends: in a quotation, at a paragraph's end."""
    english, chinese = pair.english_surface, pair.chinese_surface
    top = np.clip(rows, 0, len(english.inside) - 1)
    left = np.clip(columns, 0, len(chinese.inside) - 1)
    _put(result, "quotation open in one", english.inside[top][:, None] != chinese.inside[left][None])
    _put(result, "quotation begins in one", english.turns[top][:, None] != chinese.turns[left][None])
    _put(result, "paragraph ends in one", english.breaks[top][:, None] != chinese.breaks[left][None])
    inside = [
        _span_sums(surface.breaks[1:], length - 1, nodes - 1)
        for surface, length, nodes in zip((english, chinese), kind, (rows, columns), strict=True)
    ]
    _put(result, "paragraph break inside", np.minimum(inside[0][:, None] + inside[1][None], 1))


def _null_features(surface: Surface, alone: Solitude, block: Block, rows: bool) -> FloatArray:
    first, last = (block.first_row, block.last_row) if rows else (block.first_column, block.last_column)
    places = np.clip(np.arange(first, last) - 1, 0, len(surface.characters) - 1)
    nearest, company, noise = alone.nearest[places], alone.company[places], alone.noise[places]
    values = {
        "1-0" if rows else "0-1": np.ones(len(places)),
        "null length": np.log(surface.characters[places] + 1),
        "null nearest": nearest,
        "null nearest squared": nearest**2,
        "null around": alone.around[places],
        "null anchored": alone.anchored[places],
        "null company": company,
        "null company squared": company**2,
        "null surplus": alone.surplus[places],
        "null surplus, in company": alone.surplus[places] * company,
        "null in an anchored paragraph": alone.paragraph[places],
        "null looks like noise": noise,
        "null noise, in company": noise * company,
        "null noise nearest": noise * nearest,
    }
    flat = np.zeros((len(places), len(FEATURE_NAMES)), np.float32)
    for name, column in values.items():
        flat[:, FEATURES[name]] = column
    shape = (block.last_row - block.first_row, block.last_column - block.first_column, len(FEATURE_NAMES))
    return np.broadcast_to(flat[:, None] if rows else flat[None], shape)


def _spans_ending(spans: SpanVectors, length: int, nodes: IntArray) -> tuple[FloatArray, BoolArray]:
    """Vectors of the spans that end at each node, zero where there is none, and whether there is one."""
    starts = nodes - length
    valid = (starts >= 0) & (nodes <= len(spans))
    count = len(spans) - length + 1
    low, high = int(np.clip(starts[0], 0, max(count, 0))), int(np.clip(starts[-1] + 1, 0, max(count, 0)))
    vectors = spans.vectors(length, low, high)
    result = np.zeros((len(nodes), vectors.shape[1]), np.float32)
    result[valid] = vectors
    return result, valid


def _prefix_sums(tables: list[FloatArray]) -> list[FloatArray]:
    """Sums over the first k rows, for k from 0, so that a run's sum is a difference."""
    return [np.concatenate([np.zeros((1, table.shape[1]), np.float32), np.cumsum(table, axis=0)]) for table in tables]


def _take(table: FloatArray, rows: IntArray, columns: IntArray) -> FloatArray:
    if table.shape[1] == 0:
        return np.zeros((len(rows), len(columns)), np.float32)
    return table[rows[:, None], columns]


def _span_sums(values: AnyArray, length: int, nodes: IntArray) -> FloatArray:
    """Sum of the values of the ``length`` sentences before each node."""
    sums = np.concatenate([[0], np.cumsum(values, dtype=np.float64)])
    last = np.clip(nodes, 0, len(values))
    first = np.clip(nodes - length, 0, len(values))
    result: FloatArray = (sums[last] - sums[first]).astype(np.float32)
    return result

"""The features of a bead: what the trained weights weigh.

They are computed for lists of beads, as many at once as end in a rectangle of nodes of a bounded size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from aligner.arrays import AnyArray, Beads, DoubleArray, FloatArray, IntArray, distinct
from aligner.scoring.coverage import Side
from aligner.scoring.solitude import Solitude
from aligner.scoring.span_cache import SpanCache
from aligner.scoring.surface import Surface, span_sums
from aligner.scoring.tables import NO_COSINE, Company, Cosines, Kind, Masses, Rectangle, compared_kinds
from aligner.scoring.timing import Timing

FEATURE_NAMES = (
    "1-1", "1-2", "2-1", "1-3", "3-1", "1-4+", "4+-1", "2-2", "2-3", "3-2", "larger", "sentences beyond 1-1",
    "cosine", "cosine squared", "cosine by size", "margin", "margin by size",
    "length", "length squared", "length by root", "length by size", "too little Chinese",
    "Chinese covered", "English covered", "least covered", "both covered",
    "covered mass", "Chinese uncovered mass", "English uncovered mass", "number mismatch",
    "question mismatch", "exclamation mismatch", "opening quote mismatch", "closing quote mismatch",
    "quotes unbalanced in one", "end mark mismatch", "quotation open in one", "quotation begins in one",
    "paragraph ends in one", "paragraph break inside", "noise in one", "noise beside other",
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
NODES_AT_ONCE = 6000  # of a rectangle; its tables take some 10 MB


@dataclass(frozen=True)
class TextPair:
    """Everything that the features of one pair of texts are computed from.

    ``ratio`` is the usual number of English characters per Chinese character in these texts; ``mutual`` holds the
    English and Chinese indices of sentences that are each other's nearest, and by what margin, ``anchors`` a rising
    chain of them, ``sure`` the surest of the chain; ``timing`` is when they are heard, in subtitles.
    """

    english: SpanCache
    chinese: SpanCache
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
    anchors: tuple[IntArray, IntArray]
    sure: tuple[IntArray, IntArray]
    timing: Timing | None = None


def bead_features(pair: TextPair, beads: Beads, kinds: tuple[Kind, ...]) -> FloatArray:
    """Features of beads in the order of their rows, shape (n, len(FEATURE_NAMES)).

    ``kinds`` are all kinds that there are: a bead is compared with the longer and shorter ones that it might be.
    """
    result = np.zeros((len(FEATURE_NAMES), len(beads)), np.float32)
    linked = np.flatnonzero((beads.sources > 0) & (beads.targets > 0))
    result[:, linked] = _linked_features(pair, beads[linked], kinds)
    deleted, inserted = np.flatnonzero(beads.targets == 0), np.flatnonzero(beads.sources == 0)
    _null_features(result, deleted, pair.english_surface, pair.english_solitude, beads.rows, "1-0")
    _null_features(result, inserted, pair.chinese_surface, pair.chinese_solitude, beads.columns, "0-1")
    return result.T


def _linked_features(pair: TextPair, beads: Beads, kinds: tuple[Kind, ...]) -> FloatArray:
    result = np.zeros((len(FEATURE_NAMES), len(beads)), np.float32)
    english = pair.english_surface.spans(beads.sources, beads.rows)
    chinese = pair.chinese_surface.spans(beads.targets, beads.columns)
    type_features(result, beads)
    _length_features(result, english, chinese, pair.ratio, beads.sources + beads.targets - 1)
    _surface_features(result, english, chinese)
    _boundary_features(result, pair, beads)
    _noise_features(result, pair, beads)
    sizes = beads.sources.astype(np.float32), beads.targets.astype(np.float32)
    level: FloatArray = english["level"] / sizes[0] + chinese["level"] / sizes[1]
    masses = [
        (span_sums(one.mass, beads.sources, beads.rows), span_sums(other.mass, beads.targets, beads.columns))
        for one, other in ((pair.english_side, pair.chinese_side), (pair.english_numbers, pair.chinese_numbers))
    ]
    for first, last in _runs(beads.rows, beads.columns):
        run = slice(first, last)
        comparison = _Comparison(pair, beads[run], kinds, result[:, run])
        comparison.embedding_features(level[run])
        comparison.lexical_features(*((one[run], other[run]) for one, other in masses))
        comparison.company_features()
        for side, name in enumerate(("English", "Chinese")):
            comparison.longer_features(side, name)
            comparison.shorter_features(side, name)
    return result


def _runs(rows: IntArray, columns: IntArray) -> Iterator[tuple[int, int]]:
    """Split beads, in the order of their rows, into runs whose rectangle of nodes is bounded, or one row high."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    if not len(starts):
        return
    low, high = np.minimum.reduceat(columns, starts), np.maximum.reduceat(columns, starts)
    edges = [*starts.tolist(), len(rows)]
    first, left, right = 0, int(low[0]), int(high[0])
    for number in range(1, len(starts)):
        left, right = min(left, int(low[number])), max(right, int(high[number]))
        if (int(rows[starts[number]]) - int(rows[starts[first]]) + 1) * (right - left + 1) > NODES_AT_ONCE:
            yield edges[first], edges[number]
            first, left, right = number, int(low[number]), int(high[number])
    yield edges[first], edges[-1]


class _Comparison:
    """The features of linked beads that end in one rectangle for which the texts have to be compared."""

    def __init__(self, pair: TextPair, beads: Beads, kinds: tuple[Kind, ...], result: FloatArray) -> None:
        self.result = result
        self.rows, self.columns, self.a, self.b = beads.rows, beads.columns, beads.sources, beads.targets
        present = {divmod(kind, 100) for kind in distinct(self.a * 100 + self.b).tolist()}
        around = {(a + i, b + j) for a, b in present for i, j in ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1))}
        edges = (int(side[end]) for side in (self.rows, self.columns) for end in (side.argmin(), side.argmax()))
        top, bottom, left, right = edges
        area = Rectangle(top - 1, bottom + 2, left - 1, right + 2)
        self.cosines = Cosines(pair.english, pair.chinese, area, beads, around & compared_kinds(kinds))
        longest = self.cosines.longest
        self.masses = Masses(pair.english_side, pair.chinese_side, area, longest)
        self.numbers = Masses(pair.english_numbers, pair.chinese_numbers, area, longest)
        self.company = Company(pair.english, pair.chinese, area, longest)
        own = self.a, self.b, self.rows, self.columns
        self.cosine, self.covered, self.found = self.cosines(*own), self.masses(*own), self.numbers(*own)

    def embedding_features(self, level: FloatArray) -> None:
        """``level`` is the sum of both sides' usual cosines."""
        cosine, size = self.cosine, (self.a + self.b - 1).astype(np.float32)
        margin = cosine - level / 2
        _put(self.result, "cosine", cosine)
        _put(self.result, "cosine squared", cosine * np.abs(cosine))
        _put(self.result, "cosine by size", cosine * size)
        _put(self.result, "margin", margin)
        _put(self.result, "margin by size", margin * size)

    def lexical_features(self, words: tuple[FloatArray, FloatArray], numbers: tuple[FloatArray, FloatArray]) -> None:
        """``words`` are the masses of both sides' words, ``numbers`` those of their numbers."""
        (english, chinese), (english_mass, chinese_mass) = self.covered, words
        english_share = english / np.maximum(english_mass, 0.1)
        chinese_share = chinese / np.maximum(chinese_mass, 0.1)
        _put(self.result, "Chinese covered", chinese_share)
        _put(self.result, "English covered", english_share)
        _put(self.result, "least covered", np.minimum(english_share, chinese_share))
        _put(self.result, "both covered", english_share * chinese_share)
        _put(self.result, "covered mass", (english + chinese) / 2)
        _put(self.result, "Chinese uncovered mass", chinese_mass - chinese)
        _put(self.result, "English uncovered mass", english_mass - english)
        _put(self.result, "number mismatch", numbers[0] + numbers[1] - (self.found[0] + self.found[1]))

    def company_features(self) -> None:
        """How well the sentences just before and just after the bead go together: true beads come in company."""
        before = self.company.ending(self.rows - self.a, self.columns - self.b)
        after = self.company.beginning(self.rows, self.columns)
        most = np.maximum(before, after)
        _put(self.result, "company before", before)
        _put(self.result, "company after", after)
        _put(self.result, "most company", most)
        _put(self.result, "most company squared", most**2)

    def longer_features(self, side: int, name: str) -> None:
        """What one more sentence at either end would bring: the best rise, or nothing.

        In cosine, in the covered mass of the other side, and the added sentence's own share.
        """
        i, j = (1, 0) if side == 0 else (0, 1)
        some = np.flatnonzero(self.cosines.has(self.a + i, self.b + j))
        kind, (rows, columns) = (self.a[some] + i, self.b[some] + j), (self.rows[some], self.columns[some])
        places = ((rows, columns), (rows + i, columns + j))
        cosines = [self.cosines(*kind, *place) for place in places]
        masses = [self.masses(*kind, *place) for place in places]
        rises = {"cosine": np.maximum(*cosines) - self.cosine[some]}
        for what, of in (("covered", 1 - side), ("own", side)):
            before = self.covered[of][some]
            rises[what] = np.maximum(
                *(
                    np.where(cosine > NO_COSINE, mass[of] - before, np.float32(0))
                    for cosine, mass in zip(cosines, masses, strict=True)
                )
            )
        for what, rise in rises.items():
            self.result[FEATURES[f"more {name}: {what}"], some] = np.maximum(rise, 0)

    def shorter_features(self, side: int, name: str) -> None:
        """What the first and the last sentence contribute; the lesser counts, since a bead needs both."""
        i, j = (1, 0) if side == 0 else (0, 1)
        some = np.flatnonzero((self.a, self.b)[side] > 1)
        kind, (rows, columns) = (self.a[some] - i, self.b[some] - j), (self.rows[some], self.columns[some])
        places = ((rows, columns), (rows - i, columns - j))
        cosines = [self.cosines(*kind, *place) for place in places]
        masses = [self.masses(*kind, *place) for place in places]
        losses = {"cosine": self.cosine[some] - np.maximum(*cosines)}
        for what, of in (("covered", 1 - side), ("own", side)):
            losses[what] = self.covered[of][some] - np.maximum(masses[0][of], masses[1][of])
        for what, loss in losses.items():
            self.result[FEATURES[f"less {name}: {what}"], some] = loss


def _put(result: FloatArray, name: str, values: AnyArray) -> None:
    result[FEATURES[name]] = values


def type_features(result: FloatArray, beads: Beads) -> None:
    """Put what follows from the sizes of linked beads alone."""
    a, b = beads.sources, beads.targets
    names = np.full((a.max(initial=1) + 1, b.max(initial=1) + 1), FEATURES["larger"])
    names[1, 4:] = FEATURES["1-4+"]
    names[4:, 1] = FEATURES["4+-1"]
    for one, other in np.ndindex(names.shape):
        names[one, other] = FEATURES.get(f"{one}-{other}", names[one, other])
    result[names[a, b], np.arange(len(beads))] = 1
    _put(result, "sentences beyond 1-1", a + b - 2)


def _length_features(
    result: FloatArray, english: dict[str, FloatArray], chinese: dict[str, FloatArray], ratio: float, size: IntArray
) -> None:
    """Log-ratio of the lengths, after Gale and Church (1993): also scaled by the root of the length."""
    expected = ratio * chinese["characters"] + 4
    actual = english["characters"] + 4
    difference = np.log(actual / expected)
    distance = np.abs(difference)
    _put(result, "length", distance)
    _put(result, "length squared", np.minimum(distance**2, 4))
    _put(result, "length by root", np.minimum(distance * np.sqrt((actual + expected) / 100), 6))
    _put(result, "length by size", distance * size)
    _put(result, "too little Chinese", difference)


def _surface_features(result: FloatArray, english: dict[str, FloatArray], chinese: dict[str, FloatArray]) -> None:
    for name, field in (("question mismatch", "questions"), ("exclamation mismatch", "exclamations")):
        _put(result, name, np.minimum(np.abs(english[field] - chinese[field]), 2))
    for name, field in (("opening quote mismatch", "opens"), ("closing quote mismatch", "closes")):
        _put(result, name, english[field] != chinese[field])
    _put(result, "quotes unbalanced in one", (english["balance"] != 0) != (chinese["balance"] != 0))
    _put(result, "end mark mismatch", english["end"] != chinese["end"])


def _boundary_features(result: FloatArray, pair: TextPair, beads: Beads) -> None:
    """Whether both texts agree about the place where the bead ends: in a quotation, at a paragraph's end."""
    english, chinese = pair.english_surface, pair.chinese_surface
    _put(result, "quotation open in one", english.inside[beads.rows] != chinese.inside[beads.columns])
    _put(result, "quotation begins in one", english.turns[beads.rows] != chinese.turns[beads.columns])
    _put(result, "paragraph ends in one", english.breaks[beads.rows] != chinese.breaks[beads.columns])
    inside = span_sums(english.breaks[1:], beads.sources - 1, beads.rows - 1)
    inside = inside + span_sums(chinese.breaks[1:], beads.targets - 1, beads.columns - 1)
    _put(result, "paragraph break inside", np.minimum(inside, 1))


def _noise_features(result: FloatArray, pair: TextPair, beads: Beads) -> None:
    """Whether what looks like noise is joined with what does not, across the languages or within one."""
    english_noise = span_sums(pair.english_solitude.noise, beads.sources, beads.rows) / beads.sources
    chinese_noise = span_sums(pair.chinese_solitude.noise, beads.targets, beads.columns) / beads.targets
    _put(result, "noise in one", np.abs(english_noise - chinese_noise))
    mixed = [(share > 0) & (share < 1) for share in (english_noise, chinese_noise)]
    _put(result, "noise beside other", mixed[0] | mixed[1])


def _null_features(
    result: FloatArray, beads: IntArray, surface: Surface, alone: Solitude, ends: IntArray, name: str
) -> None:
    """Put the features of the null beads of one text, by number; ``ends`` is where each bead ends in that text."""
    places = ends[beads] - 1
    nearest, company, noise = alone.nearest[places], alone.company[places], alone.noise[places]
    values = {
        name: np.ones(len(places)),
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
    for feature, column in values.items():
        result[FEATURES[feature], beads] = column

"""Documents of one language each, matched with their translations by what their sentences mean, and by length.

Candidates are the documents with the nearest mean vectors. They are then compared sentence by sentence: how near the
nearest sentence of the other document is, on average, both ways (as Khattab and Zaharia 2020 compare queries with
passages). The best pair of all is matched, then the best of the rest, and so on, each only if it is likely enough and
has no rival close behind.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from aligner.arrays import FloatArray, IntArray
from aligner.chinese import simplify
from aligner.corpus.filters import RATIO_MEAN
from aligner.embedding.base import of_unit_length

if TYPE_CHECKING:
    from aligner.embedding import Encoder

MOST_SEGMENTS = 32  # of a longer document, neighbouring sentences are taken together
SKETCH = 128  # numbers kept of a segment's vector
CANDIDATES = 8
# Of 123 news articles and their translations among 100 other texts a side (benchmarks/corpus_matching.py) the lowest
# score was 0.53 and the lowest margin 0.17; of halves of them 0.52 and 0.09.
LEAST_SCORE = 0.48
LEAST_MARGIN = 0.05
TOLERATED_RATIO = 0.35  # in logarithms: of 123 articles and their translations the lengths differ from the mean so much
RATIO_COST = 0.1
CELLS = 1 << 24  # of the product of all means that are in memory at a time, some 200 MB

COPY = "copy of {}"
NONE_NEAR = "no document in the other language is near enough"
TAKEN = "the nearest documents match others better"
AMBIGUOUS = "another document is as near"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Profile:
    """What is kept of a document: the mean of its sentences' vectors, sketches of up to 32 of its parts, its length.

    ``mean`` is float16, shape (dimension,), ``segments`` int8, shape (n, 128): with an encoder of 512 dimensions at
    most 5.1 kB. ``length`` is in characters, white space not counted.
    """

    id: str
    mean: NDArray[np.float16]
    segments: NDArray[np.int8]
    length: int

    @property
    def key(self) -> bytes:
        """Equal for documents that can't be told apart."""
        return self.mean.tobytes() + self.segments.tobytes() + self.length.to_bytes(8, "little")


@dataclass(frozen=True)
class Match:
    """An English and a Chinese document that translate each other; or one alone, with the reason, the other ``""``.

    ``score`` is their similarity, of one alone that with the best candidate, and ``margin`` what it is ahead of the
    best rival of either that is not matched better.
    """

    english: str
    chinese: str
    score: float
    margin: float
    reason: str = ""


def profile(name: str, sentences: Sequence[str], encoder: Encoder) -> Profile:
    """The profile of a document from its sentences in order, with the encoder that all of them are embedded by.

    Traditional characters are folded: of 123 articles in them 116 found their translations without that, all with it.
    """
    folded = [simplify(sentence) for sentence in sentences]
    vectors = encoder.embed(folded).vectors(1) if folded else np.zeros((0, encoder.dimension), np.float32)
    lengths = np.array([len(_SPACE.sub("", sentence)) for sentence in sentences])
    weights = np.sqrt(lengths)[:, None]
    mean = of_unit_length((vectors * weights).sum(axis=0, keepdims=True))[0].astype(np.float16)
    edges = np.linspace(0, len(vectors), min(len(vectors), MOST_SEGMENTS) + 1).astype(int)[:-1]
    segments = np.add.reduceat(vectors * weights, edges) if len(vectors) else vectors
    return Profile(name, mean, _sketched(segments), int(lengths.sum()))


def _sketched(vectors: FloatArray) -> NDArray[np.int8]:
    """Vectors as 128 small numbers each, which keeps their angles nearly (a random projection, Achlioptas 2003)."""
    sketches = of_unit_length(of_unit_length(vectors) @ _signs(vectors.shape[1]))
    return np.clip(np.round(sketches * 360), -127, 127).astype(np.int8)  # few numbers are above 4 / sqrt(128)


@lru_cache(maxsize=1)
def _signs(dimension: int) -> FloatArray:
    """Random signs, shape (dimension, 128), the same on every machine."""
    bits = hashlib.shake_128(b"aligner").digest(dimension * SKETCH // 8)
    return np.unpackbits(np.frombuffer(bits, np.uint8)).reshape(dimension, SKETCH).astype(np.float32) * 2 - 1


def match(english: Sequence[Profile], chinese: Sequence[Profile]) -> list[Match]:
    """Match documents with their translations: matches by score, then what is left over, English first, with reasons.

    Memory besides the profiles: some 5 kB a document, for its mean and candidates, and a block of the product of all
    means. The result does not depend on the order in which documents are given.
    """
    sides = [_Side(documents) for documents in (english, chinese)]
    links = sorted(
        _links(sides[0].originals, sides[1].originals), key=lambda link: (-link.score, link.source, link.target)
    )
    chosen, ambiguous = _choose(links)
    names = [[document.id for document in side.originals] for side in sides]
    found = [Match(names[0][link.source], names[1][link.target], link.score, margin) for link, margin in chosen]
    taken = [{link.ends[side] for link, _ in chosen} for side in (0, 1)]
    for side in (0, 1):
        best = {link.ends[side]: link.score for link in reversed(links)}
        for place, name in enumerate(names[side]):
            if place not in taken[side]:
                reason = _reason(best.get(place, 0.0), place in ambiguous[side])
                found.append(_alone(side, name, best.get(place, 0.0), reason))
        found += [_alone(side, name, 0.0, COPY.format(original)) for name, original in sides[side].copies]
    return found


class _Side:
    """The documents of one language by their ids, those apart that can't be told from an earlier one."""

    def __init__(self, documents: Sequence[Profile]) -> None:
        first: dict[bytes, Profile] = {}
        self.copies: list[tuple[str, str]] = []
        for document in sorted(documents, key=lambda document: document.id):
            original = first.setdefault(document.key, document)
            if original is not document:
                self.copies.append((document.id, original.id))
        self.originals = list(first.values())


class _Link(NamedTuple):
    """Two documents that may translate each other, by their places."""

    source: int
    target: int
    score: float

    @property
    def ends(self) -> tuple[int, int]:
        return self.source, self.target


def _links(source: Sequence[Profile], target: Sequence[Profile]) -> Iterator[_Link]:
    if not source or not target:
        return
    means = [np.stack([document.mean for document in side]) for side in (source, target)]
    near = {(i, int(j)) for i, row in enumerate(_nearest(means[0], means[1])) for j in row}
    near |= {(int(i), j) for j, row in enumerate(_nearest(means[1], means[0])) for i in row}
    for i, j in near:
        yield _Link(i, j, score(source[i], target[j]))


def _nearest(queries: NDArray[np.float16], documents: NDArray[np.float16]) -> Iterator[IntArray]:
    """For each query the places of the documents with the nearest means."""
    documents = documents.astype(np.float32)
    count = min(CANDIDATES, len(documents))
    rows = max(1, CELLS // len(documents))
    for start in range(0, len(queries), rows):
        products = queries[start : start + rows].astype(np.float32) @ documents.T
        yield from np.argpartition(products, -count, axis=1)[:, -count:]


def score(english: Profile, chinese: Profile) -> float:
    """How likely two documents translate each other: 1 at best, about 0.3 for any two news articles."""
    if not english.length or not chinese.length:
        return 0.0
    sides = [of_unit_length(document.segments.astype(np.float32)) for document in (english, chinese)]
    cosines = sides[0] @ sides[1].T
    near = (cosines.max(axis=0).mean() + cosines.max(axis=1).mean()) / 2
    off = abs(math.log(chinese.length / english.length) - RATIO_MEAN)
    return float(near) - RATIO_COST * max(0.0, off - TOLERATED_RATIO)


def _choose(links: Sequence[_Link]) -> tuple[list[tuple[_Link, float]], tuple[set[int], set[int]]]:
    """Take links from the best down, each if it is ahead of its rivals; also what was left for a rival as near."""
    of_end: tuple[dict[int, list[_Link]], dict[int, list[_Link]]] = defaultdict(list), defaultdict(list)
    for link in links:
        for side, end in enumerate(link.ends):
            of_end[side][end].append(link)
    taken: tuple[set[int], set[int]] = set(), set()
    ambiguous: tuple[set[int], set[int]] = set(), set()
    chosen = []
    for link in links:
        if link.score < LEAST_SCORE:
            break
        if link.source in taken[0] or link.target in taken[1]:
            continue
        rivals = (of_end[0][link.source], of_end[1][link.target])
        others = (other for rival in rivals for other in rival if other is not link)
        free = (other.score for other in others if other.source not in taken[0] and other.target not in taken[1])
        margin = link.score - max(free, default=0.0)
        into = taken if margin >= LEAST_MARGIN else ambiguous
        for side, end in enumerate(link.ends):
            into[side].add(end)
        if into is taken:
            chosen.append((link, margin))
    return chosen, ambiguous


def _reason(best: float, ambiguous: bool) -> str:
    if best < LEAST_SCORE:
        return NONE_NEAR
    return AMBIGUOUS if ambiguous else TAKEN


def _alone(side: int, name: str, best: float, reason: str) -> Match:
    return Match("", name, best, 0.0, reason) if side else Match(name, "", best, 0.0, reason)

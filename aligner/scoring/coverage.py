"""How much of each sentence's word mass the words of a span on the other side cover.

Every word occurrence has a weight (how rare it is in the text, function words near zero). A span on the other side
covers a word with the strength of its best match there, so the covered mass of a sentence is the sum over its words of
weight times best strength. Masses are kept per span length, so that a bead's covered mass is a sum of table entries.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aligner.arrays import FloatArray, IntArray
from aligner.scoring.words import NAME_MARK, NUMBER_MARK, stop_words

Words = Sequence[Sequence[str]]

STOP_WEIGHT = 0.1


@dataclass(frozen=True)
class Side:
    """The words of one text, flat: for each occurrence its sentence, weight and the matches of its type.

    The matches are ``keys``, type times ``span`` plus the number of a sentence of the other text, in rising order, with
    ``strengths``. ``firsts[i]`` is where the words of sentence i begin; ``mass[i]`` is the sum of their weights.
    """

    types: IntArray
    weights: FloatArray
    firsts: IntArray
    mass: FloatArray
    span: int
    keys: IntArray
    strengths: FloatArray

    def window(self, first: int, last: int, low: int, high: int) -> FloatArray:
        """Match strengths of the words of sentences first..last-1 in the other text's sentences low..high-1.

        Shape: (number of words, high - low).
        """
        types = self.types[self.firsts[first] : self.firsts[last]]
        result = np.zeros((len(types), high - low), np.float32)
        begin = np.searchsorted(self.keys, types * self.span + low)
        counts = np.searchsorted(self.keys, types * self.span + high) - begin
        rows = np.repeat(np.arange(len(types)), counts)
        places = np.repeat(begin - (np.cumsum(counts) - counts), counts) + np.arange(len(rows))
        result[rows, self.keys[places] - types[rows] * self.span - low] = self.strengths[places]
        return result

    def covered(self, first: int, last: int, low: int, high: int, longest: int) -> list[FloatArray]:
        """Covered mass of sentences first..last-1 by spans of the other text within low..high-1.

        Entry k - 1 of the result holds spans of k sentences, shape (last - first, high - low - k + 1); column c is the
        span that begins at sentence low + c.
        """
        strengths = self.window(first, last, low, high)
        strengths *= self.weights[self.firsts[first] : self.firsts[last], None]
        edges = self.firsts[first : last + 1] - self.firsts[first]
        result = []
        best = strengths
        for length in range(1, longest + 1):
            if length > 1:
                best = np.maximum(best[:, :-1], strengths[:, length - 1 :])
            sums = np.zeros((last - first, max(0, best.shape[1])), np.float32)
            filled = edges[1:] > edges[:-1]
            if filled.any() and best.shape[1] > 0:
                sums[filled] = np.add.reduceat(best, edges[:-1][filled], axis=0)
            result.append(sums)
        return result


def build_sides(english: Words, chinese: Words, translations: Callable[[str], dict[str, float]]) -> tuple[Side, Side]:
    """Match all words of two texts; ``translations`` gives the English stems of a Chinese word with strengths."""
    english_types = _number(word for sentence in english for word in sentence)
    chinese_types = _number(word for sentence in chinese for word in sentence)
    by_form: dict[str, list[int]] = {}
    for word, number in english_types.items():
        stem, _, name = word.partition(NAME_MARK)
        by_form.setdefault(stem, []).append(number)
        if name:
            by_form.setdefault(NAME_MARK + name, []).append(number)
    matches: dict[tuple[int, int], float] = {}
    for word, source in chinese_types.items():
        for form, strength in translations(word).items():
            for target in by_form.get(form, ()):
                matches[target, source] = max(strength, matches.get((target, source), 0.0))
    pairs = np.array([*matches], np.int64).reshape(-1, 2)
    strengths = np.array([*matches.values()], np.float32)
    texts = [_flat(text, types) for text, types in ((english, english_types), (chinese, chinese_types))]
    weights = _type_weights(english, english_types), _type_weights(chinese, chinese_types)
    return (
        _side(texts[0], weights[0], _matches(pairs[:, 0], pairs[:, 1], strengths, texts[1])),
        _side(texts[1], weights[1], _matches(pairs[:, 1], pairs[:, 0], strengths, texts[0])),
    )


_Flat = tuple[IntArray, IntArray]
"""The type of every word occurrence, and the number of words of every sentence."""


def _number(words: object) -> dict[str, int]:
    return {word: number for number, word in enumerate(dict.fromkeys(words))}  # type: ignore[call-overload]


def _flat(text: Words, types: dict[str, int]) -> _Flat:
    flat = np.fromiter((types[word] for sentence in text for word in sentence), np.int64)
    return flat, np.fromiter(map(len, text), np.int64, len(text))


def _side(text: _Flat, weights: FloatArray, matches: tuple[int, IntArray, FloatArray]) -> Side:
    flat, lengths = text
    own = weights[flat] if len(flat) else np.zeros(0, np.float32)
    mass = np.zeros(len(lengths), np.float32)
    np.add.at(mass, np.repeat(np.arange(len(lengths)), lengths), own)
    return Side(flat, own, np.concatenate([[0], np.cumsum(lengths)]), mass, *matches)


def _matches(own: IntArray, others: IntArray, strengths: FloatArray, text: _Flat) -> tuple[int, IntArray, FloatArray]:
    """Sentences of the other text that match a type, each once with the best strength, as the fields of a side.

    Type ``own[k]`` matches the other text's type ``others[k]`` with ``strengths[k]``.
    """
    flat, lengths = text
    span = len(lengths) + 1
    places = np.unique(flat * span + np.repeat(np.arange(len(lengths)), lengths))
    begin = np.searchsorted(places, others * span)
    counts = np.searchsorted(places, (others + 1) * span) - begin
    found = np.repeat(begin - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
    keys = np.repeat(own, counts) * span + places[found] % span
    best = np.repeat(strengths, counts)
    order = np.lexsort((-best, keys))
    keys, best = keys[order], best[order]
    first = np.diff(keys, prepend=-1) != 0
    return span, keys[first], best[first]


def _type_weights(text: Words, types: dict[str, int]) -> FloatArray:
    """Inverse sentence frequency, 1 for a word in one sentence, falling to 0; function words a tenth of it."""
    count = Counter(word for sentence in text for word in dict.fromkeys(sentence))
    stops = stop_words()
    scale = math.log(len(text) + 2)
    result = np.empty(len(types), np.float32)
    for word, number in types.items():
        weight = math.log((len(text) + 2) / (count[word] + 0.5)) / scale
        stop = word.partition(NAME_MARK)[0] in stops and word[0] != NUMBER_MARK
        result[number] = min(1.0, weight) * (STOP_WEIGHT if stop else 1.0)
    return result

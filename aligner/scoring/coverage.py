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

    The matches of type t are ``positions[bounds[t]:bounds[t + 1]]``, sentences of the other text in rising order, with
    ``strengths``. ``firsts[i]`` is where the words of sentence i begin; ``mass[i]`` is the sum of their weights.
    """

    types: IntArray
    weights: FloatArray
    firsts: IntArray
    mass: FloatArray
    bounds: IntArray
    positions: IntArray
    strengths: FloatArray

    def window(self, first: int, last: int, low: int, high: int) -> FloatArray:
        """Match strengths of the words of sentences first..last-1 in the other text's sentences low..high-1.

        Shape: (number of words, high - low).
        """
        types = self.types[self.firsts[first] : self.firsts[last]]
        result = np.zeros((len(types), high - low), np.float32)
        counts = self.bounds[types + 1] - self.bounds[types]
        rows = np.repeat(np.arange(len(types)), counts)
        starts = np.repeat(self.bounds[types] - (np.cumsum(counts) - counts), counts)
        places = starts + np.arange(len(rows))
        columns = self.positions[places] - low
        inside = (columns >= 0) & (columns < high - low)
        result[rows[inside], columns[inside]] = self.strengths[places[inside]]
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
    from_chinese: list[dict[int, float]] = [{} for _ in chinese_types]
    from_english: list[dict[int, float]] = [{} for _ in english_types]
    for word, source in chinese_types.items():
        for form, strength in translations(word).items():
            for target in by_form.get(form, ()):
                from_chinese[source][target] = max(strength, from_chinese[source].get(target, 0.0))
                from_english[target][source] = from_chinese[source][target]
    return (
        _side(english, english_types, from_english, _sentences_of(chinese, chinese_types)),
        _side(chinese, chinese_types, from_chinese, _sentences_of(english, english_types)),
    )


def _number(words: object) -> dict[str, int]:
    return {word: number for number, word in enumerate(dict.fromkeys(words))}  # type: ignore[call-overload]


def _sentences_of(text: Words, types: dict[str, int]) -> list[IntArray]:
    """For each type the sentences that contain it, in rising order."""
    found: list[list[int]] = [[] for _ in types]
    for position, sentence in enumerate(text):
        for word in dict.fromkeys(sentence):
            found[types[word]].append(position)
    return [np.asarray(positions, np.int64) for positions in found]


def _side(text: Words, types: dict[str, int], matches: list[dict[int, float]], others: list[IntArray]) -> Side:
    flat = np.fromiter((types[word] for sentence in text for word in sentence), np.int64)
    lengths = np.fromiter(map(len, text), np.int64, len(text))
    firsts = np.concatenate([[0], np.cumsum(lengths)])
    weights = _type_weights(text, types)[flat] if len(flat) else np.zeros(0, np.float32)
    mass = np.zeros(len(text), np.float32)
    np.add.at(mass, np.repeat(np.arange(len(text)), lengths), weights)
    positions, strengths = zip(*(_merge(match, others) for match in matches), strict=True) if matches else ((), ())
    bounds = np.concatenate([[0], np.cumsum([len(part) for part in positions])]).astype(np.int64)
    empty = [np.zeros(0)]
    return Side(
        flat,
        weights,
        firsts,
        mass,
        bounds,
        np.concatenate([*positions, *empty]).astype(np.int64),
        np.concatenate([*strengths, *empty]).astype(np.float32),
    )


def _merge(match: dict[int, float], others: list[IntArray]) -> tuple[IntArray, FloatArray]:
    """Sentences of the other text that match a type, each once with the best strength, in rising order."""
    if not match:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    positions = np.concatenate([others[other] for other in match])
    strengths = np.concatenate([np.full(len(others[other]), strength) for other, strength in match.items()])
    order = np.lexsort((-strengths, positions))
    positions, strengths = positions[order], strengths[order]
    keep = np.ones(len(positions), bool)
    keep[1:] = positions[1:] != positions[:-1]
    return positions[keep], strengths[keep].astype(np.float32)


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

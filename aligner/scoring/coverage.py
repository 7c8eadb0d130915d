"""How much of each sentence's word mass the words of a span on the other side cover.

Every word occurrence has a weight (how rare it is in the text, function words near zero). A span on the other side
covers a word with the strength of its best match there, so the covered mass of a sentence is the sum over its words of
weight times best strength. Masses are kept per span length, so that a bead's covered mass is a sum of table entries.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aligner.arrays import FloatArray, IntArray
from aligner.compiled import load_compiled
from aligner.scoring.words import NAME_MARK, NUMBER_MARK, stop_words

Words = Sequence[Sequence[str]]

STOP_WEIGHT = 0.1

compiled = load_compiled("aligner.scoring._tables")


@dataclass(frozen=True)
class Text:
    """The words of one text, flat: the type of every occurrence; the words of sentence i begin at ``firsts[i]``.

    ``count`` is the number of types.
    """

    types: IntArray
    firsts: IntArray
    count: int


@dataclass(frozen=True)
class Matches:
    """The types of another text that match each type of one, with strengths; those of t begin at ``bounds[t]``."""

    bounds: IntArray
    types: IntArray
    strengths: FloatArray


@dataclass(frozen=True)
class Side:
    """The words of one text with the weight of each occurrence, what they match, and the other text.

    ``mass[i]`` is the sum of the weights of sentence i.
    """

    text: Text
    weights: FloatArray
    mass: FloatArray
    matches: Matches
    other: Text

    def window(self, first: int, last: int, low: int, high: int) -> FloatArray:
        """Match strengths of the words of sentences first..last-1 in the other text's sentences low..high-1.

        Shape: (number of words, high - low).
        """
        types, occurrences = np.unique(self.text.types[_words(self.text, first, last)], return_inverse=True)
        width = max(1, high - low)
        sentences = np.repeat(np.arange(high - low), np.diff(self.other.firsts[low : high + 1]))
        others = np.unique(self.other.types[_words(self.other, low, high)] * width + sentences)
        others, sentences = others // width, others % width
        words, entries = _expand(self.matches.bounds[types], self.matches.bounds[types + 1])
        found, strengths = self.matches.types[entries], self.matches.strengths[entries]
        matches, places = _expand(np.searchsorted(others, found), np.searchsorted(others, found, side="right"))
        weakest_first = np.argsort(strengths[matches], kind="stable")  # the last value that is put somewhere stays
        matches, places = matches[weakest_first], places[weakest_first]
        result = np.zeros((len(types), high - low), np.float32)
        result[words[matches], sentences[places]] = strengths[matches]
        return result[occurrences]

    def covered(self, first: int, last: int, low: int, high: int, longest: int) -> FloatArray:
        """Covered mass of sentences first..last-1, summed up, by spans of the other text within low..high-1.

        Entry (k - 1, r, c) is of the first r of them by the k sentences from ``low + c`` on; where these would reach
        beyond ``high`` it is 0. Shape (longest, last - first + 1, high - low, at least 1).
        """
        result = np.zeros((longest, last - first + 1, max(1, high - low)), np.float32)
        if compiled:
            words = self.text.types, self.text.firsts, self.other.types, self.other.firsts
            matches = self.matches.bounds, self.matches.types, self.matches.strengths, self.weights
            compiled.cover(result, *words, *matches, self.other.count, longest, (first, last, low, high))
        else:
            self._add_covered(result, first, last, low, high)
        return result

    def _add_covered(self, result: FloatArray, first: int, last: int, low: int, high: int) -> None:
        strengths = self.window(first, last, low, high)
        strengths *= self.weights[_words(self.text, first, last), None]
        edges = self.text.firsts[first : last + 1] - self.text.firsts[first]
        filled = edges[1:] > edges[:-1]
        best = strengths
        for length, sums in enumerate(result):
            if length:
                best = np.maximum(best[:, :-1], strengths[:, length:])
            if not (filled.any() and best.shape[1]):
                return
            sums[1:, : best.shape[1]][filled] = np.add.reduceat(best, edges[:-1][filled], axis=0)
            np.cumsum(sums, axis=0, out=sums)


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
    targets, sources, strengths = array("q"), array("q"), array("f")
    for word, source in chinese_types.items():
        found: dict[int, float] = {}
        for form, strength in translations(word).items():
            for target in by_form.get(form, ()):
                found[target] = max(strength, found.get(target, 0.0))
        targets.extend(found)
        sources.extend([source] * len(found))
        strengths.extend(found.values())
    pairs = np.stack([np.array(targets, np.int64), np.array(sources, np.int64)], axis=1)
    best = np.array(strengths, np.float32)
    texts = _text(english, english_types), _text(chinese, chinese_types)
    weights = _type_weights(english, english_types), _type_weights(chinese, chinese_types)
    from_english, from_chinese = _matches(pairs, best, weights[0]), _matches(pairs[:, ::-1], best, weights[1])
    return _side(*texts, weights[0], from_english), _side(*texts[::-1], weights[1], from_chinese)


def _number(words: object) -> dict[str, int]:
    return {word: number for number, word in enumerate(dict.fromkeys(words))}  # type: ignore[call-overload]


def _text(text: Words, types: dict[str, int]) -> Text:
    lengths = np.fromiter(map(len, text), np.int64, len(text))
    return Text(
        np.fromiter((types[word] for sentence in text for word in sentence), np.int64),
        np.concatenate([[0], np.cumsum(lengths)]),
        len(types),
    )


def _expand(starts: IntArray, stops: IntArray) -> tuple[IntArray, IntArray]:
    """All numbers from each start to before its stop, and before them which start each belongs to."""
    counts = stops - starts
    owners = np.repeat(np.arange(len(starts)), counts)
    return owners, np.arange(len(owners)) + np.repeat(starts - (np.cumsum(counts) - counts), counts)


def _words(text: Text, first: int, last: int) -> slice:
    """The places of the words of sentences first..last-1."""
    return slice(int(text.firsts[first]), int(text.firsts[last]))


def _matches(pairs: IntArray, strengths: FloatArray, own_types: FloatArray) -> Matches:
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    bounds = np.searchsorted(pairs[order, 0], np.arange(len(own_types) + 1))
    return Matches(bounds, np.ascontiguousarray(pairs[order, 1]), strengths[order])


def _side(text: Text, other: Text, weights: FloatArray, matches: Matches) -> Side:
    own = weights[text.types] if len(text.types) else np.zeros(0, np.float32)
    mass = np.zeros(len(text.firsts) - 1, np.float32)
    np.add.at(mass, np.repeat(np.arange(len(mass)), np.diff(text.firsts)), own)
    return Side(text, own, mass, matches, other)


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

"""Features of beads, the lexicon, and the trained weights that turn features into scores."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from aligner.arrays import AnyArray, Beads, DoubleArray, FloatArray, IntArray
from aligner.scoring.coverage import Side, build_sides
from aligner.scoring.features import OPENING, TextPair, bead_features
from aligner.scoring.lexicon import load_lexicon
from aligner.scoring.neighbours import (
    Chain,
    Copies,
    Neighbours,
    find_neighbours,
    mutual_pairs,
    pairs_of_copies,
    windows_around,
)
from aligner.scoring.rough import Roughly
from aligner.scoring.scorer import Scorer, linear_scorer
from aligner.scoring.solitude import solitude
from aligner.scoring.span_cache import SpanCache
from aligner.scoring.surface import measure
from aligner.scoring.tables import Kind
from aligner.scoring.timing import find_timing
from aligner.scoring.weights import Weights, encode_weights, load_weights
from aligner.scoring.words import NUMBER_MARK, chinese_words, english_words, load_segmenter
from aligner.threads import shared_over_cores

__all__ = [
    "OPENING",
    "Anchors",
    "Roughly",
    "Scorer",
    "SpanCache",
    "TextPair",
    "Weights",
    "bead_features",
    "encode_weights",
    "find_anchors",
    "find_timing",
    "linear_scorer",
    "load_dictionaries",
    "load_weights",
    "match_words",
    "prepare",
    "score_beads",
]

USUAL_RATIO = 3.4  # English characters, white space left out, per Chinese character: median of the training documents
BEADS_AT_ONCE = 50_000  # their features take 15 MB
FEW_SENTENCES = 500  # of which neighbours are found sooner than threads start
SENTENCES_IN_FULL = 10_000  # what is kept of them takes 20 MB
VECTORS_AT_ONCE = 1024  # of a long text
SURE_MARGIN = 0.1  # of an anchor's cosine over the usual; chance pairs among unrelated sentences lie below
RATIO_PRIOR = 500  # Chinese characters' worth of belief in the usual ratio


WordSides = tuple[Side, Side, Side, Side]
"""The words of two texts, English and Chinese, as each other's translations cover them; then their numbers likewise."""


@dataclass(frozen=True)
class Anchors:
    """Nearest neighbours both ways, and a rising chain of pairs of sentences that are each other's nearest.

    ``source`` and ``target`` are the chain's English and Chinese indices, ``weight`` how far each pair stands out;
    ``mutual`` holds indices and weights of all such pairs, in the chain or not, but for sentences that occur twice.
    """

    english: Neighbours
    chinese: Neighbours
    source: IntArray
    target: IntArray
    weight: DoubleArray
    mutual: tuple[IntArray, IntArray, DoubleArray]


def find_anchors(
    texts: tuple[Sequence[str], Sequence[str]], spans: tuple[SpanCache, SpanCache], chain: Chain
) -> Anchors:
    """Find the neighbours, and the mutual ones among them that ``chain`` picks by (source, target, weight)."""
    copies = Copies.among(texts[0]), Copies.among(texts[1])
    with shared_over_cores(sum(map(len, spans)) > FEW_SENTENCES) as share:
        left, right = share(lambda side: _unit_vectors(*side), zip(spans, copies, strict=True))
        vectors = left, right
        near = find_neighbours(*vectors, windows_around(*vectors, chain), share)
    pairs = mutual_pairs(*near)
    source, target, which, ways = pairs_of_copies(pairs, *copies)
    weight = pairs[2][which]
    chosen = chain(source, target, weight / ways)
    single = ways == 1
    return Anchors(
        near[0].of(copies[0]),
        near[1].of(copies[1]),
        source[chosen],
        target[chosen],
        weight[chosen],
        (source[single], target[single], weight[single]),
    )


def _unit_vectors(cache: SpanCache, copies: Copies) -> AnyArray:
    """A vector of each wording; those of a long text, which the cache can't keep, rounded to 16 bits."""
    if len(cache) <= SENTENCES_IN_FULL:
        vectors = cache.vectors(1)
        return vectors if copies.none else vectors[copies.first]
    result = np.empty((len(copies.first), cache.spans.vectors(1, 0, 1).shape[1]), np.float16)
    for low in range(0, len(cache), VECTORS_AT_ONCE):
        high = min(len(cache), low + VECTORS_AT_ONCE)
        start, end = np.searchsorted(copies.first, (low, high)).tolist()
        result[start:end] = cache.spans.vectors(1, low, high)[copies.first[start:end] - low]
    return result


def load_dictionaries(chinese: Sequence[str]) -> None:
    """Load what ``match_words`` will look up, so that the caller can do so while the encoder loads."""
    load_lexicon().cover(load_segmenter(chinese))


def match_words(
    texts: tuple[Sequence[str], Sequence[str]], terms: Mapping[str, Sequence[str]] | None = None
) -> WordSides:
    """Find the words of English and Chinese sentences, and which of them translate which, and the same of numbers.

    ``terms`` are the user's own: Chinese words with their English translations, beside the dictionary's.
    """
    with _without_collecting():
        words = english_words(texts[0]), chinese_words(texts[1], list(terms or ()))
        lexicon = load_lexicon().with_terms(terms or {})
        lexicon.look_up(word for sentence in words[1] for word in sentence)
        numbers = _numbers(words[0]), _numbers(words[1])
        return *build_sides(*words, lexicon.translations), *build_sides(*numbers, lexicon.translations)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Make many small lists that stay: looking through them for garbage, again and again, takes a sixth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def prepare(
    texts: tuple[Sequence[str], Sequence[str]],
    spans: tuple[SpanCache, SpanCache],
    anchors: Anchors,
    noise: tuple[FloatArray, FloatArray],
    paragraphs: tuple[Sequence[int], Sequence[int]],
    words: WordSides,
) -> TextPair:
    """Gather what the features of these two texts, English and Chinese sentences, need.

    ``noise`` says for each sentence whether it looks like no part of the article, 0 or 1, shape (n,). ``paragraphs``
    numbers each sentence's paragraph; where one of the texts has but one, nothing is made of them.
    """
    known = min(len(set(numbers)) for numbers in paragraphs) > 1
    english_paragraphs, chinese_paragraphs = paragraphs if known else ([0] * len(texts[0]), [0] * len(texts[1]))
    surfaces = (
        measure(texts[0], anchors.english.level, english_paragraphs),
        measure(texts[1], anchors.chinese.level, chinese_paragraphs),
    )
    characters = surfaces[0].characters, surfaces[1].characters
    left = float(characters[0][anchors.source].sum()) + USUAL_RATIO * RATIO_PRIOR
    right = float(characters[1][anchors.target].sum()) + RATIO_PRIOR
    ratio = left / right
    sure = anchors.weight >= SURE_MARGIN
    chain = anchors.source[sure], anchors.target[sure]
    return TextPair(
        *spans,
        *words,
        *surfaces,
        solitude(anchors.english, noise[0], surfaces[0].breaks, chain, (characters[0], characters[1] * ratio)),
        solitude(anchors.chinese, noise[1], surfaces[1].breaks, chain[::-1], (characters[1] * ratio, characters[0])),
        ratio,
        anchors.mutual,
        (anchors.source, anchors.target),
        chain,
    )


def _numbers(text: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[word for word in sentence if word[0] == NUMBER_MARK] for sentence in text]


def score_beads(pair: TextPair, beads: Beads, kinds: tuple[Kind, ...], scorer: Scorer) -> FloatArray:
    """Scores of beads in the order of their rows, shape (n,); ``kinds`` are all there are.

    Where the texts are subtitles, what their times say is added to what the features say.
    """
    result = np.empty(len(beads), np.float32)
    for low in range(0, len(beads), BEADS_AT_ONCE):
        some = slice(low, low + BEADS_AT_ONCE)
        result[some] = scorer(bead_features(pair, beads[some], kinds))
    if pair.timing:
        result += pair.timing.score_beads(beads)
    return result

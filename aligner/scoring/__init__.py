"""Features of beads, the lexicon, and the trained weights that turn features into scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from aligner.arrays import DoubleArray, FloatArray, IntArray, SpanVectors
from aligner.scoring.coverage import build_sides
from aligner.scoring.features import Block, Kind, TextPair, bead_features
from aligner.scoring.lexicon import load_lexicon
from aligner.scoring.neighbours import find_neighbours, mutual_anchors
from aligner.scoring.surface import measure
from aligner.scoring.weights import Weights, load_weights, save_weights
from aligner.scoring.words import NUMBER_MARK, chinese_words, english_words

__all__ = [
    "Block",
    "TextPair",
    "Weights",
    "anchors",
    "bead_features",
    "load_weights",
    "prepare",
    "save_weights",
    "score_block",
]

USUAL_RATIO = 3.4  # English characters, white space left out, per Chinese character: median of the training documents
RATIO_PRIOR = 500  # Chinese characters' worth of belief in the usual ratio


def prepare(
    english: Sequence[str],
    chinese: Sequence[str],
    english_spans: SpanVectors,
    chinese_spans: SpanVectors,
    noise: tuple[FloatArray, FloatArray],
    terms: Mapping[str, Sequence[str]] | None = None,
) -> TextPair:
    """Gather what the features of these two texts need.

    ``noise`` says for each sentence whether it looks like no part of the article, 0 or 1, shape (n,). ``terms`` are the
    user's own: Chinese words with their English translations, beside the dictionary's.
    """
    english_near, chinese_near = find_neighbours(english_spans.vectors(1), chinese_spans.vectors(1))
    first, second, _ = mutual_anchors(english_near, chinese_near)
    english_mutual, chinese_mutual = np.zeros(len(english), np.float32), np.zeros(len(chinese), np.float32)
    english_mutual[first] = chinese_mutual[second] = 1
    english_surface = measure(english, english_near.level, english_mutual, noise[0])
    chinese_surface = measure(chinese, chinese_near.level, chinese_mutual, noise[1])
    left = float(english_surface.characters[first].sum()) + USUAL_RATIO * RATIO_PRIOR
    right = float(chinese_surface.characters[second].sum()) + RATIO_PRIOR
    english_text, chinese_text = english_words(english), chinese_words(chinese, list(terms or ()))
    translations = load_lexicon().with_terms(terms or {}).translations
    sides = build_sides(english_text, chinese_text, translations)
    numbers = build_sides(_numbers(english_text), _numbers(chinese_text), translations)
    return TextPair(
        english_spans,
        chinese_spans,
        *sides,
        *numbers,
        english_surface,
        chinese_surface,
        english_near,
        chinese_near,
        left / right,
    )


def _numbers(text: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[word for word in sentence if word[0] == NUMBER_MARK] for sentence in text]


def anchors(pair: TextPair) -> tuple[IntArray, IntArray, DoubleArray]:
    """Pairs of sentences that are each other's nearest: English index, Chinese index, weight."""
    return mutual_anchors(pair.english_neighbours, pair.chinese_neighbours)


def score_block(pair: TextPair, block: Block, kinds: tuple[Kind, ...], weights: FloatArray) -> FloatArray:
    """Scores of all beads that end in a rectangle of nodes, shape (rows, columns, len(kinds))."""
    result = np.empty((block.last_row - block.first_row, block.last_column - block.first_column, len(kinds)), np.float32)
    for number, (_, features) in enumerate(bead_features(pair, block, kinds)):
        result[:, :, number] = features @ weights
    return result

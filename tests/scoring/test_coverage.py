"""Coverage against a plain loop."""

from __future__ import annotations

import random

import numpy as np
import pytest

from aligner.scoring.coverage import STOP_WEIGHT, Side, build_sides

TRANSLATIONS = {"猫": {"cat": 1.0}, "狗": {"dog": 1.0, "hound": 0.5}, "的": {"of": 1.0}, "跑": {"run": 0.7}}


def texts(seed: int) -> tuple[list[list[str]], list[list[str]]]:
    generator = random.Random(seed)
    english = [
        generator.choices(["cat", "dog", "hound", "of", "run", "sky"], k=generator.randrange(6)) for _ in range(9)
    ]
    chinese = [generator.choices([*TRANSLATIONS, "天"], k=generator.randrange(6)) for _ in range(7)]
    return english, chinese


def sides(seed: int) -> tuple[Side, Side, list[list[str]], list[list[str]]]:
    english, chinese = texts(seed)
    return *build_sides(english, chinese, lambda word: TRANSLATIONS.get(word, {})), english, chinese


@pytest.mark.parametrize("seed", range(5))
def test_covered_mass_is_the_weighted_best_match_in_the_span(seed: int) -> None:
    _, side, english, chinese = sides(seed)
    tables = side.covered(1, 6, 2, 8, longest=3)
    for length, table in enumerate(tables, 1):
        assert table.shape == (5, 6 - length + 1)
        for row, sentence in enumerate(range(1, 6)):
            for column, start in enumerate(range(2, 8 - length + 1)):
                span = {word for words in english[start : start + length] for word in words}
                expected = 0.0
                for position, word in enumerate(chinese[sentence]):
                    weight = side.weights[side.text.firsts[sentence] + position]
                    strength = max((TRANSLATIONS.get(word, {}).get(other, 0) for other in span), default=0)
                    expected += weight * strength
                assert table[row, column] == pytest.approx(expected, abs=1e-5)


def test_weights_are_higher_for_rare_words_and_low_for_function_words() -> None:
    english = [["cat", "of"], ["dog", "of"], ["dog", "of"], ["sky"]]
    side, _ = build_sides(english, [["猫"]], lambda word: TRANSLATIONS.get(word, {}))
    cat, of, dog = side.weights[0], side.weights[1], side.weights[2]
    assert cat > dog > of
    assert of < STOP_WEIGHT
    assert side.mass[0] == pytest.approx(cat + of)


def test_empty_texts_and_sentences() -> None:
    english, chinese = build_sides([[], ["cat"]], [], lambda word: {})
    assert english.mass[0] == 0
    assert chinese.covered(0, 0, 0, 2, longest=2)[0].shape == (0, 2)
    assert np.all(english.covered(0, 2, 0, 0, longest=1)[0] == 0)

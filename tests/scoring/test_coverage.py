"""Coverage against a plain loop."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from aligner.scoring import coverage
from aligner.scoring.coverage import STOP_WEIGHT, Side, build_sides

UNDER_TEST = coverage
each_way = pytest.mark.usefixtures("_each_way")

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


@each_way
@pytest.mark.parametrize("seed", range(5))
def test_covered_mass_is_the_weighted_best_match_in_the_span(seed: int) -> None:
    _, side, english, chinese = sides(seed)
    sums = side.covered(1, 6, 2, 8, longest=3)
    assert sums.shape == (3, 6, 6)
    for length, table in enumerate(np.diff(sums, axis=1), 1):
        assert not table[:, 6 - length + 1 :].any()
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


@each_way
def test_empty_texts_and_sentences() -> None:
    english, chinese = build_sides([[], ["cat"]], [], lambda word: {})
    assert english.mass[0] == 0
    assert chinese.covered(0, 0, 0, 2, longest=2).shape == (2, 1, 2)
    assert not english.covered(0, 2, 0, 0, longest=1).any()


@each_way
def test_words_said_thousands_of_times_take_no_more_room_than_the_text() -> None:
    english, chinese = [["cat", "of"] * 10_000, ["cat", "sky"]], [["猫", "跑"] * 10_000]
    _, side = build_sides(english, chinese, lambda word: TRANSLATIONS.get(word, {}))
    tracemalloc.start()
    try:
        sums = side.covered(0, 1, 0, 2, longest=2)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()
    expected = 10_000 * side.weights[0]
    assert sums[:, 1] == pytest.approx(np.array([[expected, expected], [expected, 0]]), rel=0.001)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("firsts", [0, 9, 9, 9, 9, 9, 9, 10_000]),
        ("firsts", [0, 2, 1, 3, 3, 3, 3, 3]),
        ("firsts", [-1, 2, 3, 3, 3, 3, 3, 3]),
        ("types", [0, 1, 2, 3, 4, 5, 6, 10_000] * 5),
        ("types", [0, 1, 2, 3, 4, 5, 6, -1] * 5),
    ],
)
@pytest.mark.skipif(coverage.compiled is None, reason="there was no C compiler")
def test_compiled_code_never_reads_outside_of_its_arrays(name: str, values: list[int]) -> None:
    _, side, _, _ = sides(1)
    text = replace(side.text, **{name: np.array(values)})
    broken = replace(side, text=text, weights=np.ones(len(text.types), np.float32))
    with pytest.raises(ValueError, match="places outside"):
        broken.covered(0, 7, 0, 9, longest=3)

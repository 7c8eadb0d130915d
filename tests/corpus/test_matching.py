"""Documents matched with their translations: articles of our own, and vectors made by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from aligner.corpus import matching
from aligner.corpus.matching import AMBIGUOUS, NONE_NEAR, TAKEN, Match, Profile, match, profile
from aligner.embedding import load_encoder
from aligner.segmentation import sentence_spans

ARTICLES = Path(__file__).parent.parent / "data" / "articles"


class Vectors:
    """Stands for an encoder: the sentences are the names of unit vectors."""

    dimension = 64
    name = fingerprint = "made by hand"

    def embed(self, sentences: Sequence[str], progress: object = None) -> Vectors:
        self.rows = np.stack([self.vector(sentence) for sentence in sentences])
        return self

    def vectors(self, length: int) -> np.ndarray:
        return self.rows

    @staticmethod
    def vector(sentence: str) -> np.ndarray:
        vector = np.random.default_rng(list(sentence.strip("x").encode())).normal(size=64).astype(np.float32)
        return vector / np.linalg.norm(vector)


def english(name: str, *sentences: str) -> Profile:
    return profile(name, [sentence + "x" * 20 for sentence in sentences], Vectors())  # type: ignore[arg-type]


def chinese(name: str, *sentences: str) -> Profile:
    return profile(name, [sentence + "x" * 8 for sentence in sentences], Vectors())  # type: ignore[arg-type]


def pairs(matches: Sequence[Match]) -> dict[str, str]:
    return {entry.english: entry.chinese for entry in matches if not entry.reason}


def reasons(matches: Sequence[Match]) -> dict[str, str]:
    return {entry.english or entry.chinese: entry.reason for entry in matches if entry.reason}


def test_translations_find_each_other_and_what_has_none_is_left_with_the_reason() -> None:
    sides = (
        [english("e1", "a", "b", "c"), english("e2", "d", "e", "f"), english("e3", "g", "h")],
        [
            chinese("z1", "d", "e", "f"),
            chinese("z2", "a", "b", "c"),
        ],
    )
    found = match(*sides)
    assert pairs(found) == {"e1": "z2", "e2": "z1"}
    assert reasons(found) == {"e3": NONE_NEAR}
    assert all(entry.score > 0.9 and entry.margin > 0.3 for entry in found if not entry.reason)


def test_two_as_near_are_not_guessed_between_and_copies_are_named() -> None:
    found = match([english("e1", "a", "b", "c")], [chinese("z1", "a", "b", "c"), chinese("z2", "a", "c", "b")])
    assert reasons(found) == {"e1": AMBIGUOUS, "z1": AMBIGUOUS, "z2": AMBIGUOUS}
    found = match([english("e1", "a", "b")], [chinese("z2", "a", "b"), chinese("z1", "a", "b")])
    assert pairs(found) == {"e1": "z1"}
    assert reasons(found) == {"z2": "copy of z1"}


def test_the_second_of_two_on_one_event_is_left_when_the_first_fits_better() -> None:
    found = match(
        [english("e1", "a", "b", "c", "d"), english("e2", "a", "b", "c", "q")], [chinese("z", "a", "b", "c", "d")]
    )
    assert pairs(found) == {"e1": "z"}
    assert reasons(found) == {"e2": TAKEN}


def test_length_counts() -> None:
    same = chinese("z", "a", "b", "c")
    longer = Profile("z", same.mean, same.segments, same.length * 3)
    article = english("e", "a", "b", "c")
    assert matching.score(article, longer) < matching.score(article, same) - 0.05


def test_empty_sides_and_empty_documents() -> None:
    assert match([], []) == []
    assert reasons(match([english("e", "a")], [])) == {"e": NONE_NEAR}
    empty = profile("z", [], load_encoder())
    assert reasons(match([profile("e", [], load_encoder())], [empty])) == {"e": NONE_NEAR, "z": NONE_NEAR}


def test_the_order_of_the_documents_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    names = [f"{number:02}" for number in range(30)]
    sides = [
        [make(f"{side}{name}", *(rng.choice("abcdefgh") + name[0] for _ in range(4))) for name in names]
        for side, make in (("e", english), ("z", chinese))
    ]
    expected = match(*sides)
    monkeypatch.setattr(matching, "CELLS", 211)
    rng.shuffle(sides[0])
    rng.shuffle(sides[1])
    assert match(*sides) == expected
    assert len(expected) == 60 - len(pairs(expected))


def test_a_long_document_has_a_small_profile() -> None:
    long = profile("e", [str(number) for number in range(1000)], Vectors())  # type: ignore[arg-type]
    assert long.segments.shape == (32, 128)
    assert long.segments.nbytes + profile("e", ["tea"], load_encoder()).mean.nbytes <= 5200


def test_articles_find_their_translations() -> None:
    encoder = load_encoder()
    sides: dict[str, list[Profile]] = {"en": [], "zh": []}
    for language, side in sides.items():
        for path in sorted(ARTICLES.glob(f"*.{language}")):
            lines = path.read_text("utf-8").splitlines()
            sentences = [line[a:b] for line in lines for a, b in sentence_spans(line, language)]
            side.append(profile(path.stem, sentences, encoder))
    names = {side.id for side in sides["en"]} - {"headlines"}  # lists of news that are not the same
    assert pairs(match(*sides.values())) == {name: name for name in names}

"""Sentences as words: what the lexical features compare. Folding happens here only, never in the output."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

from aligner.chinese import load_tokenizer
from aligner.scoring.numbers import chinese_numbers, english_numbers

_ENGLISH_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_CHINESE_RUN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
NUMBER_MARK = "#"
NAME_MARK = "^"


def english_words(sentences: Sequence[str]) -> list[list[str]]:
    """Stems of each sentence, lower case; capitalised words again as ``^name``, numbers as ``#value``."""
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    result = []
    for sentence in sentences:
        folded = unicodedata.normalize("NFKC", sentence)
        found = [word.replace("’", "'").removesuffix("'s") for word in _ENGLISH_WORD.findall(folded)]
        stems = stemmer.stemWords([word.lower() for word in found])
        names = [NAME_MARK + word.lower() if word[0].isupper() else "" for word in found]
        numbers = [NUMBER_MARK + value for value in english_numbers(folded)]
        result.append([*(f"{stem}{name}" for stem, name in zip(stems, names, strict=True)), *numbers])
    return result


def chinese_words(sentences: Sequence[str], terms: Sequence[str] = ()) -> list[list[str]]:
    """Simplified words of each sentence by jieba, numbers as ``#value``, and those of the given terms that occur."""
    terms = [simplify(term) for term in terms]
    folded = [_fold(sentence) for sentence in sentences]
    cut = _segmenter.tokenizer_for(_characters(folded)).cut
    result = []
    for sentence in folded:
        words = [word for run in _CHINESE_RUN.findall(sentence) for word in cut(run)]
        words += [term for term in terms if term in sentence and term not in words]
        words += [word.lower() for word in _ENGLISH_WORD.findall(sentence)]
        result.append(words + [NUMBER_MARK + value for value in chinese_numbers(sentence)])
    return result


def load_segmenter(sentences: Sequence[str]) -> frozenset[str]:
    """Load the words that ``chinese_words`` needs for these sentences; return their characters, Simplified."""
    characters = _characters([_fold(sentence) for sentence in sentences])
    _segmenter.tokenizer_for(characters)
    return characters


def _fold(sentence: str) -> str:
    return simplify(unicodedata.normalize("NFKC", sentence))


def _characters(folded: Sequence[str]) -> frozenset[str]:
    return frozenset(character for sentence in folded for run in _CHINESE_RUN.findall(sentence) for character in run)


def simplify(text: str) -> str:
    """Fold Traditional characters to Simplified ones (OpenCC, character by character; the length stays)."""
    return text.translate(_folding())


class _Folding(dict[int, int]):
    """Simplified characters by Traditional ones, looked up as they occur: to fold all there are takes longer."""

    def __init__(self) -> None:
        import opencc

        super().__init__()
        self._convert = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> int:
        new = self._convert(chr(code)) if 0x3400 <= code < 0xA000 else ""
        self[code] = ord(new) if len(new) == 1 else code
        return self[code]


@lru_cache(maxsize=1)
def _folding() -> _Folding:
    return _Folding()


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Function words of both languages, English ones stemmed: they carry almost no evidence."""
    import Stemmer

    text = resources.files("aligner.scoring").joinpath("stopwords.txt").read_text("utf-8")
    words = [word for line in text.splitlines() if not line.startswith("//") for word in line.split()]
    return frozenset(words) | frozenset(Stemmer.Stemmer("english").stemWords(words))


class _Segmenter:
    """jieba with the words that the first text can contain, and with all of them from the second text on."""

    def __init__(self) -> None:
        self.characters: frozenset[str] | None = frozenset()  # None: everything is loaded
        self.tokenizer: Any = None

    def tokenizer_for(self, characters: frozenset[str]) -> Any:
        if self.characters is None or (self.tokenizer and characters <= self.characters):
            return self.tokenizer
        self.characters = None if self.tokenizer else characters
        self.tokenizer = load_tokenizer(self.characters)
        return self.tokenizer


_segmenter = _Segmenter()

"""Sentences as words: what the lexical features compare. Folding happens here only, never in the output."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from aligner.chinese import Cut, word_cutter
from aligner.scoring.numbers import chinese_numbers, english_numbers

_ENGLISH_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_CHINESE_RUN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
NUMBER_MARK = "#"
NAME_MARK = "^"


def english_words(sentences: Sequence[str]) -> list[list[str]]:
    """Stems of each sentence, lower case; capitalised words again as ``^name``, numbers as ``#value``."""
    import Stemmer

    folded = [unicodedata.normalize("NFKC", sentence) for sentence in sentences]
    once = _Once()
    found = [[once[word] for word in _ENGLISH_WORD.findall(sentence)] for sentence in folded]
    vocabulary = list(once)
    bare = [word.replace("’", "'").removesuffix("'s") for word in vocabulary]
    lower = [word.lower() for word in bare]
    stems = Stemmer.Stemmer("english").stemWords(lower)
    names = [NAME_MARK + small if word[0].isupper() else "" for word, small in zip(bare, lower, strict=True)]
    forms = {word: stem + name for word, stem, name in zip(vocabulary, stems, names, strict=True)}
    return [
        [*map(forms.__getitem__, words), *(NUMBER_MARK + value for value in english_numbers(sentence))]
        for words, sentence in zip(found, folded, strict=True)
    ]


def chinese_words(sentences: Sequence[str], terms: Sequence[str] = ()) -> list[list[str]]:
    """Simplified words of each sentence by jieba, numbers as ``#value``, and those of the given terms that occur."""
    terms = [simplify(term) for term in terms]
    folded = [_fold(sentence) for sentence in sentences]
    runs = [_CHINESE_RUN.findall(sentence) for sentence in folded]
    cut = _cutter(folded)
    result, once = [], _Once()
    for sentence, runs_of_sentence in zip(folded, runs, strict=True):
        words = [once[word] for run in runs_of_sentence for word in cut(run)]
        words += [term for term in terms if term in sentence and term not in words]
        words += [word.lower() for word in _ENGLISH_WORD.findall(sentence)]
        result.append(words + [NUMBER_MARK + value for value in chinese_numbers(sentence)])
    return result


class _Once(dict[str, str]):
    """Strings in the order in which they are first looked up, each kept once: of a long text, copies take 100 MB."""

    def __missing__(self, word: str) -> str:
        self[word] = word
        return word


def load_segmenter(sentences: Sequence[str]) -> frozenset[str]:
    """Load the words that ``chinese_words`` needs for these sentences; return their characters, Simplified."""
    characters = _chinese_characters(_fold("".join(frozenset[str]().union(*sentences))))
    word_cutter(characters, sum(map(len, sentences)))
    return characters


def _cutter(folded: Sequence[str]) -> Cut:
    return word_cutter(_chinese_characters("".join(folded)), sum(map(len, folded)))


def _chinese_characters(text: str) -> frozenset[str]:
    return frozenset("".join(_CHINESE_RUN.findall(text)))


def _fold(sentence: str) -> str:
    return simplify(unicodedata.normalize("NFKC", sentence))


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

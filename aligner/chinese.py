"""Chinese text as a reader meets it: words by jieba, and Traditional characters folded for looking things up.

The Rust port of jieba, ``rjieba`` (MIT), makes the same cuts (of 203,000 words all but one), twenty times as fast. But
to load it takes 0.17 s, twice as long as the part of jieba's own dictionary that a short text needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

SHORT = 3000  # Chinese characters of a text for which a part of jieba's dictionary is loaded sooner than its port
_RUN = re.compile("([\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")
_JIEBA_TOTAL = 60101967  # sum of the frequencies in jieba's dict.txt, which a part of it must be read with

Cut = Callable[[str], Iterable[str]]


def split_words(texts: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Each text as pieces that join to it again: a Chinese word with its Simplified form, anything else with nothing.

    >>> split_words(["銀行在A座。"])
    [[('銀行', '银行'), ('在', '在'), ('A', ''), ('座', '座'), ('。', '')]]
    """
    parts = [[part for part in _RUN.split(text) if part] for text in texts]
    folded = {part: simplify(part) for parts_of_text in parts for part in parts_of_text if _RUN.match(part)}
    cut = word_cutter(frozenset().union(*folded.values()), sum(map(len, folded.values())))
    return [[piece for part in text for piece in _pieces(part, folded.get(part), cut)] for text in parts]


def _pieces(part: str, folded: str | None, cut: Cut) -> Iterable[tuple[str, str]]:
    if folded is None:
        yield part, ""
        return
    start = 0
    for word in cut(folded):
        yield part[start : start + len(word)], word
        start += len(word)


def simplify(text: str) -> str:
    """Fold Traditional characters to Simplified ones as the words around them ask for; the length stays (OpenCC).

    >>> simplify("銀行行長看著乾淨的著名建築")
    '银行行长看着干净的著名建筑'
    """
    converted: str = _converter().convert(text)
    return converted if len(converted) == len(text) else text


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("tw2s")  # leaves Simplified text as it is, and 著 where it is no 着


def word_cutter(characters: frozenset[str], length: int) -> Cut:
    """What cuts runs of these Simplified characters into words; ``length`` is how many there are in all."""
    return _cutter.for_text(characters, length)


class _Cutter:
    """jieba with the words that the first text can contain, if it is short; its port for any other text."""

    def __init__(self) -> None:
        self._cut: Cut | None = None
        self._characters: frozenset[str] | None = frozenset()  # None: everything is loaded

    def for_text(self, characters: frozenset[str], length: int) -> Cut:
        if self._cut is None and length <= SHORT:
            self._characters, self._cut = characters, load_part(characters).cut
        elif self._cut is None or (self._characters is not None and not characters <= self._characters):
            import rjieba

            self._characters, self._cut = None, rjieba.cut
        return self._cut


_cutter = _Cutter()


def load_part(characters: frozenset[str]) -> Any:
    """A jieba tokenizer with only those words of its dictionary that are written in these characters.

    Reading the whole dictionary takes a second, or a cache file in a folder shared with other users. A word that does
    not occur in a text can't change its segmentation, so leaving it out gives the same words.
    """
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ = _frequencies(jieba.get_dict_file(), characters)
    tokenizer.total = _JIEBA_TOTAL
    tokenizer.initialized = True
    return tokenizer


def _frequencies(dictionary: Any, characters: frozenset[str]) -> dict[str, int]:
    """Return word frequencies and, as jieba wants them, every prefix of a word with frequency 0."""
    with dictionary:
        text = "\n" + dictionary.read().decode("utf-8")
    if not characters:
        return {}
    word_pattern = f"[{re.escape(''.join(sorted(characters)))}]+"
    result: dict[str, int] = {}
    # The line break is literal, so that the engine can skip to the next line: ten times as fast as ^.
    for word, frequency in re.findall(rf"\n({word_pattern}) (\d+)", text):
        result[word] = int(frequency)
        for end in range(1, len(word)):
            result.setdefault(word[:end], 0)
    return result
